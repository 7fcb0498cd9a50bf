package kube

import (
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A column is one of a resource's in the tables that kubectl prints.
type column struct {
	name, kind, format string
	about              string
	cell               func(o *object, now time.Time) any
}

var (
	nameColumn = column{"Name", "string", "name", "Name of the object, unique in its namespace.", func(o *object, _ time.Time) any { return o.Metadata.Name }}
	ageColumn  = column{"Age", "string", "", "Time since the object was created.", func(o *object, now time.Time) any { return age(now.Sub(*o.Metadata.CreationTimestamp)) }}

	namespaceColumns = []column{
		nameColumn,
		{"Status", "string", "", "Phase of the namespace.", func(o *object, _ time.Time) any { return o.Status.Phase }},
		ageColumn,
	}
	configMapColumns = []column{
		nameColumn,
		{"Data", "integer", "", "How many keys there are.", func(o *object, _ time.Time) any { return len(o.Data) + len(o.BinaryData) }},
		ageColumn,
	}
)

// age writes a duration as kubectl does: the two largest units at first, then
// one.
func age(d time.Duration) string {
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	two := func(big, small time.Duration, b, s string) string {
		text := fmt.Sprint(int64(d/big), b)
		if rest := int64(d % big / small); rest > 0 {
			text += fmt.Sprint(rest, s)
		}
		return text
	}
	text := ""
	switch {
	case d < 0:
		return "0s"
	case d < 2*time.Minute:
		text = fmt.Sprint(int64(d/time.Second), "s")
	case d < 10*time.Minute:
		text = two(time.Minute, time.Second, "m", "s")
	case d < 3*time.Hour:
		text = fmt.Sprint(int64(d/time.Minute), "m")
	case d < 8*time.Hour:
		text = two(time.Hour, time.Minute, "h", "m")
	case d < 2*day:
		text = fmt.Sprint(int64(d/time.Hour), "h")
	case d < 8*day:
		text = two(day, time.Hour, "d", "h")
	case d < 2*year:
		text = fmt.Sprint(int64(d/day), "d")
	case d < 8*year:
		text = two(year, day, "y", "d")
	default:
		text = fmt.Sprint(int64(d/year), "y")
	}
	return strings.ReplaceAll(text, " ", "")
}

// A form is how a client wants objects: as they are, as a table, or their
// metadata alone.
type form int

const (
	asObject form = iota
	asTable
	asMetadata
)

// negotiate finds the first form of the Accept header that the server has.
// Source: Kubernetes documentation, "Kubernetes API Concepts", resource types
// and alternate representations.
func negotiate(r *http.Request) (form, error) {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return asObject, nil
	}
	for clause := range strings.SplitSeq(accept, ",") {
		kind, params, err := mime.ParseMediaType(clause)
		if err != nil || kind != "application/json" && kind != "application/*" && kind != "*/*" {
			continue
		}
		as, of := params["as"], params["g"] == "meta.k8s.io" && params["v"] == "v1"
		switch {
		case as == "":
			return asObject, nil
		case of && as == "Table":
			return asTable, nil
		case of && (as == "PartialObjectMetadata" || as == "PartialObjectMetadataList"):
			return asMetadata, nil
		}
	}
	return 0, notAcceptable()
}

type table struct {
	Kind       string             `json:"kind"`
	APIVersion string             `json:"apiVersion"`
	Metadata   listMeta           `json:"metadata"`
	Columns    []columnDefinition `json:"columnDefinitions"`
	Rows       []row              `json:"rows"`
}

type columnDefinition struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Format      string `json:"format"`
	Description string `json:"description"`
	Priority    int    `json:"priority"`
}

type row struct {
	Cells  []any `json:"cells"`
	Object any   `json:"object,omitempty"`
}

type listMeta struct {
	ResourceVersion string `json:"resourceVersion,omitempty"`
}

// partial is an object's metadata alone.
type partial struct {
	Kind       string `json:"kind"`
	APIVersion string `json:"apiVersion"`
	Metadata   meta   `json:"metadata"`
}

type objectList struct {
	Kind       string   `json:"kind"`
	APIVersion string   `json:"apiVersion"`
	Metadata   listMeta `json:"metadata"`
	Items      []any    `json:"items"`
}

const metaVersion = "meta.k8s.io/v1"

func metadataOf(o *object) partial { return partial{"PartialObjectMetadata", metaVersion, o.Metadata} }

// one returns the document for one object. include is a table's includeObject.
func (f form) one(res *resource, o *object, now time.Time, include string) any {
	switch f {
	case asTable:
		return newTable(res, []*object{o}, o.Metadata.ResourceVersion, now, include)
	case asMetadata:
		return metadataOf(o)
	}
	return o
}

func (f form) list(res *resource, items []*object, version int64, now time.Time, include string) any {
	at := strconv.FormatInt(version, 10)
	if f == asTable {
		return newTable(res, items, at, now, include)
	}
	out := objectList{Kind: res.Kind + "List", APIVersion: res.apiVersion(), Metadata: listMeta{at}, Items: []any{}}
	if f == asMetadata {
		out.Kind, out.APIVersion = "PartialObjectMetadataList", metaVersion
	}
	for _, o := range items {
		if f == asMetadata {
			out.Items = append(out.Items, metadataOf(o))
			continue
		}
		bare := *o
		bare.Kind, bare.APIVersion = "", "" // the list's say it
		out.Items = append(out.Items, &bare)
	}
	return out
}

func newTable(res *resource, items []*object, version string, now time.Time, include string) table {
	t := table{Kind: "Table", APIVersion: metaVersion, Metadata: listMeta{version}, Rows: []row{}}
	for _, c := range res.columns {
		t.Columns = append(t.Columns, columnDefinition{Name: c.name, Type: c.kind, Format: c.format, Description: c.about})
	}
	for _, o := range items {
		r := row{}
		for _, c := range res.columns {
			r.Cells = append(r.Cells, c.cell(o, now))
		}
		switch include {
		case "None":
		case "Object":
			r.Object = o
		default:
			r.Object = metadataOf(o)
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}
