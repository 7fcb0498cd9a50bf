// Package wire provides AWS's wire protocols to a server: it finds out which
// action a request names, decodes the request into a typed struct, calls the
// action's handler, and encodes the answer as the client's protocol wants it.
//
// It knows no rule of any AWS service. What it knows of a service is a [Service]
// value and a struct type a shape; both are generated (see the gen directory)
// from AWS's public service models. A protocol is one [codec] in one file.
//
// Source: Smithy specification, "AWS query", "AWS EC2 query", "AWS restJson1",
// "AWS restXml", "AWS JSON 1.0" and "AWS JSON 1.1" protocols.
package wire

//go:generate go run ./gen ../aws
