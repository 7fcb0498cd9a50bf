package ingress

import (
	"io"
	"net"
	"sync"
)

// buffers holds what tunnels copy with, *[]byte of 32 KiB: as much as io.Copy
// would make for each direction of each connection.
var buffers = sync.Pool{New: func() any { return new(make([]byte, 32<<10)) }}

// tunnel joins two connections until both directions have ended; early are
// bytes that the client sent before. The end of one direction is passed on
// while the other goes on; a broken connection breaks the other one.
func tunnel(client, up net.Conn, early io.Reader) {
	var both sync.WaitGroup
	both.Go(func() { carry(up, client, io.MultiReader(early, client)) })
	both.Go(func() { carry(client, up, up) })
	both.Wait()
}

// carry copies what from sends, read by r, to to.
func carry(to, from net.Conn, r io.Reader) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	// The wrapping hides ReadFrom and WriteTo, which would not use buf.
	_, err := io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{r}, *buf)
	half, ok := to.(interface{ CloseWrite() error })
	if err == nil && ok {
		half.CloseWrite() // fails when to is closed already, which is as well
		return
	}
	abort(to)
	abort(from)
}

// abort closes a connection in a way that the other end sees as broken.
func abort(c net.Conn) {
	switch c := c.(type) {
	case interface{ Abort() }:
		c.Abort()
	case interface{ SetLinger(sec int) error }:
		c.SetLinger(0)
	}
	c.Close()
}
