// Package fleet provides the snapshot of a fleet: what AWS said about every link
// at one time, from the hub's hosts to the clusters' API servers, in our words,
// and how its objects belong together. It is pure: others collect it, and
// others judge it.
//
// What was not asked, or could not be, is told apart from what is not there:
// every list is a [Listing], whose zero value is "not asked". A reader that
// finds nothing in a list that is not [Listing.Known] knows nothing.
package fleet
