// Package runtime provides the lab's Lambda: it runs functions' own programs
// under the Runtime API, on their schedules, on events and when they are
// invoked, and keeps what they log.
//
// A program must be for this host: a function for another architecture needs a
// build of its program for this one (Options.Bootstrap), and says so when it has
// none. Nothing that it started is left when Run returns.
//
// Source: Lambda developer guide, using the Lambda runtime API; custom runtimes;
// asynchronous invocation.
package runtime
