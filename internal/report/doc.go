// Package report provides Postern's JSON documents, and their text for people.
//
// A document is a contract: it carries its name and version in "schema" and
// changes only by addition. Its text is a function of the document alone, so
// that both always say the same. docs/reference/json.md explains every field
// and every code, and a test compares that page with the types here.
package report
