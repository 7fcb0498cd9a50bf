// Package iam decides whether a call is allowed: it reads IAM policies and
// evaluates them as AWS does. It does no I/O and knows no service.
//
// It evaluates the condition operators in [Operators] on the keys in [Keys]. A
// policy that uses another is an error ([Policy.Unsupported]), never a condition
// that is passed over.
//
// Source: IAM user guide, policy evaluation logic; IAM JSON policy elements
// reference; condition operators; global condition context keys.
package iam
