package plan

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	accountRE = regexp.MustCompile(`^[0-9]{12}$`)
	regionRE  = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)
	// Source: Amazon EKS API Reference, CreateCluster: name.
	clusterRE = regexp.MustCompile(`^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$`)
)

// ValidAccount reports whether s is a twelve-digit account number.
func ValidAccount(s string) bool { return accountRE.MatchString(s) }

// ValidRegion reports whether s has the form of a region's name.
func ValidRegion(s string) bool { return regionRE.MatchString(s) }

// ValidCluster reports whether s can be the name of an EKS cluster.
func ValidCluster(s string) bool { return clusterRE.MatchString(s) }

// Pattern is a cluster reference as a user writes it: name, region/name,
// account/region/name or a cluster's ARN. Empty parts match anything.
type Pattern Ref

// ParsePattern reads a cluster reference. The error says which part is wrong.
func ParsePattern(s string) (Pattern, error) {
	if strings.HasPrefix(s, "arn:") {
		return parseARN(s)
	}
	parts := strings.Split(s, "/")
	var p Pattern
	switch len(parts) {
	case 1:
		p = Pattern{Name: parts[0]}
	case 2:
		p = Pattern{Region: Region(parts[0]), Name: parts[1]}
	case 3:
		p = Pattern{Account: AccountID(parts[0]), Region: Region(parts[1]), Name: parts[2]}
	default:
		return Pattern{}, fmt.Errorf("parse cluster reference %q: want name, region/name, account/region/name or the cluster's ARN", s)
	}
	if len(parts) == 3 && !ValidAccount(parts[0]) {
		return Pattern{}, fmt.Errorf("parse cluster reference %q: %q is not a twelve-digit account number", s, parts[0])
	}
	if len(parts) >= 2 && !ValidRegion(string(p.Region)) {
		return Pattern{}, fmt.Errorf("parse cluster reference %q: %q is not a region's name", s, p.Region)
	}
	if !ValidCluster(p.Name) {
		return Pattern{}, fmt.Errorf("parse cluster reference %q: %q cannot be a cluster's name", s, p.Name)
	}
	return p, nil
}

// parseARN reads arn:PARTITION:eks:REGION:ACCOUNT:cluster/NAME.
func parseARN(s string) (Pattern, error) {
	f := strings.SplitN(s, ":", 6)
	if len(f) != 6 || f[2] != "eks" || !strings.HasPrefix(f[5], "cluster/") {
		return Pattern{}, fmt.Errorf("parse cluster reference %q: want arn:aws:eks:REGION:ACCOUNT:cluster/NAME", s)
	}
	return ParsePattern(f[4] + "/" + f[3] + "/" + strings.TrimPrefix(f[5], "cluster/"))
}

// Matches reports whether the pattern fits the reference.
func (p Pattern) Matches(r Ref) bool {
	return p.Name == r.Name &&
		(p.Region == "" || p.Region == r.Region) &&
		(p.Account == "" || p.Account == r.Account)
}

// String returns the shortest text that parses to the pattern.
func (p Pattern) String() string {
	switch {
	case p.Account != "":
		return Ref(p).String()
	case p.Region != "":
		return string(p.Region) + "/" + p.Name
	}
	return p.Name
}
