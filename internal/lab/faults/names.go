package faults

import "slices"

// Name names a fault. The list is closed: see [Names].
type Name string

// The faults.
const (
	Throttle      Name = "throttle"       // an API call is refused with the service's throttling code
	Deny          Name = "deny"           // an API call is refused with the service's access-denied code
	Delay         Name = "delay"          // an API call is answered by= later
	StaleRead     Name = "stale-read"     // a reading API call answers as of age= ago
	DNSNXDomain   Name = "dns-nxdomain"   // the name does not exist
	DNSServFail   Name = "dns-servfail"   // the resolver fails
	DNSTimeout    Name = "dns-timeout"    // the resolver does not answer
	DNSEmpty      Name = "dns-empty"      // the name exists and has no address
	DNSPartial    Name = "dns-partial"    // some addresses are missing from the answer
	DNSTruncated  Name = "dns-truncated"  // over UDP only the truncation bit, over TCP everything
	DNSWrong      Name = "dns-wrong"      // the answer is answer=
	DNSMalformed  Name = "dns-malformed"  // the answer breaks off inside a record
	EventLost     Name = "event-lost"     // an event is not delivered
	AddressReused Name = "address-reused" // an address of the cluster is handed to something else, once
	ZoneOutage    Name = "zone-outage"    // every health check in an availability zone fails
	HealthBroken  Name = "health-broken"  // every health check of a cluster's targets fails
)

// The keys of a fault's text, in the order in which it is written.
const (
	keyAccount  = "account"
	keyRegion   = "region"
	keyZone     = "zone"
	keyCluster  = "cluster"
	keyAction   = "action"
	keyResolver = "resolver"
	keyBy       = "by"
	keyAge      = "age"
	keyAnswer   = "answer"
	keyFor      = "for"
	keyTimes    = "times"
	keyRate     = "rate"
)

var keyOrder = []string{keyAccount, keyRegion, keyZone, keyCluster, keyAction, keyResolver, keyBy, keyAge, keyAnswer, keyFor, keyTimes, keyRate}

// spec says which keys a fault may have, and which it must.
type spec struct {
	name  Name
	about string // what it does, on one line
	may   []string
	must  []string
}

var (
	callKeys  = []string{keyAccount, keyRegion, keyCluster, keyAction, keyFor, keyTimes, keyRate}
	queryKeys = []string{keyAccount, keyRegion, keyCluster, keyResolver, keyFor, keyTimes, keyRate}
)

// specs is the closed list. A reading is of a whole region, so stale-read has
// no cluster; a health check is a state and not an occasion, so what breaks
// it has neither times nor rate; a reused address stays reused, so it has no
// limit at all.
var specs = []spec{
	{name: Throttle, about: "an API call is refused with the service's throttling code", may: callKeys},
	{name: Deny, about: "an API call is refused with the service's access-denied code", may: callKeys},
	{name: Delay, about: "an API call is answered by= later", may: with(callKeys, keyBy), must: []string{keyBy}},
	{name: StaleRead, about: "a reading API call answers as of age= ago", may: with(without(callKeys, keyCluster), keyAge), must: []string{keyAge}},
	{name: DNSNXDomain, about: "the name does not exist", may: queryKeys},
	{name: DNSServFail, about: "the resolver fails", may: queryKeys},
	{name: DNSTimeout, about: "the resolver does not answer", may: queryKeys},
	{name: DNSEmpty, about: "the name exists and has no address", may: queryKeys},
	{name: DNSPartial, about: "some addresses are missing from the answer", may: queryKeys},
	{name: DNSTruncated, about: "over UDP only the truncation bit, over TCP everything", may: queryKeys},
	{name: DNSWrong, about: "the answer is answer=", may: with(queryKeys, keyAnswer), must: []string{keyAnswer}},
	{name: DNSMalformed, about: "the answer breaks off inside a record", may: queryKeys},
	{name: EventLost, about: "an event is not delivered", may: []string{keyAccount, keyRegion, keyCluster, keyFor, keyTimes, keyRate}},
	{name: AddressReused, about: "an address of the cluster is handed to something else, once", may: []string{keyAccount, keyRegion, keyCluster}, must: []string{keyCluster}},
	{name: ZoneOutage, about: "every health check in an availability zone fails", may: []string{keyAccount, keyRegion, keyZone, keyFor}, must: []string{keyZone}},
	{name: HealthBroken, about: "every health check of a cluster's targets fails", may: []string{keyAccount, keyRegion, keyCluster, keyFor}},
}

func with(keys []string, more ...string) []string { return append(slices.Clone(keys), more...) }

func without(keys []string, key string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return k == key })
}

func specOf(n Name) (spec, bool) {
	i := slices.IndexFunc(specs, func(s spec) bool { return s.name == n })
	if i < 0 {
		return spec{}, false
	}
	return specs[i], true
}

// Names returns every fault's name, in the order of the documentation.
func Names() []Name {
	names := make([]Name, len(specs))
	for i, s := range specs {
		names[i] = s.name
	}
	return names
}

// Keys returns the keys that the named fault takes, in writing order, and
// which of them it must have; nil for a name that is no fault's.
func Keys(n Name) (may, must []string) {
	s, ok := specOf(n)
	if !ok {
		return nil, nil
	}
	for _, k := range keyOrder {
		if slices.Contains(s.may, k) {
			may = append(may, k)
		}
	}
	return may, slices.Clone(s.must)
}

// About says on one line what the named fault does; "" for a name that is no
// fault's.
func About(n Name) string {
	s, _ := specOf(n)
	return s.about
}

// A Key is one key of a fault's text.
type Key struct {
	Name, About string
}

// AllKeys returns every key that a fault can have, in writing order.
func AllKeys() []Key {
	about := map[string]string{
		keyAccount:  "only in this account, twelve digits",
		keyRegion:   "only in this region",
		keyZone:     "the availability zone, by ID such as `use1-az1`, or by name with `account=`",
		keyCluster:  "only what concerns this cluster: `name`, `region/name` or `account/region/name`",
		keyAction:   "only these calls: `service:Action`, with `*` for any run of characters",
		keyResolver: "only this view: `public`, or a VPC's ID",
		keyBy:       "how much later, in real time",
		keyAge:      "how far back, in real time: the lab's speed does not divide it",
		keyAnswer:   "the addresses of the answer, with commas",
		keyFor:      "ends after this much real time: the lab's speed does not divide it",
		keyTimes:    "ends after this many hits; not together with `for=`",
		keyRate:     "the share of what it selects that it hits, above 0 and up to 1",
	}
	keys := make([]Key, len(keyOrder))
	for i, k := range keyOrder {
		keys[i] = Key{k, about[k]}
	}
	return keys
}

// Services of the AWS API by their name in action=, and the other names that
// people use for them: the prefix in IAM policies and the SigV4 scope.
var services = []string{"elbv2", "ec2", "eks", "sts", "tagging", "iam", "route53", "lambda", "events", "scheduler", "sqs", "logs", "cloudwatch", "s3", "states", "cloudtrail", "kms", "ssm"}

var serviceAliases = map[string]string{
	"elasticloadbalancing":     "elbv2",
	"elasticloadbalancingv2":   "elbv2",
	"elb":                      "elbv2",
	"tag":                      "tagging",
	"resourcegroupstaggingapi": "tagging",
	"monitoring":               "cloudwatch",
}

// Service returns the name that action= uses for a service named in any of
// the usual ways: an IAM prefix, a SigV4 scope or the name itself.
func Service(name string) string {
	if to, ok := serviceAliases[name]; ok {
		return to
	}
	return name
}
