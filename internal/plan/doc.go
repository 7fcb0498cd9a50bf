// Package plan decides what must change for a cluster's target group to hold
// the cluster's current addresses. It is the vocabulary of sync, too: the
// words that the other packages exchange.
//
// Everything here is pure: no I/O, no clock, stable order. [Decide] takes what
// one pass observed about one link, and says what to do about each address,
// with the reason:
//
//	registered       witnesses                                          decision
//	---------------  -------------------------------------------------  -------------------------------------------
//	no, or draining  listed by ENI                                      register
//	no, or draining  listed by DNS, ENI is not answered                 register
//	no, or draining  listed by DNS alone, ENI is answered               mark; register after the grace period, or at
//	                                                                    once when the identity is proved
//	draining         listed, and re-registered a short while ago        hold: another writer
//	yes              listed by either                                   keep; pending while the witnesses disagree
//	yes              stale; all applicable answered, at least two       mark; deregister after the grace period
//	yes              stale; the only applicable one answered            mark; deregister after the long grace period
//	yes              stale; an applicable one empty, unknown, partial   hold
//	yes, foreign     (another port, or outside the VPC)                 keep; or as stale, if the policy says so
//	any              somebody else's certificate, for the first time    mark; do not register
//	any              the same in two passes: identity disproved         never register; deregister without grace
//	any              refused by the address filter                      never register
//
// Every removal is subject to the floor and to the limit of a pass, and
// happens only where the group is managed, the policy allows it, EKS has
// lately confirmed the cluster, and the mark it rests on was read afresh.
//
// A witness "lists" an address that it named in this pass and that the address
// filter let through. An address whose identity is disproved is not listed by
// DNS: the handshake is the better evidence. Against the interface listing it
// is not, and then the checker is suspect and decides nothing; nor does one
// that proves no address that a witness lists.
package plan
