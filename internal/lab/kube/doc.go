// Package kube provides the API servers behind the lab's clusters: a stand-in
// that is part of the lab ([Server]) and the real programs ([Real]), with the
// certificates, the tokens and the anonymous access that EKS gives them.
//
// Both take connections that somebody else accepted, together with the name
// of the interface that each came in by: the network is not theirs.
//
// The stand-in speaks HTTP/1.1 and HTTP/2 over TLS and knows the part of the
// Kubernetes API that kubectl and client-go need for namespaces and config
// maps: discovery, OpenAPI, lists, watches, tables, patches, reviews of the
// caller's own identity and rights, and errors as Kubernetes has them. It
// keeps all objects in memory. Where it differs from the real one: lists are
// never cut into parts (the API lets a server choose that), deletion of a
// namespace is done when it is answered, there are no managed fields, hence no
// server-side apply, and answers are JSON only. Events, nodes, pods and services
// can be listed, as kubectl does of itself here and there; there are none.
//
// Sources: Kubernetes documentation, "Kubernetes API Concepts" and
// "Authenticating"; EKS user guide, "Kubernetes versions" (anonymous access)
// and "Cluster API server endpoint".
package kube
