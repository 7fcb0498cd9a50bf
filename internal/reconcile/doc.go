// Package reconcile provides the passes of sync: one [Engine.Pass] finds the
// links of every scope, observes each, lets package plan decide, carries the
// decision out and reports.
//
// The phases stand in files of their own:
//
//	discover  the scopes side by side: which groups claim which cluster
//	choose    what was asked for, and which candidates can be links at all
//	observe   once a scope: interfaces, CIDRs; per link: cluster, targets, DNS
//	identity  whose certificates the addresses serve, where that is asked for
//	mark      the marks of links with pending work, read afresh, 20 a call
//	act       register; then deregister; then write the marks
//
// Links go through the last three in batches of one scope, so that a pass that
// runs out of time has finished what it began. A fault of a link is in that
// link's report and nowhere else; a fault of a scope is in the scope's.
//
// The package does no I/O of its own: it declares the interfaces that it calls.
package reconcile
