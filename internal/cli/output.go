package cli

import (
	"io"
	"sync"
)

// output is standard output that remembers the first write that failed.
type output struct {
	w      io.Writer
	failed func() // called at that write

	mu  sync.Mutex // guards err
	err error
}

// Write writes to what the output is of.
func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.err == nil {
			o.err = err
			o.failed()
		}
	}
	return n, err
}

func (o *output) failure() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// inherited returns the writer that another program can be given as its own.
func inherited(w io.Writer) io.Writer {
	if o, ok := w.(*output); ok {
		return o.w
	}
	return w
}
