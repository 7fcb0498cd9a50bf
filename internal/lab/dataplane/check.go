package dataplane

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"postern/internal/lab/state"
)

// dialFunc opens a connection to an address.
type dialFunc func(ctx context.Context, at netip.AddrPort) (net.Conn, error)

// probe makes one health check and returns why it failed, nil if it passed.
// The whole check has the group's timeout; what takes longer is a
// context.DeadlineExceeded.
//
// TCP passes when the connection opens. HTTP and HTTPS pass when the answer's
// status is one that the matcher has. A target's certificate is not verified,
// and one that speaks TLS 1.3 alone fails. Source: NLB user guide, target group
// health checks.
func probe(ctx context.Context, dial dialFunc, at netip.AddrPort, check state.HealthCheck, timeout time.Duration) (err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := dial(ctx, at)
	if err != nil {
		return err
	}
	defer conn.Close()
	if check.Protocol == "TCP" {
		return nil
	}
	raw := conn // below TLS, which conn is about to be
	defer context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })()
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", err, ctx.Err())
		}
	}()
	if check.Protocol == "HTTPS" {
		secure := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12}) //nolint:gosec // as the load balancer does
		if err := secure.HandshakeContext(ctx); err != nil {
			return fmt.Errorf("handshake with %s: %w", at, err)
		}
		conn = secure
	}
	status, err := ask(conn, at, check.Path)
	if err != nil {
		return fmt.Errorf("get %s of %s: %w", check.Path, at, err)
	}
	if !matches(check.Matcher, status) {
		return fmt.Errorf("get %s of %s: status %d is not in %s", check.Path, at, status, check.Matcher)
	}
	return nil
}

// ask sends one request for a path and returns the answer's status.
func ask(conn net.Conn, at netip.AddrPort, path string) (status int, err error) {
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\nAccept-Encoding: gzip, compressed\r\n\r\n", path, at)
	if err != nil {
		return 0, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, 64<<10)), nil)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

// matches reports whether a status is one of a matcher's: numbers and ranges,
// separated by commas. Source: ELB API reference, Matcher.
func matches(matcher string, status int) bool {
	for part := range strings.SplitSeq(matcher, ",") {
		low, high, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			high = low
		}
		from, err1 := strconv.Atoi(low)
		to, err2 := strconv.Atoi(high)
		if err1 == nil && err2 == nil && from <= status && status <= to {
			return true
		}
	}
	return false
}
