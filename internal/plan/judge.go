package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// nlbRanges are the IPv4 ranges that an NLB takes as targets besides its own
// VPC's subnets. Anything else is a public address.
// Source: Network Load Balancers user guide, target type.
var nlbRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
}

// addrSet is a set of addresses.
type addrSet map[netip.Addr]bool

func contains(ps []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(ps, func(p netip.Prefix) bool { return p.Contains(a) })
}

// judged is what the witnesses say once the address filter has been applied.
type judged struct {
	witnesses []Witness
	eni, dns  addrSet             // what each lists
	refused   map[netip.Addr]Code // what was named and must never be registered
}

// judge applies the address filter to each witness's statement. A witness
// whose every address is refused knows nothing; one that named an address of
// the hub's own interface endpoints was asked at the wrong place and can add
// by what else it named, but support no removal.
func judge(in Input) judged {
	j := judged{eni: addrSet{}, dns: addrSet{}, refused: map[netip.Addr]Code{}}
	ws := slices.Clone(in.Witnesses)
	// ENI first: its listing decides how DNS's addresses are looked at.
	slices.SortFunc(ws, func(a, b Witness) int { return strings.Compare(string(b.Name), string(a.Name)) })
	for _, w := range ws {
		if w.Outcome == Answered {
			w = j.filter(in, w)
		} else {
			w.Addrs = nil
		}
		j.witnesses = append(j.witnesses, w)
	}
	slices.Reverse(j.witnesses)
	for a := range j.refused {
		if j.eni[a] || j.dns[a] {
			delete(j.refused, a)
		}
	}
	return j
}

func (j *judged) filter(in Input, w Witness) Witness {
	named := slices.Clone(w.Addrs)
	slices.SortFunc(named, netip.Addr.Compare)
	named = slices.Compact(named)
	listed := j.dns
	if w.Name == ENI {
		listed = j.eni
	}
	var kept []netip.Addr
	var why []string
	var code Code
	for _, a := range named {
		c := refusal(in, w.Name, a, j.eni[a])
		if c == "" {
			kept = append(kept, a)
			listed[a] = true
			continue
		}
		j.refused[a] = c
		code = c
		why = append(why, fmt.Sprintf("%s: %s", a, c))
		if c == HubOverride {
			w.Partial = true
		}
	}
	w.Addrs = kept
	if len(kept) > 0 {
		return w
	}
	if len(named) == 0 {
		w.Outcome = Empty // nobody answers with nothing: it is not evidence of anything
		return w
	}
	w.Outcome = Unknown
	w.Code = DNSUnknown
	if w.Name == ENI {
		w.Code = ENIUnknown
	}
	w.Detail = "every address was refused: " + strings.Join(why, ", ")
	w.Hint = filterHint(code)
	return w
}

func filterHint(c Code) string {
	switch c {
	case PublicAddress:
		return "the name was asked from outside the VPC of a cluster whose endpoint is public too: use a resolver inside that VPC (--resolver HOST:PORT,vpc), or the interface listing alone (--witness eni)"
	case HubOverride:
		return "this resolver sees the hub's own private zone for the cluster: use one that does not (--resolver), or the interface listing alone (--witness eni)"
	case CIDRsUnknown:
		return "allow ec2:DescribeVpcs, so that addresses can be checked against the VPC's blocks"
	case WrongFamily:
		return "make a target group of the cluster endpoint's address family"
	}
	return "compare the answer with the control-plane interfaces in EC2; if this resolver sees the hub's own private zone for the cluster, use another one (--resolver)"
}

