// Package rights holds the tests of what sync's roles may do: with the policies
// that the Terraform modules make, on the lab with IAM enforced, by the real
// engine and the real function. Each statement, each action, each resource and
// each condition is taken out once, and a named scenario has to notice.
package rights
