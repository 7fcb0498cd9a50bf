// Package faults provides the lab's closed list of faults: their text, and a
// set that decides which of them befall a call, a DNS query or a health check.
//
// The text of a fault is its name and then keys, separated by spaces:
//
//	throttle account=222222222222 action=elbv2:Describe* times=3
//	dns-partial cluster=us-east-1/prod for=90s rate=0.5
//
// Selectors (account, region, action, cluster, resolver, zone) narrow a fault;
// a fault without any hits everything of its kind. Limits end it: for=DUR by
// the clock, times=N by the number of hits. Without a limit it lasts until it
// is cleared. rate=R hits a share of what it selects.
//
// A duration here is as the user typed it: for=30s means thirty seconds of
// the wall clock at any --speed, because it is the person (or the test) who
// waits.
//
// The package does no I/O and reads no clock. A decision depends on the set's
// seed, the faults and how often the same subject was asked about, never on
// how calls of different subjects interleave, times= aside.
package faults
