// Package trace provides the checks of one cluster's path over a snapshot of the
// fleet: every hop from a host in the hub to the API server, in the order in
// which a connection meets them, which of them is broken, why that breaks the
// path, and what repairs it. It is pure: the snapshot comes from AWS and what
// live probes saw from the network, both by way of the caller.
package trace

import (
	"slices"

	"postern/internal/plan"
)

// Hop is a part of the path.
type Hop string

// Hops, in the order in which a connection meets them.
const (
	HopName     Hop = "name"     // the endpoint's name, as the hub's hosts resolve it
	HopSource   Hop = "source"   // the host's subnet: its routes and network ACL
	HopPeering  Hop = "peering"  // the peering between the hub VPC and the endpoint VPC
	HopReturn   Hop = "return"   // the endpoint VPC's routes and network ACL, back to the host
	HopEndpoint Hop = "endpoint" // the interface endpoint: its state, zones and security groups
	HopService  Hop = "service"  // the endpoint service: who may connect, what is accepted, its zones
	HopBalancer Hop = "balancer" // the load balancer: its state, listener and security groups
	HopTargets  Hop = "targets"  // the target group: what is registered, whose it is, its health
	HopAdmit    Hop = "admit"    // the cluster's side: its security group and network ACLs
	HopCluster  Hop = "cluster"  // the cluster: that it exists, its status and access mode
	HopServer   Hop = "server"   // the API server: TLS, readiness, the token
)

// Verdict is what was found of one thing.
type Verdict string

const (
	Passed    Verdict = "passed"    // it is as it should be
	Broken    Verdict = "broken"    // no connection gets past it
	Degraded  Verdict = "degraded"  // connections get past it, or some do, and it is not as it should be
	Unchecked Verdict = "unchecked" // it could not be asked, or was not
)

// Finding is one check's result.
type Finding struct {
	Hop     Hop
	Verdict Verdict
	Code    Code   // empty where it passed
	Object  string // the AWS object it is about: an ID, ARN or name
	Saw     string // what is there
	Why     string // why that breaks or harms the path; empty where it passed
	Because Code   // code of the finding that this one follows from; empty: it stands by itself
	Repair  Repair

	Sampled bool // it was seen at one connection, and where a part of them fails that is chance
}

// Repair is what makes a finding pass.
type Repair struct {
	Terraform string         // the module and attribute, for those whose path our modules made
	Account   plan.AccountID // whose credentials Commands need; empty where there are none
	Commands  []string       // aws command lines that may be typed as they are
	Note      string         // what else there is to know or to do
}

// Path is one cluster's path with all that was found.
type Path struct {
	Ref      plan.Ref
	From     string    // the hub's subnet that it begins in; empty: the settings name no hub
	Findings []Finding // in the order of the hops
}

// First returns the first broken finding that does not follow from another; nil:
// nothing is broken.
func (p Path) First() *Finding { return p.first(Broken) }

// Cause returns the finding to read first: what First returns, or, where nothing
// is broken, the first that is degraded; nil: neither is.
func (p Path) Cause() *Finding {
	if f := p.First(); f != nil {
		return f
	}
	return p.first(Degraded)
}

func (p Path) first(v Verdict) *Finding {
	for i := range p.Findings {
		if f := &p.Findings[i]; f.Verdict == v && f.Because == "" {
			return f
		}
	}
	return nil
}

// Verdict is the path's as a whole: broken where any finding is, then degraded,
// then unchecked, then passed. What was not asked for counts for nothing: only
// what was, and could not be had, makes a path unchecked.
func (p Path) Verdict() Verdict {
	for _, worst := range []Verdict{Broken, Degraded} {
		if slices.ContainsFunc(p.Findings, func(f Finding) bool { return f.Verdict == worst }) {
			return worst
		}
	}
	if slices.ContainsFunc(p.Findings, func(f Finding) bool { return f.Verdict == Unchecked && f.Code != NotAsked }) {
		return Unchecked
	}
	return Passed
}

// Unseen returns the hops of which nothing was asked, in their order. That the
// API server was not probed is no such thing.
func (p Path) Unseen() []Hop {
	return slices.DeleteFunc(Hops(), func(h Hop) bool {
		at := func(f Finding) bool { return f.Hop == h }
		return h == HopServer || !slices.ContainsFunc(p.Findings, at) ||
			slices.ContainsFunc(p.Findings, func(f Finding) bool { return at(f) && f.Code != NotAsked })
	})
}

// Hops returns the hops of the path in the order in which a connection meets
// them.
func Hops() []Hop {
	return []Hop{HopName, HopSource, HopPeering, HopReturn, HopEndpoint, HopService, HopBalancer, HopTargets, HopAdmit, HopCluster, HopServer}
}
