package plan

import (
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Refusal is a candidate that sync will not touch, and why.
type Refusal struct {
	Candidate Candidate
	Fault     Fault
}

// Choose picks the one group of each cluster among the candidates of one
// account and region. Where several claim a cluster, all are refused: it is
// not for sync to guess. A group that only its load balancer's tag names
// counts where it could be eligible, since that load balancer may carry other
// groups too. Candidates that are gone are in neither list. The order of the
// answer is that of cluster names, then ARNs.
func Choose(cs []Candidate) (chosen []Candidate, refused []Refusal) {
	claims := map[string][]Candidate{}
	for _, c := range cs {
		switch {
		case c.Gone:
		case c.Cluster == "":
			refused = append(refused, Refusal{c, Fault{
				Code:    TagEmpty,
				Message: fmt.Sprintf("the cluster tag of %s has no value", c.Group.ARN),
				Hint:    "set the tag to the cluster's name, or remove it",
			}})
		case !ValidCluster(c.Cluster):
			refused = append(refused, Refusal{c, Fault{
				Code:    TagInvalid,
				Message: fmt.Sprintf("the cluster tag of %s is %q, which cannot be a cluster's name", c.Group.ARN, c.Cluster),
				Hint:    "set the tag to the name of a cluster in the same account and region",
			}})
		default:
			claims[c.Cluster] = append(claims[c.Cluster], c)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		claim := claims[name]
		if shaped := slices.DeleteFunc(slices.Clone(claim), func(c Candidate) bool {
			return c.ByLoadBalancer && shapeFault(c.Group) != nil
		}); len(shaped) > 0 {
			claim = shaped
		}
		if len(claim) == 1 {
			chosen = append(chosen, claim[0])
			continue
		}
		arns := make([]string, len(claim))
		for i, c := range claim {
			arns[i] = string(c.Group.ARN)
		}
		slices.Sort(arns)
		for _, c := range claim {
			refused = append(refused, Refusal{c, Fault{
				Code:    AmbiguousGroup,
				Message: fmt.Sprintf("%d target groups claim cluster %s: %s", len(claim), name, strings.Join(arns, ", ")),
				Hint:    "leave the cluster tag on one of them, and remove it from the others and from their load balancers",
			}})
		}
	}
	slices.SortFunc(refused, func(a, b Refusal) int {
		if c := strings.Compare(a.Candidate.Cluster, b.Candidate.Cluster); c != 0 {
			return c
		}
		return strings.Compare(string(a.Candidate.Group.ARN), string(b.Candidate.Group.ARN))
	})
	return chosen, refused
}

// Eligible says why sync may not work on a chosen candidate, or nil. With a
// zero Cluster it checks only what the group and its load balancer show.
func Eligible(c Candidate, cl Cluster) *Fault {
	if f := shapeFault(c.Group); f != nil {
		return f
	}
	if f := balancerFault(c.Group); f != nil {
		return f
	}
	if f := controllerFault(c.Group); f != nil {
		return f
	}
	return clusterFault(c, cl)
}

func shapeFault(g Group) *Fault {
	switch {
	case g.TargetType != "ip":
		return &Fault{
			Code:    GroupNotIP,
			Message: fmt.Sprintf("target group %s has target type %q", g.ARN, g.TargetType),
			Hint:    "a group's type cannot be changed: make one of type ip on TCP 443 and move the cluster tag to it",
		}
	case g.Protocol != "TCP":
		return &Fault{
			Code:    GroupNotTCP,
			Message: fmt.Sprintf("target group %s has protocol %q", g.ARN, g.Protocol),
			Hint:    "make a group of type ip on TCP 443: the API server itself must see the TLS handshake",
		}
	case g.Port != APIPort:
		return &Fault{
			Code:    GroupWrongPort,
			Message: fmt.Sprintf("target group %s has port %d", g.ARN, g.Port),
			Hint:    "make a group of type ip on TCP 443, the port of an EKS API server",
		}
	}
	return nil
}

func balancerFault(g Group) *Fault {
	if len(g.LoadBalancers) != 1 {
		return &Fault{
			Code:    GroupUnattached,
			Message: fmt.Sprintf("target group %s is attached to %d load balancers", g.ARN, len(g.LoadBalancers)),
			Hint:    "forward to the group from a listener of exactly one internal network load balancer",
		}
	}
	lb := g.LoadBalancers[0]
	if lb.Type != "network" {
		return &Fault{
			Code:    NotNetwork,
			Message: fmt.Sprintf("load balancer %s has type %q", lb.ARN, lb.Type),
			Hint:    "an endpoint service needs a network load balancer",
		}
	}
	if lb.Scheme != "internal" {
		return &Fault{
			Code:    NotInternal,
			Message: fmt.Sprintf("load balancer %s has scheme %q", lb.ARN, lb.Scheme),
			Hint:    "use an internal network load balancer: this one would put the API server on the internet",
		}
	}
	return nil
}

func controllerFault(g Group) *Fault {
	check := func(arn string, tags map[string]string) *Fault {
		for _, key := range slices.Sorted(maps.Keys(tags)) {
			if foreignKey(key) {
				return &Fault{
					Code:    OtherController,
					Message: fmt.Sprintf("%s carries the tag %s of another controller", arn, key),
					Hint:    "two writers would undo each other's work: let that controller go first, or give the link a group of its own",
				}
			}
		}
		return nil
	}
	if f := check(string(g.ARN), g.Tags); f != nil {
		return f
	}
	for _, lb := range g.LoadBalancers {
		if f := check(lb.ARN, lb.Tags); f != nil {
			return f
		}
	}
	return nil
}

// foreignKey reports whether a tag's key is one of Kubernetes' controllers:
// elbv2.k8s.aws/..., anything.k8s.aws/..., kubernetes.io/...
func foreignKey(key string) bool {
	domain, _, found := strings.Cut(key, "/")
	if !found {
		return false
	}
	return domain == "k8s.aws" || strings.HasSuffix(domain, ".k8s.aws") ||
		domain == "kubernetes.io" || strings.HasSuffix(domain, ".kubernetes.io")
}

func clusterFault(c Candidate, cl Cluster) *Fault {
	g := c.Group
	if bound, ok := g.Tags[TagEndpoint]; ok && bound != "" {
		host, err := EndpointHost(bound)
		if err != nil {
			return &Fault{
				Code:    TagInvalid,
				Message: fmt.Sprintf("tag %s of %s is %q", TagEndpoint, g.ARN, bound),
				Hint:    "set it to the host of the cluster's endpoint",
				Err:     err,
			}
		}
		if cl.Host != "" && cl.Host != host {
			return &Fault{
				Code:    ClusterRemade,
				Message: fmt.Sprintf("cluster %s has endpoint %s now, and %s is bound to %s: the cluster was made again", c.Cluster, cl.Host, g.ARN, host),
				Hint:    "apply the cluster's Terraform again, or, if the link is meant for the new cluster, set the tag " + TagEndpoint + " to its endpoint's host",
			}
		}
	}
	if cl.VPC != "" && g.VPC != cl.VPC {
		return &Fault{
			Code:    GroupWrongVPC,
			Message: fmt.Sprintf("target group %s is in %s, and cluster %s in %s", g.ARN, g.VPC, c.Cluster, cl.VPC),
			Hint:    "make the link in the cluster's own VPC, or correct the cluster tag",
		}
	}
	if cl.Name != "" && g.IPv6 && !cl.IPv6 {
		return &Fault{
			Code:    GroupWrongFamily,
			Message: fmt.Sprintf("target group %s takes IPv6 addresses, and cluster %s has only IPv4 ones", g.ARN, c.Cluster),
			Hint:    "make an IPv4 target group for this cluster",
		}
	}
	return nil
}

// EndpointHost returns the host of a cluster's endpoint, which EKS writes as
// https://HOST and the tag postern:endpoint as HOST, in lower case.
func EndpointHost(endpoint string) (string, error) {
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", fmt.Errorf("parse endpoint: %w", err)
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	switch {
	case u.Scheme != "https":
		return "", fmt.Errorf("parse endpoint %q: scheme is %q, want https", endpoint, u.Scheme)
	case u.Port() != "" && u.Port() != "443":
		return "", fmt.Errorf("parse endpoint %q: port is %s, want 443", endpoint, u.Port())
	case !validHost(host):
		return "", fmt.Errorf("parse endpoint %q: no host name in it", endpoint)
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.User != nil || u.Fragment != "":
		return "", fmt.Errorf("parse endpoint %q: want a host alone", endpoint)
	}
	return host, nil
}

// validHost reports whether s is a DNS name of at least two labels, in lower
// case, and not an address. Source: RFC 1123 section 2.1.
func validHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil || len(s) > 253 || !strings.Contains(s, ".") {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if len(label) == 0 || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
				return false
			}
		}
	}
	return true
}

