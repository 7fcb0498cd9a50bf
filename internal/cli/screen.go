package cli

import (
	"io"
	"strings"

	"postern/internal/report"
)

// Control sequences of the terminal. Each frame is written whole, over the one
// before, and shown at once where the terminal can: nothing flickers.
// Source: XTerm control sequences; the terminal specification of synchronized
// output.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l" // the other screen, without a cursor
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	beginFrame  = "\x1b[?2026h\x1b[H"
	endFrame    = "\x1b[?2026l"
	clearScreen = "\x1b[2J"
)

// screen shows the newest document on the whole of a terminal, and leaves the
// terminal as it was, with the last document below what was there.
type screen struct {
	out     io.Writer
	size    func() (width, height int)
	options report.TextOptions

	entered       bool
	width, height int // of the last frame
	last          report.Status
}

func (s *screen) show(d report.Status) error {
	s.last = d
	return s.draw()
}

// tick draws again where the size is another.
func (s *screen) tick() error {
	if w, h := s.size(); w == s.width && h == s.height || w == 0 || h == 0 {
		return nil
	}
	return s.draw()
}

func (s *screen) draw() error {
	width, height := s.size()
	if width == 0 || height == 0 {
		width, height = s.width, s.height
	}
	var b strings.Builder
	if !s.entered {
		b.WriteString(enterScreen)
		s.entered = true
	}
	if width != s.width || height != s.height {
		b.WriteString(clearScreen)
	}
	s.width, s.height = width, height
	s.options.Width = width
	b.WriteString(beginFrame)
	b.WriteString(strings.Join(report.FillScreen(report.StatusFrame(s.last, s.options, height), width, height), "\r\n"))
	b.WriteString(endFrame)
	_, err := io.WriteString(s.out, b.String())
	return err
}

func (s *screen) close() {
	if !s.entered {
		return
	}
	io.WriteString(s.out, leaveScreen)
	report.WriteStatus(s.out, s.last, s.options)
}
