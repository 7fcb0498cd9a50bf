// Package lambdafn provides sync as a function that is woken by events: one
// invocation makes one pass, tells CloudWatch what it did, and fails only if
// the pass or a scope failed as a whole.
//
// An event says when to look, and at most where: which clusters, or which
// scopes. Nothing else of it is believed. What the process remembers between
// invocations (clients, credentials, clusters) only makes the next one
// cheaper.
package lambdafn
