package trace

import (
	"fmt"
	"net/netip"
	"strings"

	"postern/internal/fleet"
	"postern/internal/plan"
)

// command returns an aws command line: a service and action, then the words,
// each as a shell takes it.
func command(region plan.Region, action string, args ...string) string {
	var b strings.Builder
	b.WriteString("aws " + action)
	if region != "" {
		b.WriteString(" --region " + string(region))
	}
	for _, a := range args {
		b.WriteString(" " + quoted(a))
	}
	return b.String()
}

// quoted returns a word as a POSIX shell takes it.
func quoted(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,@%+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// register returns the lines that register addresses with a target group: what
// sync would do, for when sync is gone. A call takes many targets; twenty a line
// can still be read.
func register(l *fleet.Link, addrs []netip.Addr) []string {
	var out []string
	for len(addrs) > 0 {
		n := min(len(addrs), 20)
		args := []string{"--target-group-arn", string(l.Candidate.Group.ARN), "--targets"}
		for _, a := range addrs[:n] {
			args = append(args, fmt.Sprintf("Id=%s,Port=%d", a, plan.APIPort))
		}
		out = append(out, command(l.Ref.Region, "elbv2 register-targets", args...))
		addrs = addrs[n:]
	}
	return out
}

// deregister returns the line that takes targets out of a group, each with its
// port: without one ELB does nothing for a target on another port.
func deregister(l *fleet.Link, targets []plan.Registered) string {
	args := []string{"--target-group-arn", string(l.Candidate.Group.ARN), "--targets"}
	for _, t := range targets {
		args = append(args, fmt.Sprintf("Id=%s,Port=%d", t.Addr, t.Port))
	}
	return command(l.Ref.Region, "elbv2 deregister-targets", args...)
}

// allow returns the line that lets TCP 443 into a security group: from a CIDR, or
// from another group.
func allow(region plan.Region, group, from string) string {
	args := []string{"--group-id", group, "--protocol", "tcp", "--port", "443"}
	if strings.HasPrefix(from, "sg-") {
		args = append(args, "--source-group", from)
	} else {
		args = append(args, "--cidr", from)
	}
	return command(region, "ec2 authorize-security-group-ingress", args...)
}

// allowHosts returns the lines that admit TCP 443 from each subnet of the hub VPC
// that rules do not admit as a whole yet: the hosts may be in any.
func (w *walk) allowHosts(region plan.Region, group string, rules []fleet.Rule) []string {
	var lines []string
	for i := range w.hub.Subnets.Items {
		u := &w.hub.Subnets.Items[i]
		if u.VPC == w.subnet.VPC && u.CIDR.IsValid() && admits(rules, u.CIDR, nobody).cover == none {
			lines = append(lines, allow(region, group, u.CIDR.String()))
		}
	}
	return lines
}
