package ingress

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSocksRead(t *testing.T) {
	const anyone, named = "\x05\x01\x00", "\x05\x02\x00\x02"
	tests := []struct {
		name, in, out string
		want          request
		refused       byte   // the reply, if it is a refusal
		err           string // of another error
	}{
		{"name", anyone + "\x05\x01\x00\x03\x0bexample.org\x01\xbb", "\x05\x00", request{host: "example.org", port: 443}, 0, ""},
		{"IPv4", anyone + "\x05\x01\x00\x01\x0a\x00\x00\x07\x01\xbb", "\x05\x00", request{host: "10.0.0.7", port: 443}, 0, ""},
		{"IPv6", anyone + "\x05\x01\x00\x04\x20\x01\x0d\xb8" + strings.Repeat("\x00", 11) + "\x01\x00\x50", "\x05\x00", request{host: "2001:db8::1", port: 80}, 0, ""},
		{"IPv4 in IPv6", anyone + "\x05\x01\x00\x04" + strings.Repeat("\x00", 10) + "\xff\xff\x0a\x00\x00\x07\x00\x50", "\x05\x00", request{host: "10.0.0.7", port: 80}, 0, ""},
		{"a VPC", named + "\x01\x05vpc-1\x01x" + "\x05\x01\x00\x03\x01a\x00\x50", "\x05\x02\x01\x00", request{vpc: "vpc-1", host: "a", port: 80}, 0, ""},
		{"no password", named + "\x01\x05vpc-1\x00" + "\x05\x01\x00\x03\x01a\x00\x50", "\x05\x02\x01\x00", request{vpc: "vpc-1", host: "a", port: 80}, 0, ""},
		{"bind", anyone + "\x05\x02\x00\x03\x01a\x00\x50", "\x05\x00", request{host: "a", port: 80}, replyBadCommand, ""},
		{"unknown type of address", anyone + "\x05\x01\x00\x02", "\x05\x00", request{}, replyBadAddress, ""},
		{"port 0", anyone + "\x05\x01\x00\x03\x01a\x00\x00", "\x05\x00", request{host: "a"}, replyBadAddress, ""},
		{"no name", anyone + "\x05\x01\x00\x03\x00\x00\x50", "\x05\x00", request{port: 80}, replyBadAddress, ""},
		{"no host name", anyone + "\x05\x01\x00\x03\x03a\nb\x00\x50", "\x05\x00", request{host: "a\nb", port: 80}, replyBadAddress, ""},
		{"only Kerberos", "\x05\x01\x01", "\x05\xff", request{}, 0, "none of"},
		{"no method", "\x05\x00", "\x05\xff", request{}, 0, "none of"},
		{"wrong version of passwords", named + "\x02", "\x05\x02", request{}, 0, "version 2"},
		{"wrong version of the request", anyone + "\x04\x01\x00\x03", "\x05\x00", request{}, 0, "version 4"},
		{"cut off", anyone + "\x05\x01\x00\x03\x0bexample", "\x05\x00", request{}, 0, "unexpected EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			got, err := socks5{}.read(bufio.NewReader(strings.NewReader(tt.in)), &out)
			if out.String() != tt.out {
				t.Errorf("wrote %q, want %q", out.String(), tt.out)
			}
			if no, ok := errors.AsType[*refusal](err); ok != (tt.refused != 0) || ok && no.socks != tt.refused {
				t.Errorf("error %v, want a refusal with %d", err, tt.refused)
			} else if !ok && (err != nil) != (tt.err != "") || tt.err != "" && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if err != nil && tt.refused == 0 {
				return
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(request{})); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConnectRead(t *testing.T) {
	basic := func(s string) string {
		return "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(s)) + "\r\n"
	}
	tests := []struct {
		name, target, header string
		want                 request
		err                  string
	}{
		{"name", "example.org:443", "", request{host: "example.org", port: 443}, ""},
		{"name with a final dot", "example.org.:443", "", request{host: "example.org.", port: 443}, ""},
		{"IPv4", "10.0.0.7:443", "", request{host: "10.0.0.7", port: 443}, ""},
		{"IPv6", "[2001:db8::1]:80", "", request{host: "2001:db8::1", port: 80}, ""},
		{"IPv4 in IPv6", "[::ffff:10.0.0.7]:80", "", request{host: "10.0.0.7", port: 80}, ""},
		{"a VPC", "a:80", basic("vpc-1:x"), request{vpc: "vpc-1", host: "a", port: 80}, ""},
		{"a VPC without password", "a:80", basic("vpc-1"), request{vpc: "vpc-1", host: "a", port: 80}, ""},
		{"a time", "a:80", TimeoutHeader + ": 1.5s\r\n", request{host: "a", port: 80, timeout: 1500 * time.Millisecond}, ""},
		{"a time of nothing", "a:80", TimeoutHeader + ": 0s\r\n", request{}, "no duration above 0"},
		{"another scheme", "a:80", "Proxy-Authorization: Bearer x\r\n", request{}, "only Basic"},
		{"credentials that are none", "a:80", "Proxy-Authorization: Basic %\r\n", request{}, "base64"},
		{"no port", "example.org", "", request{}, "give a host and a port"},
		{"port 0", "a:0", "", request{}, "1 to 65535"},
		{"port too high", "a:65536", "", request{}, "1 to 65535"},
		{"no host", ":80", "", request{}, "length"},
		{"long host", strings.Repeat("a", 254) + ":80", "", request{}, "length"},
		{"a zone", "[fe80::1%25eth0]:80", "", request{}, "a zone"},
		{"no host name", "a@b:80", "", request{}, "such characters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := "CONNECT " + tt.target + " HTTP/1.1\r\nHost: a\r\n" + tt.header + "\r\nearly"
			r := bufio.NewReader(strings.NewReader(in))
			got, err := httpConnect{}.read(r, io.Discard)
			if tt.err != "" {
				no, ok := errors.AsType[*refusal](err)
				if !ok || no.status != http.StatusBadRequest || !strings.Contains(no.text, tt.err) {
					t.Fatalf("error %v, want a bad request that says %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(request{})); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
			if early, _ := io.ReadAll(r); string(early) != "early" {
				t.Errorf("left %q for the tunnel", early)
			}
		})
	}
}

// encode writes a request as a client would.
func encode(r request) []byte {
	b := []byte{socksVersion, 2, methodNone, methodPassword, authVersion, byte(len(r.vpc))}
	b = append(append(b, r.vpc...), 0)
	b = append(b, socksVersion, commandConnect, 0, addressName, byte(len(r.host)))
	return append(append(b, r.host...), byte(r.port>>8), byte(r.port))
}

func checkRequest(t *testing.T, r request) {
	t.Helper()
	if r.port == 0 || r.host == "" || len(r.host) > 255 || strings.ContainsAny(r.host, " \r\n\x00/@") {
		t.Fatalf("took %+v", r)
	}
}

// FuzzSocks: what is taken is a host and a port, and comes back when it is
// asked for by name; the parser takes no byte of what follows.
func FuzzSocks(f *testing.F) {
	f.Add([]byte("\x05\x01\x00\x05\x01\x00\x03\x0bexample.org\x01\xbb"))
	f.Add([]byte("\x05\x01\x00\x05\x01\x00\x01\x0a\x00\x00\x07\x01\xbb"))
	f.Add([]byte("\x05\x01\x00\x05\x01\x00\x04\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x50"))
	f.Add(encode(request{vpc: "vpc-1", host: "a", port: 80}))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := socks5{}.read(bufio.NewReader(bytes.NewReader(in)), io.Discard)
		if err != nil {
			return
		}
		checkRequest(t, got)
		r := bufio.NewReader(bytes.NewReader(append(encode(got), "early"...)))
		again, err := socks5{}.read(r, io.Discard)
		if err != nil || again != got {
			t.Fatalf("%+v came back as %+v, error %v", got, again, err)
		}
		if early, _ := io.ReadAll(r); string(early) != "early" {
			t.Fatalf("left %q for the tunnel", early)
		}
	})
}

// FuzzConnect: likewise, through HTTP.
func FuzzConnect(f *testing.F) {
	f.Add("example.org:443", "Basic dnBjLTE6")
	f.Add("[2001:db8::1]:80", "")
	f.Add("a\r\nb:80", "Basic  dnBjLTE6eA==")
	f.Fuzz(func(t *testing.T, target, auth string) {
		h := http.Header{}
		if auth != "" {
			h.Set("Proxy-Authorization", auth)
		}
		got, err := parseConnect(target, h)
		if err != nil {
			return
		}
		checkRequest(t, got)
		basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(got.vpc+":"))
		in := "CONNECT " + net.JoinHostPort(got.host, strconv.Itoa(int(got.port))) + " HTTP/1.1\r\nHost: a\r\nProxy-Authorization: " + basic + "\r\n\r\n"
		again, err := httpConnect{}.read(bufio.NewReader(strings.NewReader(in)), io.Discard)
		if err != nil || again != got {
			t.Fatalf("%+v came back as %+v, error %v", got, again, err)
		}
	})
}

// FuzzRefuse: whatever the words of an error, the answer is one message that
// a client can read, with the words in one header.
func FuzzRefuse(f *testing.F) {
	f.Add("no route to 10.0.0.7", "x")
	f.Add("a\r\nX-Injected: yes\r\n\r\n", "\x00é")
	f.Add(strings.Repeat("é", 600), "")
	f.Fuzz(func(t *testing.T, why, text string) {
		var b bytes.Buffer
		httpConnect{}.refuse(&b, &refusal{kind: KindTimeout, status: 504, why: why, text: text})
		resp, err := http.ReadResponse(bufio.NewReader(&b), &http.Request{Method: http.MethodConnect})
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || string(body) != text+"\n" || b.Len() != 0 {
			t.Fatalf("body %q, error %v, %d bytes left", body, err, b.Len())
		}
		if got := resp.Header.Get(WhyHeader); len(got) > maxWhy || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r > '~' }) || len(resp.Header) != 4 || !resp.Close {
			t.Fatalf("header %q among %v", got, resp.Header)
		}
	})
}
