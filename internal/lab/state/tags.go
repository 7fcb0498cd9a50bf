package state

// A TagFilter keeps resources that have the key, with one of the values if
// there are any.
type TagFilter struct {
	Key    string
	Values []string
}

// TagQuery asks the tagging API for resources.
type TagQuery struct {
	Types   []string // such as elasticloadbalancing:targetgroup or elasticloadbalancing; none: all
	Filters []TagFilter
	ARNs    []string
	Page    Page
}

// A TaggedResource is one answer of the tagging API. The resource may be gone
// already.
type TaggedResource struct {
	ARN  string
	Tags Tags
}
