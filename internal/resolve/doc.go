// Package resolve answers which addresses DNS names for a host, as one witness
// with an outcome that says how far the answer may be trusted.
//
// One server's statement about the host:
//
//	what came back                                                 statement
//	addresses of the asked family                                  answered
//	NOERROR with none, or NXDOMAIN, from a server that may say so  empty
//	anything else: SERVFAIL, REFUSED, timeout, refused connection,
//	a lame referral, a CNAME loop, a malformed or oversized packet unknown
//
// A server may say "none" if its answer is authoritative, or carries the
// zone's SOA, or comes from a server that offers recursion. A referral (name
// servers and no SOA) is no answer at all.
//
// All servers together, asked side by side, are one witness:
//
//	answered      empty or unknown   outcome
//	all           none               answered
//	one or more   one or more        answered, partial: it can add, and supports no removal
//	none          all empty          empty
//	none          one or more unknown  unknown, code dns_unknown
//
// Addrs is the union, TTL the smallest on any chain, and Detail names every
// server and what it said. If only servers inside the VPC may be asked and
// there is none, the outcome is inapplicable; with no server at all it is
// unknown.
//
// Whether the answer's addresses may be used is not decided here.
package resolve