// ENIDescription is how EKS describes the network interfaces of a cluster's
// control plane. Source: Amazon EKS user guide, network requirements.
func ENIDescription(cluster string) string { return "Amazon EKS " + cluster }

// ENIWitness says which addresses EC2's listing gives to a cluster: those of
// interfaces with exactly EKS's description, in the cluster's VPC, in use, and
// attached to an instance of another account than account, since anybody can
// write a description, and EKS attaches to its own instances.
func ENIWitness(cluster, vpc string, account AccountID, v6 bool, ifs []Interface, at time.Time) Witness {
	w := Witness{Name: ENI, Outcome: Empty, At: at}
	var forged []string
	for _, i := range ifs {
		if i.Description != ENIDescription(cluster) || i.VPC != vpc || i.Status != "in-use" {
			continue
		}
		if i.AttachmentOwner == "" || i.AttachmentOwner == account {
			forged = append(forged, i.ID)
			continue
		}
		addr := i.Addr
		if v6 {
			addr = i.Addr6
		}
		if addr.IsValid() {
			w.Outcome = Answered
			w.Addrs = append(w.Addrs, addr)
		}
	}
	slices.SortFunc(w.Addrs, netip.Addr.Compare)
	w.Addrs = slices.Compact(w.Addrs)
	w.Detail = fmt.Sprintf("%d control-plane interfaces in %s", len(w.Addrs), vpc)
	if len(forged) > 0 {
		slices.Sort(forged)
		w.Detail += fmt.Sprintf("; ignored %s: described as EKS's, but not attached by EKS", strings.Join(forged, ", "))
	}
	return w
}
