package probe

import (
	"context"
	"fmt"
	"net"
	"net/url"

	"golang.org/x/net/proxy"
)

// Dialer returns how to open connections in an environment: through the SOCKS5
// proxy that ALL_PROXY names, as socks5://HOST:PORT, but for what NO_PROXY
// lists, or directly where neither is set. A tool outside the VPC reaches it
// that way. A proxy of another kind is an error, and never passed by: the same
// address is another host in another network.
func Dialer(getenv func(string) string) (func(ctx context.Context, network, addr string) (net.Conn, error), error) {
	either := func(a, b string) string {
		if v := getenv(a); v != "" {
			return v
		}
		return getenv(b)
	}
	direct := new(net.Dialer)
	all := either("ALL_PROXY", "all_proxy")
	if all == "" {
		return direct.DialContext, nil
	}
	// No error shows the text: it may hold a password.
	u, err := url.Parse(all)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("ALL_PROXY is not the URL of a proxy: write it like socks5://127.0.0.1:1080")
	}
	through, err := proxy.FromURL(u, direct)
	if err != nil {
		return nil, fmt.Errorf("ALL_PROXY names a proxy of the kind %q: write it like socks5://127.0.0.1:1080", u.Scheme)
	}
	if no := either("NO_PROXY", "no_proxy"); no != "" {
		hosts := proxy.NewPerHost(through, direct)
		hosts.AddFromString(no)
		through = hosts
	}
	d, ok := through.(proxy.ContextDialer)
	if !ok {
		return nil, fmt.Errorf("the proxy that ALL_PROXY names cannot be given up in time")
	}
	return d.DialContext, nil
}
