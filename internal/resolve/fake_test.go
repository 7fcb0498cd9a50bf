package resolve

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"syscall"

	"github.com/miekg/dns"
)

// script says what a fake server does with one query: the packets that it
// sends back. None at all lets the client wait.
type script func(network string, q *dns.Msg) [][]byte

// fakeNet is a network of fake servers, by address. An address that it lacks
// refuses connections.
type fakeNet struct {
	servers map[string]script
	noTCP   bool // TCP is refused

	mu      sync.Mutex
	queries []string // network, server and name of each query seen
}

// dial opens an in-memory connection. net.Pipe blocks only on channels, so a
// synctest bubble's clock runs while a client waits.
func (f *fakeNet) dial(_ context.Context, network, addr string) (net.Conn, error) {
	s, ok := f.servers[addr]
	if !ok || network == "tcp" && f.noTCP {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	client, server := net.Pipe()
	go f.serve(server, network, addr, s)
	return client, nil
}

func (f *fakeNet) serve(c net.Conn, network, addr string, s script) {
	defer c.Close()
	raw, err := readQuery(c, network)
	if err != nil {
		return
	}
	q := new(dns.Msg)
	if err := q.Unpack(raw); err != nil {
		return
	}
	f.mu.Lock()
	f.queries = append(f.queries, network+" "+addr+" "+q.Question[0].Name)
	f.mu.Unlock()
	for _, p := range s(network, q) {
		if network == "tcp" {
			p = append(binary.BigEndian.AppendUint16(nil, uint16(len(p))), p...)
		}
		if _, err := c.Write(p); err != nil {
			return
		}
	}
	_, _ = io.Copy(io.Discard, c) // until the client hangs up
}

func readQuery(c net.Conn, network string) ([]byte, error) {
	if network == "udp" {
		buf := make([]byte, 64<<10)
		n, err := c.Read(buf)
		return buf[:n], err
	}
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return nil, err
	}
	buf := make([]byte, binary.BigEndian.Uint16(size[:]))
	_, err := io.ReadFull(c, buf)
	return buf, err
}

// reply is a recursive server's answer to q with the given records.
func reply(q *dns.Msg, rcode int, records ...string) *dns.Msg {
	m := new(dns.Msg).SetRcode(q, rcode)
	m.RecursionAvailable = true
	for _, r := range records {
		m.Answer = append(m.Answer, rr(r))
	}
	return m
}

func rr(s string) dns.RR {
	r, err := dns.NewRR(s)
	if err != nil {
		panic(err)
	}
	return r
}

func pack(m *dns.Msg) []byte {
	raw, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return raw
}

// says is a server that always answers with these records.
func says(records ...string) script {
	return func(_ string, q *dns.Msg) [][]byte {
		return [][]byte{pack(reply(q, dns.RcodeSuccess, records...))}
	}
}

// fails is a server that always answers with a response code.
func fails(rcode int) script {
	return func(_ string, q *dns.Msg) [][]byte { return [][]byte{pack(reply(q, rcode))} }
}

// silent never answers.
func silent(string, *dns.Msg) [][]byte { return nil }

// sends is a server that answers with a packet made by build.
func sends(build func(q *dns.Msg) *dns.Msg) script {
	return func(_ string, q *dns.Msg) [][]byte { return [][]byte{pack(build(q))} }
}

// inTurn uses one script a query, the last one for all that follow.
func inTurn(scripts ...script) script {
	var mu sync.Mutex
	return func(network string, q *dns.Msg) [][]byte {
		mu.Lock()
		s := scripts[0]
		if len(scripts) > 1 {
			scripts = scripts[1:]
		}
		mu.Unlock()
		return s(network, q)
	}
}
