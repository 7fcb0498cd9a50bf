// Package awsapi provides AWS in plan's words: discovery by tag, clusters,
// network interfaces, target groups and their writes, for one account and
// region at a time.
//
// It hides paging, chunking, pacing, retries and roles, and keeps three rules:
//
//   - A listing is whole or an error. A page that fails, or an answer that
//     cannot be right, never leaves a shorter listing behind.
//   - Every error is a [*plan.Fault] that names the object and carries a hint.
//     What kind it is comes from AWS's error code, never from its text.
//   - Every attempt is counted and, if a share is set, paced, retries included.
//
// The SDK's clients are held as method values of the calls made, nothing
// else. That lets the linker drop the other several hundred methods: a program
// with these five services that also uses text/template (and so reflection on
// methods, as the command line does) takes 14 MB so, and 48 MB
// if it holds the clients in interfaces (linux/amd64, -s -w).
package awsapi
