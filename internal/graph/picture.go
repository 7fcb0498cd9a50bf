package graph

// picture is a drawing before it is written: shapes at places, in pixels from
// the upper left corner. Later ones lie above earlier ones, texts above all.
type picture struct {
	width, height float64
	rects         []rect
	lines         []line
	glyphs        []glyph
	texts         []label
}

// rect is a box.
type rect struct {
	x, y, w, h float64
	round      float64
	class      string
	of         Health // how its border is drawn; empty: plainly
}

// line is a straight line, along an axis.
type line struct {
	x1, y1, x2, y2 float64
	of             Health // how it is drawn; empty: plainly
}

// glyph is the sign of a health, 16 wide and high.
type glyph struct {
	x, y float64 // of its middle
	of   Health
}

// glyphSize is a sign's width and height.
const glyphSize = 16

// label is one line of text.
type label struct {
	x, y  float64 // of its left end, on the base line
	face  face
	class string
	text  string // as shown
	full  string // as meant, where it was cut; otherwise empty
	tight bool   // it has little more room than it takes
}

// bounds returns the box around a text.
func (l label) bounds() rect {
	return rect{x: l.x, y: l.y - l.face.size*0.95, w: l.face.width(l.text), h: l.face.size * 1.2}
}

// say adds a text, cut to a width.
func (p *picture) say(x, y, width float64, f face, class, text string) {
	if text == "" {
		return
	}
	l := label{x: x, y: y, face: f, class: class, text: f.fit(text, width)}
	l.tight = f.width(l.text) > width*2/3
	if l.text != text {
		l.full = text
	}
	p.texts = append(p.texts, l)
}

func (p *picture) rect(r rect)                 { p.rects = append(p.rects, r) }
func (p *picture) sign(x, y float64, h Health) { p.glyphs = append(p.glyphs, glyph{x, y, h}) }
func (p *picture) line(x1, y1, x2, y2 float64, h Health) {
	p.lines = append(p.lines, line{x1, y1, x2, y2, h})
}

// Faces of the texts. None is smaller than 12: that is the least that is read
// with ease at natural size.
var (
	titleFace = face{size: 20, bold: true}
	groupFace = face{size: 16, bold: true}
	nameFace  = face{size: 13, bold: true}
	bodyFace  = face{size: 13}
	smallFace = face{size: 12}
	idFace    = face{size: 12, mono: true}
)
