// Package lab provides a whole AWS in one process, as far as Postern and its
// modules touch AWS: the control plane over AWS's wire protocols, a name
// server for each view, clusters whose addresses move, and faults.
//
// [New] makes a lab of a [World] and listens; [Lab.Run] serves until its
// context ends and leaves nothing behind: no goroutine, no socket, no file.
// Everything is reached through one loopback port: AWS's APIs, dispatched by
// the signature's scope, and the lab's own control API below /_lab/v1, which
// [Client] speaks. Nothing in the product knows the lab; [Env] is how a
// command is pointed at it.
//
// The package takes time from package time only and blocks on channels and
// timers only, so a lab over in-memory listeners runs in a testing/synctest
// bubble, where a seed gives the same event log byte for byte.
package lab
