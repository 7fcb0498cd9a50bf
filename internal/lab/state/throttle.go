package state

import (
	"strings"

	"golang.org/x/time/rate"
)

// A bucket holds burst tokens at most and gains rate tokens a second.
type bucket struct {
	burst int
	rate  float64
}

// A family is calls that share a bucket, within one account and region.
type family struct {
	name string
	bucket
	takes func(action string) bool
}

// Families by SigV4 service name. A call takes a token from every family that
// takes it, or from none. Sources: ELB user guide, API throttling; EC2
// developer guide, API throttling; AWS General Reference, Resource Groups
// Tagging quotas; IAM user guide, STS quotas. EKS publishes no figure: its own
// stands for the public report that of 100 parallel calls about 20 were
// throttled (kconnect issue 751).
var families = map[string][]family{
	"elasticloadbalancing": {
		{"all", bucket{40, 10}, func(string) bool { return true }},
		{"describe", bucket{40, 10}, reads},
		{"targets", bucket{20, 4}, oneOf("RegisterTargets", "DeregisterTargets")},
		{"create", bucket{10, 0.2}, oneOf("CreateLoadBalancer", "SetSubnets")},
		{"mutate", bucket{20, 3}, func(a string) bool {
			return !reads(a) && !oneOf("RegisterTargets", "DeregisterTargets", "CreateLoadBalancer", "SetSubnets")(a)
		}},
	},
	"ec2": {
		{"describe", bucket{100, 20}, reads},
		{"endpoints", bucket{4, 0.3}, oneOf("CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints")},
		{"services", bucket{10, 1}, ec2Services},
		{"mutate", bucket{50, 5}, func(a string) bool {
			return !reads(a) && !ec2Services(a) && !oneOf("CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints")(a)
		}},
	},
	"eks":     {{"all", bucket{80, 10}, func(string) bool { return true }}},
	"tagging": {{"all", bucket{15, 15}, func(string) bool { return true }}},
	"sts":     {{"all", bucket{600, 600}, func(string) bool { return true }}},
}

// unfiltered is EC2's bucket for DescribeNetworkInterfaces without filter and
// without paging.
var unfiltered = family{name: "unfiltered", bucket: bucket{50, 10}}

var ec2Services = oneOf("CreateVpcEndpointServiceConfiguration", "ModifyVpcEndpointServiceConfiguration",
	"DeleteVpcEndpointServiceConfigurations", "AcceptVpcEndpointConnections", "RejectVpcEndpointConnections")

func reads(action string) bool {
	return strings.HasPrefix(action, "Describe") || strings.HasPrefix(action, "List") || strings.HasPrefix(action, "Get")
}

func oneOf(actions ...string) func(string) bool {
	return func(a string) bool {
		for _, x := range actions {
			if x == a {
				return true
			}
		}
		return false
	}
}

// A bucketKey is an account, a region and a service.
type bucketKey struct{ account, region, service string }

// Buckets are the limiters of one key, by family name.
type buckets map[string]*rate.Limiter

// limiter returns the limiter of a family; buckets refill faster with the
// speed.
func (s *Store) limiter(k bucketKey, f family) *rate.Limiter {
	b := s.buckets[k]
	if b == nil {
		b = buckets{}
		s.buckets[k] = b
	}
	if b[f.name] == nil {
		b[f.name] = rate.NewLimiter(rate.Limit(f.rate*s.opts.Speed), f.burst)
	}
	return b[f.name]
}

// Take takes a token for a call from each of AWS's buckets that it counts
// against, or takes none and returns the service's own throttling error.
// service is the SigV4 name: ec2, eks, elasticloadbalancing, sts, tagging;
// others are not throttled. Cross-account AssumeRole counts against the caller.
func (s *Store) Take(c Caller, service, action string) error {
	defer s.enter()()
	k := bucketKey{c.Account, c.Region, service}
	var limiters []*rate.Limiter
	for _, f := range families[service] {
		if f.takes(action) {
			limiters = append(limiters, s.limiter(k, f))
		}
	}
	return s.takeAll(service, limiters)
}

// TakeUnfiltered takes from EC2's smaller bucket as well, after Take, for a
// DescribeNetworkInterfaces without IDs, filters and MaxResults.
func (s *Store) TakeUnfiltered(c Caller) error {
	defer s.enter()()
	return s.takeAll("ec2", []*rate.Limiter{s.limiter(bucketKey{c.Account, c.Region, "ec2"}, unfiltered)})
}

func (s *Store) takeAll(service string, limiters []*rate.Limiter) error {
	if s.opts.Unthrottled {
		return nil
	}
	for _, l := range limiters {
		if l.TokensAt(s.now) < 1 {
			return ThrottleError(service)
		}
	}
	for _, l := range limiters {
		l.AllowN(s.now, 1)
	}
	return nil
}

// ThrottleError is a service's throttling error, by SigV4 name. Sources: ELB user guide, API
// throttling; EC2 API error codes; Resource Groups Tagging API reference,
// GetResources; STS common errors; for EKS the report of kconnect issue 751.
func ThrottleError(service string) error {
	switch service {
	case "ec2":
		return refuseWith(503, "RequestLimitExceeded", "Request limit exceeded.")
	case "eks":
		return refuseWith(429, "TooManyRequestsException", "Too Many Requests")
	case "tagging":
		return refuse("ThrottledException", "Rate exceeded")
	}
	return refuse("Throttling", "Rate exceeded")
}
