package report

import (
	"encoding/json"
	"io"
)

// WriteJSON writes a document: indented by two spaces, or, for a stream of
// documents, on one line.
func WriteJSON(w io.Writer, doc any, oneLine bool) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if !oneLine {
		enc.SetIndent("", "  ")
	}
	return enc.Encode(doc)
}
