package kube

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// A resource is a kind of object that the API has.
type resource struct {
	Group, Version string
	Name           string // plural, as in paths
	Singular, Kind string
	Short          []string
	Namespaced     bool

	message  message
	validate func(*resource, *object) error
	columns  []column
	empty    bool                            // there are none, and none can be made
	review   func(User, []byte) (any, error) // a question about the caller, which nothing keeps
}

// qualified is the resource's name in messages.
func (r *resource) qualified() string {
	if r.Group == "" {
		return r.Name
	}
	return r.Name + "." + r.Group
}

func (r *resource) apiVersion() string {
	if r.Group == "" {
		return r.Version
	}
	return r.Group + "/" + r.Version
}

// verbs in the order in which discovery lists them.
func (r *resource) verbs() []string {
	if r.review != nil {
		return []string{"create"}
	}
	if r.empty {
		return []string{"get", "list", "watch"}
	}
	return []string{"create", "delete", "get", "list", "patch", "update", "watch"}
}

var (
	namespaces = &resource{
		Version: "v1", Name: "namespaces", Singular: "namespace", Kind: "Namespace", Short: []string{"ns"},
		message: namespaceMessage, validate: validNamespace, columns: namespaceColumns,
	}
	configMaps = &resource{
		Version: "v1", Name: "configmaps", Singular: "configmap", Kind: "ConfigMap", Short: []string{"cm"}, Namespaced: true,
		message: configMapMessage, validate: validConfigMap, columns: configMapColumns,
	}
	resources = []*resource{
		configMaps, namespaces,
		// kubectl describe and cluster-info look for these.
		{Version: "v1", Name: "events", Singular: "event", Kind: "Event", Short: []string{"ev"}, Namespaced: true, empty: true, columns: []column{nameColumn}},
		{Version: "v1", Name: "nodes", Singular: "node", Kind: "Node", Short: []string{"no"}, empty: true, columns: []column{nameColumn}},
		{Version: "v1", Name: "pods", Singular: "pod", Kind: "Pod", Short: []string{"po"}, Namespaced: true, empty: true, columns: []column{nameColumn}},
		{Version: "v1", Name: "services", Singular: "service", Kind: "Service", Short: []string{"svc"}, Namespaced: true, empty: true, columns: []column{nameColumn}},
		{Group: "authentication.k8s.io", Version: "v1", Name: "selfsubjectreviews", Singular: "selfsubjectreview", Kind: "SelfSubjectReview", message: selfMessage, review: reviewSelf},
		{Group: "authorization.k8s.io", Version: "v1", Name: "selfsubjectaccessreviews", Singular: "selfsubjectaccessreview", Kind: "SelfSubjectAccessReview", message: accessMessage, review: reviewAccess},
		{Group: "authorization.k8s.io", Version: "v1", Name: "selfsubjectrulesreviews", Singular: "selfsubjectrulesreview", Kind: "SelfSubjectRulesReview", message: rulesMessage, review: reviewRules},
	}
)

// A target is what a path of the API names.
type target struct {
	resource  *resource
	namespace string // empty: cluster scope, or all namespaces
	name      string // empty: the collection
}

// parsePath reads /api/v1/... or /apis/GROUP/VERSION/...; nil means that the
// path names no resource that there is.
func parsePath(path string) *target {
	parts := strings.Split(path, "/")
	if len(parts) < 4 || parts[0] != "" {
		return nil
	}
	group, version := "", parts[2]
	rest := parts[3:]
	switch {
	case parts[1] == "apis" && len(parts) >= 5:
		group, version, rest = parts[2], parts[3], parts[4:]
	case parts[1] != "api":
		return nil
	}
	if slices.Contains(rest, "") {
		return nil
	}
	t := &target{}
	if len(rest) >= 3 && rest[0] == "namespaces" {
		t.namespace, rest = rest[1], rest[2:]
	}
	if len(rest) > 2 {
		return nil // a subresource
	}
	i := slices.IndexFunc(resources, func(r *resource) bool { return r.Group == group && r.Version == version && r.Name == rest[0] })
	if i < 0 || t.namespace != "" && !resources[i].Namespaced {
		return nil
	}
	t.resource = resources[i]
	if len(rest) == 2 {
		if t.name = rest[1]; t.resource.Namespaced && t.namespace == "" {
			return nil
		}
	}
	return t
}

