package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// DefaultAddress is where a lab listens unless it is told otherwise.
const DefaultAddress = "127.0.0.1:4566"

// DefaultProxy is where a lab's way in listens unless it is told otherwise: the
// port that RFC 1928 gives to SOCKS.
const DefaultProxy = "127.0.0.1:1080"

// listen opens a port of the lab's, on loopback only. flag is what chooses it.
func listen(ctx context.Context, address, flag string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: give an address and a port, such as %s, with %s", address, DefaultAddress, flag)
	}
	if a, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !a.IsLoopback()) {
		return nil, fmt.Errorf("listen on %s: only loopback addresses are allowed: the lab's keys are no secret", address)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen on %s: the port is in use, perhaps by another lab: choose another with %s (127.0.0.1:0 picks one)", address, flag)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}

// checkLoopback refuses a connection that others than this machine reach.
func checkLoopback(a net.Addr) error {
	at, err := netip.ParseAddrPort(a.String())
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("listen on %s: only loopback addresses are allowed", a)
	}
	return nil
}

// dnsTries is how often a free port is looked for that is free for UDP and TCP.
const dnsTries = 16

// listenDNS opens a name server's two sockets on the same free port of
// loopback.
func listenDNS(ctx context.Context) (net.PacketConn, net.Listener, error) {
	var lc net.ListenConfig
	var last error
	for range dnsTries {
		pc, err := lc.ListenPacket(ctx, "udp", "127.0.0.1:0")
		if err != nil {
			return nil, nil, fmt.Errorf("listen for dns: %w", err)
		}
		l, err := lc.Listen(ctx, "tcp", pc.LocalAddr().String())
		if err == nil {
			return pc, l, nil
		}
		pc.Close()
		last = err
	}
	return nil, nil, fmt.Errorf("listen for dns: %w", last)
}
