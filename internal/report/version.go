package report

import (
	"fmt"
	"io"
	"time"
)

// VersionSchema is the name and version of the document [Version].
const VersionSchema = "postern.version/v1"

// Version says which build of Postern this is.
type Version struct {
	Schema   string    `json:"schema"`
	Version  string    `json:"version"`  // v1.2.3, or (devel)
	Revision string    `json:"revision"` // of the source; empty if the build does not know
	Time     time.Time `json:"time,omitzero"`
	Modified bool      `json:"modified"` // the source had changes that Revision lacks
	Go       string    `json:"go"`
	Platform string    `json:"platform"` // OS/ARCH
}

// WriteVersion writes the version on one line.
func WriteVersion(w io.Writer, v Version) error {
	revision := ""
	if v.Revision != "" {
		revision = " " + v.Revision
		if v.Modified {
			revision += " with changes"
		}
		if !v.Time.IsZero() {
			revision += " of " + v.Time.UTC().Format(time.RFC3339)
		}
	}
	_, err := fmt.Fprintf(w, "postern %s%s, %s, %s\n", v.Version, revision, v.Go, v.Platform)
	return err
}
