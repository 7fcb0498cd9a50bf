package faults

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxDuration bounds every duration of a fault: a lab does not run longer.
const maxDuration = 30 * 24 * time.Hour

func parseDuration(value string) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a duration like 30s or 5m", value)
	case d <= 0:
		return 0, fmt.Errorf("%q is not above zero", value)
	case d > maxDuration:
		return 0, fmt.Errorf("%q is above %s", value, maxDuration)
	}
	return d, nil
}

func duration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func parseRate(value string) (float64, error) {
	r, err := strconv.ParseFloat(value, 64)
	if err != nil || !(r > 0 && r <= 1) { // the comparison refuses NaN too
		return 0, fmt.Errorf("%q is not a share above 0 and up to 1", value)
	}
	if r == 1 {
		return 0, nil // all, which is the default
	}
	return r, nil
}

func parseAddrs(value string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for word := range strings.SplitSeq(value, ",") {
		a, err := netip.ParseAddr(word)
		if err != nil || a.Zone() != "" {
			return nil, fmt.Errorf("%q is not an IP address", word)
		}
		addrs = append(addrs, a)
	}
	return addrs, nil
}

// parseAction takes service:Action, both with *, and * alone for any call.
func parseAction(value string) (string, error) {
	if value == "*" {
		return "*", nil
	}
	service, action, ok := strings.Cut(value, ":")
	if !ok {
		return "", fmt.Errorf("%q is not service:Action, such as elbv2:RegisterTargets", value)
	}
	if service = Service(service); service != "*" && !slices.Contains(services, service) {
		return "", fmt.Errorf("unknown service %q: give one of %s", service, strings.Join(services, ", "))
	}
	if action == "" || strings.ContainsFunc(action, func(r rune) bool { return r != '*' && !isAlnum(r) }) {
		return "", fmt.Errorf("%q is not an action's name, such as RegisterTargets or Describe*", action)
	}
	return service + ":" + action, nil
}

func isAlnum(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

func isAccount(s string) bool {
	return len(s) == 12 && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// isWord accepts what names of regions, zones and VPCs are made of.
func isWord(s string) bool {
	return s != "" && len(s) <= 100 && !strings.ContainsFunc(s, func(r rune) bool { return r != '-' && !isAlnum(r) })
}

func isRegion(s string) bool { return isWord(s) && strings.Count(s, "-") >= 2 }

// isCluster accepts EKS cluster names.
// Source: Amazon EKS, API reference, CreateCluster, name.
func isCluster(s string) bool {
	return s != "" && len(s) <= 100 && !strings.ContainsFunc(s, func(r rune) bool { return r != '-' && r != '_' && !isAlnum(r) })
}

// matches reports whether text fits a pattern in which * stands for any run
// of characters. Letter case matters not: people write registertargets.
func matches(pattern, text string) bool {
	pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	if !strings.HasPrefix(text, head) {
		return false
	}
	text = text[len(head):]
	for {
		part, more, star := strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(text, part)
		}
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text, rest = text[i+len(part):], more
	}
}
