// Package e2e holds the tests that need the whole: the engine with its real
// AWS and DNS clients against the lab over the wire, and against an AWS API
// that nobody here wrote.
package e2e
