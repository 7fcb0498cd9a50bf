package kube

import (
	"encoding/json"
	"net/http"
)

// A review is a question about the caller with its answer. Source: Kubernetes
// API reference, SelfSubjectReview, SelfSubjectAccessReview and
// SelfSubjectRulesReview.
type review struct {
	Kind       string          `json:"kind"`
	APIVersion string          `json:"apiVersion"`
	Metadata   json.RawMessage `json:"metadata,omitempty"`
	Spec       json.RawMessage `json:"spec,omitempty"`
	Status     any             `json:"status,omitempty"`
}

func serveReview(w http.ResponseWriter, r *http.Request, t *target, u User) error {
	if r.Method != http.MethodPost || t.name != "" {
		return notAllowed()
	}
	body, err := readDocument(r, t.resource.message)
	if err != nil {
		return err
	}
	var in review
	if err := json.Unmarshal(body, &in); err != nil {
		return badRequest("parse %s: %v", t.resource.Kind, err)
	}
	in.Kind, in.APIVersion = t.resource.Kind, t.resource.apiVersion()
	if in.Status, err = t.resource.review(u, in.Spec); err != nil {
		return err
	}
	return write(w, http.StatusCreated, in)
}

func reviewSelf(u User, _ []byte) (any, error) {
	return struct {
		UserInfo User `json:"userInfo"`
	}{u}, nil
}

// reviewAccess knows of only two kinds of users, like authorize.
func reviewAccess(u User, spec []byte) (any, error) {
	var in struct {
		ResourceAttributes    *struct{} `json:"resourceAttributes"`
		NonResourceAttributes *struct{} `json:"nonResourceAttributes"`
	}
	if err := json.Unmarshal(spec, &in); err != nil || (in.ResourceAttributes == nil) == (in.NonResourceAttributes == nil) {
		return nil, badRequest("spec: Invalid value: want either resourceAttributes or nonResourceAttributes")
	}
	out := struct {
		Allowed bool   `json:"allowed"`
		Reason  string `json:"reason,omitempty"`
	}{Allowed: u.in(Masters)}
	if !out.Allowed {
		out.Reason = "the user is not in the group " + Masters
	}
	return out, nil
}

func reviewRules(u User, _ []byte) (any, error) {
	type rule struct {
		Verbs           []string `json:"verbs"`
		APIGroups       []string `json:"apiGroups,omitempty"`
		Resources       []string `json:"resources,omitempty"`
		NonResourceURLs []string `json:"nonResourceURLs,omitempty"`
	}
	out := struct {
		ResourceRules    []rule `json:"resourceRules"`
		NonResourceRules []rule `json:"nonResourceRules"`
		Incomplete       bool   `json:"incomplete"`
	}{
		ResourceRules: []rule{ // system:basic-user
			{Verbs: []string{"create"}, APIGroups: []string{"authentication.k8s.io"}, Resources: []string{"selfsubjectreviews"}},
			{Verbs: []string{"create"}, APIGroups: []string{"authorization.k8s.io"}, Resources: []string{"selfsubjectaccessreviews", "selfsubjectrulesreviews"}},
		},
		NonResourceRules: []rule{{Verbs: []string{"get"}, NonResourceURLs: publicPaths}},
	}
	if u.in(Masters) {
		all := []string{"*"}
		out.ResourceRules = append(out.ResourceRules, rule{Verbs: all, APIGroups: all, Resources: all})
		out.NonResourceRules = append(out.NonResourceRules, rule{Verbs: all, NonResourceURLs: all})
	}
	return out, nil
}