// refusal says why an address that a witness named must not be registered, or
// "". eni: the interface listing names it too.
func refusal(in Input, by WitnessName, a netip.Addr, eni bool) Code {
	switch {
	case !a.IsValid(), a.Is4In6(), a.Zone() != "", a.IsLoopback(), a.IsLinkLocalUnicast(), a.IsMulticast(), a.IsUnspecified(),
		a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return UnusableAddress
	case a.Is6() != in.Group.IPv6:
		return WrongFamily
	case by == DNS && !eni && slices.Contains(in.Overrides, a):
		return HubOverride
	case in.CIDRs == nil && (by == ENI || eni):
		return "" // EC2 lists it in the cluster's VPC
	case in.CIDRs == nil:
		return CIDRsUnknown
	case contains(in.CIDRs, a):
		return ""
	case a.Is4() && !contains(nlbRanges, a):
		return PublicAddress
	}
	return OutsideVPC
}

// find returns the witness of this name, or nil.
func (j judged) find(name WitnessName) *Witness {
	for i := range j.witnesses {
		if j.witnesses[i].Name == name {
			return &j.witnesses[i]
		}
	}
	return nil
}

// support says whether the witnesses support the removal of an address that
// none of them lists. The code is "" if they do; lone says that there is only
// one that could.
func (j judged) support() (lone bool, against Code) {
	applicable, partial, empty, unknown := 0, false, false, false
	for _, w := range j.witnesses {
		if w.Outcome == Inapplicable {
			continue
		}
		applicable++
		switch {
		case w.Outcome == Empty:
			empty = true
		case w.Outcome != Answered:
			unknown = true
		case w.Partial:
			partial = true
		}
	}
	switch {
	case applicable == 0:
		return false, NoWitness
	case unknown:
		return false, WitnessUnknown
	case empty:
		return false, WitnessEmpty
	case partial:
		return false, WitnessPartial
	}
	return applicable == 1, ""
}

// findings are the faults that the witnesses' outcomes are by themselves: an
// applicable witness that does not answer must be seen, also while the other
// one carries the link.
func (j judged) findings(in Input) []Fault {
	var fs []Fault
	applicable := 0
	for _, w := range j.witnesses {
		if w.Outcome == Inapplicable {
			continue
		}
		applicable++
		f := Fault{Code: w.Code, Hint: w.Hint}
		switch {
		case w.Outcome == Answered:
			continue
		case w.Name == DNS && w.Outcome == Empty:
			f.Code = cmp.Or(f.Code, DNSEmpty)
			f.Message = fmt.Sprintf("the endpoint's name %s has no address: %s", in.Cluster.Host, w.Detail)
			f.Hint = cmp.Or(f.Hint, "compare with the endpoint that aws eks describe-cluster shows; a very old private cluster answers after public access was switched on and off once")
		case w.Name == DNS:
			f.Code = cmp.Or(f.Code, DNSUnknown)
			f.Message = fmt.Sprintf("the endpoint's name %s could not be resolved: %s", in.Cluster.Host, w.Detail)
			f.Hint = cmp.Or(f.Hint, "check the resolvers (--resolver); nothing is removed until they answer")
		case w.Outcome == Empty:
			f.Code = cmp.Or(f.Code, ENIEmpty)
			f.Message = fmt.Sprintf("EC2 lists no control-plane interface of cluster %s: %s", in.Cluster.Name, w.Detail)
			f.Hint = cmp.Or(f.Hint, fmt.Sprintf("aws ec2 describe-network-interfaces --filters 'Name=description,Values=%s'", ENIDescription(in.Cluster.Name)))
		default:
			f.Code = cmp.Or(f.Code, ENIUnknown)
			f.Message = fmt.Sprintf("the control-plane interfaces of cluster %s could not be listed: %s", in.Cluster.Name, w.Detail)
			f.Hint = cmp.Or(f.Hint, "nothing is removed until they can")
		}
		fs = append(fs, f)
	}
	if applicable == 0 {
		fs = append(fs, Fault{
			Code:    NoWitness,
			Message: fmt.Sprintf("no witness can say which addresses cluster %s has", in.Cluster.Name),
			Hint:    "ask EC2 too (--witness dns,eni), or use a resolver inside the cluster's VPC (--resolver HOST:PORT,vpc)",
		})
	}
	return fs
}
