package kubeconfig

import "fmt"

// Error is what is wrong with an existing kubeconfig, and where.
type Error struct {
	File    string // empty: not known
	Line    int    // from one on; zero: none in particular
	Message string // what is there
	Hint    string // what to do about it
}

// Error returns FILE:LINE: message.
func (e *Error) Error() string {
	file := e.File
	if file == "" {
		file = "kubeconfig"
	}
	if e.Line == 0 {
		return file + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d: %s", file, e.Line, e.Message)
}
