// Package kubeconfig provides the client configuration of clusters: entries
// merged into a kubeconfig whose other bytes stay as they are, the file's safe
// replacement, and the forms that Argo CD, Flux and Spinnaker read.
//
// An existing kubeconfig is somebody's work: comments, order, unknown fields and
// line endings. So it is never decoded and written anew. [Merge] finds, in the
// text, the lines of the list items that bear our names, and puts other lines
// there; that the result means what the old text meant, but for those items, is
// checked by a second reading with a YAML library before anything is returned.
// Where the two readings do not agree the text is refused.
//
// Items that were made here carry an extension named postern, which kubectl
// keeps when it writes the file. An item of our name without it is somebody
// else's.
package kubeconfig