// path is parsePath's inverse.
func (t *target) path() string {
	p := "/api/" + t.resource.Version
	if t.resource.Group != "" {
		p = "/apis/" + t.resource.apiVersion()
	}
	if t.namespace != "" {
		p += "/namespaces/" + t.namespace
	}
	p += "/" + t.resource.Name
	if t.name != "" {
		p += "/" + t.name
	}
	return p
}

// verb is what a request does, in the words of authorization.
func verb(r *http.Request, t *target, watching bool) string {
	switch r.Method {
	case http.MethodPost:
		return "create"
	case http.MethodPut:
		return "update"
	case http.MethodPatch:
		return "patch"
	case http.MethodDelete:
		if t.name == "" {
			return "deletecollection"
		}
		return "delete"
	}
	switch {
	case watching:
		return "watch"
	case t.name == "":
		return "list"
	}
	return "get"
}

var (
	labelForm     = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	subdomainForm = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	keyForm       = regexp.MustCompile(`^[-._a-zA-Z0-9]{1,253}$`)
	qualifiedForm = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	valueForm     = regexp.MustCompile(`^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$`)
)

// Sizes. Source: Kubernetes documentation, "ConfigMaps" (1 MiB) and
// "Annotations" (256 KiB in all).
const (
	maxConfigMap   = 1 << 20
	maxAnnotations = 256 << 10
)

func validMeta(res *resource, o *object, form *regexp.Regexp, most int, words string) error {
	m := o.Metadata
	if len(m.Name) > most || !form.MatchString(m.Name) {
		return invalid(res, m.Name, "metadata.name", fmt.Sprintf("Invalid value: %q: %s", m.Name, words))
	}
	for _, k := range slices.Sorted(maps.Keys(m.Labels)) {
		if !qualifiedForm.MatchString(k) || !valueForm.MatchString(m.Labels[k]) {
			return invalid(res, m.Name, "metadata.labels", fmt.Sprintf("Invalid value: %q: a label is [PREFIX/]NAME=VALUE of at most 63 letters, digits, '-', '_' and '.' each", k+"="+m.Labels[k]))
		}
	}
	size := 0
	for k, v := range m.Annotations {
		if size += len(k) + len(v); !qualifiedForm.MatchString(strings.ToLower(k)) {
			return invalid(res, m.Name, "metadata.annotations", fmt.Sprintf("Invalid value: %q: not a qualified name", k))
		}
	}
	if size > maxAnnotations {
		return invalid(res, m.Name, "metadata.annotations", fmt.Sprintf("Too long: may not be more than %d bytes", maxAnnotations))
	}
	return nil
}

func validNamespace(res *resource, o *object) error {
	if err := validMeta(res, o, labelForm, 63, "a lowercase RFC 1123 label is at most 63 lower case letters, digits and '-', with a letter or digit at both ends"); err != nil {
		return err
	}
	o.Data, o.BinaryData, o.Immutable = nil, nil, nil
	if o.Metadata.Labels == nil {
		o.Metadata.Labels = map[string]string{}
	}
	o.Metadata.Labels["kubernetes.io/metadata.name"] = o.Metadata.Name
	return nil
}

func validConfigMap(res *resource, o *object) error {
	if err := validMeta(res, o, subdomainForm, 253, "a lowercase RFC 1123 subdomain is at most 253 lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part"); err != nil {
		return err
	}
	o.Spec, o.Status = nil, nil
	size := 0
	for _, k := range slices.Sorted(maps.Keys(o.Data)) {
		if !keyForm.MatchString(k) || k == "." || k == ".." {
			return invalid(res, o.Metadata.Name, "data["+k+"]", fmt.Sprintf("Invalid value: %q: a key is at most 253 letters, digits, '-', '_' and '.'", k))
		}
		if _, twice := o.BinaryData[k]; twice {
			return invalid(res, o.Metadata.Name, "data["+k+"]", "Invalid value: the key is in binaryData too")
		}
		size += len(o.Data[k])
	}
	for k, v := range o.BinaryData {
		if size += len(v); !keyForm.MatchString(k) {
			return invalid(res, o.Metadata.Name, "binaryData["+k+"]", fmt.Sprintf("Invalid value: %q: a key is at most 253 letters, digits, '-', '_' and '.'", k))
		}
	}
	if size > maxConfigMap {
		return invalid(res, o.Metadata.Name, "[]", fmt.Sprintf("Too long: may not be more than %d bytes", maxConfigMap))
	}
	return nil
}
