// Package dataplane carries the lab's connections the way AWS would: in at an
// interface, through endpoints and load balancers, to the API servers behind a
// cluster's interfaces, with health checks that really connect.
//
// It decides no rule of AWS about who may reach whom: those it asks the store's
// topology. What it has of its own is what a load balancer's node does with a
// connection and how long connections live.
package dataplane
