package faults

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is one fault as it was asked for. A zero field is not set.
type Fault struct {
	Name     Name
	Account  string // twelve digits
	Region   string
	Zone     string // an availability zone's name or ID
	Cluster  string // a cluster's bare name; its account and region are in Account and Region
	Action   string // service:Action as [Service] names it, with * for any run of characters
	Resolver string // a DNS view: public, or a VPC's ID

	By     time.Duration // delay: how much later
	Age    time.Duration // stale-read: how far back
	Answer []netip.Addr  // dns-wrong: the addresses

	For   time.Duration // wall-clock time until it ends; zero: no end by time
	Times int           // hits until it ends; zero: no end by number
	Rate  float64       // share of what it selects, above 0 and below 1; zero: all
}

// maxTextLen bounds a fault's text: no sensible one comes near it.
const maxTextLen = 1024

// Parse reads the text of a fault. The error names the word that is wrong and
// what is right there.
func Parse(text string) (Fault, error) {
	if len(text) > maxTextLen {
		return Fault{}, fmt.Errorf("parse fault: %d bytes, at most %d allowed", len(text), maxTextLen)
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return Fault{}, fmt.Errorf("parse fault: no name: give one of %s", join(Names()))
	}
	s, ok := specOf(Name(words[0]))
	if !ok {
		return Fault{}, fmt.Errorf("parse fault: unknown fault %q: give one of %s", words[0], join(Names()))
	}
	f := Fault{Name: s.name}
	seen := map[string]bool{}
	for _, word := range words[1:] {
		key, value, ok := strings.Cut(word, "=")
		switch {
		case !ok:
			return Fault{}, fmt.Errorf("parse fault %s: %q is not key=value", s.name, word)
		case !slices.Contains(keyOrder, key):
			return Fault{}, fmt.Errorf("parse fault %s: unknown key %q: it takes %s", s.name, key, takes(s.name))
		case !slices.Contains(s.may, key):
			return Fault{}, fmt.Errorf("parse fault %s: key %q makes no sense with it: it takes %s", s.name, key, takes(s.name))
		case seen[key]:
			return Fault{}, fmt.Errorf("parse fault %s: key %q is given twice", s.name, key)
		case value == "":
			return Fault{}, fmt.Errorf("parse fault %s: key %q has no value", s.name, key)
		}
		seen[key] = true
		if err := f.set(key, value); err != nil {
			return Fault{}, fmt.Errorf("parse fault %s: %s: %w", s.name, key, err)
		}
	}
	for _, key := range s.must {
		if !seen[key] {
			return Fault{}, fmt.Errorf("parse fault %s: key %q is needed", s.name, key)
		}
	}
	if f.For != 0 && f.Times != 0 {
		return Fault{}, fmt.Errorf("parse fault %s: for and times are two limits: give one", s.name)
	}
	return f, nil
}

func (f *Fault) set(key, value string) (err error) {
	switch key {
	case keyAccount:
		err = f.narrow(&f.Account, value, isAccount, "an account is twelve digits")
	case keyRegion:
		err = f.narrow(&f.Region, value, isRegion, "a region is like us-east-1")
	case keyZone:
		err = f.narrow(&f.Zone, value, isWord, "a zone is a name like us-east-1a or an ID like use1-az1")
	case keyResolver:
		err = f.narrow(&f.Resolver, value, isWord, "a resolver is public or a VPC's ID")
	case keyCluster:
		err = f.setCluster(value)
	case keyAction:
		f.Action, err = parseAction(value)
	case keyBy:
		f.By, err = parseDuration(value)
	case keyAge:
		f.Age, err = parseDuration(value)
	case keyFor:
		f.For, err = parseDuration(value)
	case keyAnswer:
		f.Answer, err = parseAddrs(value)
	case keyTimes:
		f.Times, err = strconv.Atoi(value)
		if err != nil || f.Times < 1 {
			return fmt.Errorf("%q is not a whole number from 1", value)
		}
	case keyRate:
		f.Rate, err = parseRate(value)
	}
	return err
}

// narrow sets a selector once: cluster= can name an account and a region too,
// and then the two must agree.
func (f *Fault) narrow(field *string, value string, valid func(string) bool, rule string) error {
	if !valid(value) {
		return fmt.Errorf("%q: %s", value, rule)
	}
	if *field != "" && *field != value {
		return fmt.Errorf("%q contradicts %q, given before", value, *field)
	}
	*field = value
	return nil
}

// setCluster takes name, region/name and account/region/name.
func (f *Fault) setCluster(value string) error {
	const rule = "a cluster is name, region/name or account/region/name"
	parts := strings.Split(value, "/")
	if len(parts) > 3 {
		return fmt.Errorf("%q: %s", value, rule)
	}
	name := parts[len(parts)-1]
	if !isCluster(name) {
		return fmt.Errorf("%q: %s, of letters, digits, - and _", value, rule)
	}
	f.Cluster = name
	if len(parts) > 1 {
		if err := f.narrow(&f.Region, parts[len(parts)-2], isRegion, rule); err != nil {
			return err
		}
	}
	if len(parts) > 2 {
		return f.narrow(&f.Account, parts[0], isAccount, rule)
	}
	return nil
}

// String returns the text that [Parse] reads back to the same fault.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(string(f.Name))
	for _, key := range keyOrder {
		if v := f.value(key); v != "" {
			b.WriteString(" " + key + "=" + v)
		}
	}
	return b.String()
}

func (f Fault) value(key string) string {
	switch key {
	case keyAccount:
		return f.Account
	case keyRegion:
		return f.Region
	case keyZone:
		return f.Zone
	case keyCluster:
		return f.Cluster
	case keyAction:
		return f.Action
	case keyResolver:
		return f.Resolver
	case keyBy:
		return duration(f.By)
	case keyAge:
		return duration(f.Age)
	case keyFor:
		return duration(f.For)
	case keyAnswer:
		words := make([]string, len(f.Answer))
		for i, a := range f.Answer {
			words[i] = a.String()
		}
		return strings.Join(words, ",")
	case keyTimes:
		if f.Times > 0 {
			return strconv.Itoa(f.Times)
		}
	case keyRate:
		if f.Rate > 0 {
			return strconv.FormatFloat(f.Rate, 'g', -1, 64)
		}
	}
	return ""
}

// MarshalText makes a fault its text in JSON.
func (f Fault) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText is [Parse].
func (f *Fault) UnmarshalText(text []byte) (err error) {
	*f, err = Parse(string(text))
	return err
}

func takes(n Name) string {
	may, _ := Keys(n)
	return strings.Join(may, ", ")
}

func join(names []Name) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}
