package resolve

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// defaultPort is where DNS servers listen unless they say otherwise.
const defaultPort = 53

// vpcSuffix marks a server in its text form as one inside the clusters' VPCs.
const vpcSuffix = ",vpc"

// systemConfig is where Unix systems name their DNS servers.
const systemConfig = "/etc/resolv.conf"

// Server is one DNS server to ask.
type Server struct {
	Addr  string // host:port
	InVPC bool   // it answers as the clusters' VPCs see the world, so it knows private names of public+private clusters
}

// String returns the text that [ParseServer] reads.
func (s Server) String() string {
	if s.InVPC {
		return s.Addr + vpcSuffix
	}
	return s.Addr
}

// ParseServer reads HOST, HOST:PORT, ADDRESS or [ADDRESS]:PORT, each
// optionally followed by ",vpc". The port is 53 if none is given. HOST may be
// a name, which the system then resolves.
func ParseServer(s string) (Server, error) {
	text, inVPC := strings.CutSuffix(s, vpcSuffix)
	if before, after, found := strings.Cut(text, ","); found {
		return Server{}, fmt.Errorf("parse resolver %q: unknown mark %q after %q; the only one is \"vpc\"", s, after, before)
	}
	host, port, err := splitServer(text)
	if err != nil {
		return Server{}, fmt.Errorf("parse resolver %q: %w; want an address or host:port such as 10.0.0.2:53, [fd00::2]:53 or 10.0.0.2,vpc", s, err)
	}
	return Server{Addr: net.JoinHostPort(host, strconv.Itoa(port)), InVPC: inVPC}, nil
}

// splitServer returns the host and port of a server's text without marks.
func splitServer(text string) (string, int, error) {
	bare := text
	if inner, ok := strings.CutPrefix(bare, "["); ok && strings.HasSuffix(inner, "]") {
		bare = strings.TrimSuffix(inner, "]")
		if addr, err := netip.ParseAddr(bare); err != nil || !addr.Is6() {
			return "", 0, fmt.Errorf("%q is no IPv6 address", bare)
		}
	}
	if addr, err := netip.ParseAddr(bare); err == nil {
		return checkHost(addr.String(), defaultPort)
	}
	if !strings.Contains(text, ":") {
		return checkHost(text, defaultPort)
	}
	host, portText, err := net.SplitHostPort(text)
	if err != nil {
		return "", 0, errors.New("it is neither an address nor host:port")
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || port == 0 {
		return "", 0, fmt.Errorf("port %q is not a number from 1 to 65535", portText)
	}
	if strings.HasPrefix(text, "[") {
		if addr, err := netip.ParseAddr(host); err != nil || !addr.Is6() {
			return "", 0, fmt.Errorf("%q is no IPv6 address", host)
		}
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		host = addr.String()
	}
	return checkHost(host, int(port))
}

// checkHost accepts addresses and ASCII host names.
func checkHost(host string, port int) (string, int, error) {
	if _, err := netip.ParseAddr(host); err == nil {
		if strings.ContainsAny(host, "[], \t\r\n") {
			return "", 0, fmt.Errorf("%q has a zone that cannot be written in an address", host)
		}
		return host, port, nil
	}
	if host == "" {
		return "", 0, errors.New("the host is missing")
	}
	for _, c := range host {
		ok := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_'
		if !ok {
			return "", 0, fmt.Errorf("%q is neither an address nor a host name", host)
		}
	}
	if _, ok := dns.IsDomainName(host); !ok || onlyDigits(host) {
		return "", 0, fmt.Errorf("%q is neither an address nor a host name", host)
	}
	return host, port, nil
}

// onlyDigits reports whether s is made of digits and dots: a mistyped address
// rather than a name.
func onlyDigits(s string) bool {
	return strings.Trim(s, "0123456789.") == ""
}

// System returns the DNS servers that this machine is set to use. None of
// them counts as inside a VPC.
func System() ([]Server, error) {
	return systemServers(systemConfig)
}

// systemServers reads a file in the form of resolv.conf.
func systemServers(path string) ([]Server, error) {
	conf, err := dns.ClientConfigFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("read system resolvers: %w", err)
	}
	var servers []Server
	for _, host := range conf.Servers {
		servers = append(servers, Server{Addr: net.JoinHostPort(host, conf.Port)})
	}
	if len(servers) == 0 {
		return nil, fmt.Errorf("read system resolvers: %s names none", path)
	}
	return servers, nil
}
