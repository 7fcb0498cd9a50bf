package kube

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A User is who a request is from, as Kubernetes sees it.
type User struct {
	Name   string              `json:"username,omitempty"`
	UID    string              `json:"uid,omitempty"`
	Groups []string            `json:"groups,omitempty"` // without system:authenticated, which the server adds
	Extra  map[string][]string `json:"extra,omitempty"`
}

// Masters is the group that may do everything; a user outside it may ask only
// who they are.
const Masters = "system:masters"

const (
	groupAuthenticated   = "system:authenticated"
	groupUnauthenticated = "system:unauthenticated"
)

var anonymous = User{Name: "system:anonymous", Groups: []string{groupUnauthenticated}}

func (u User) in(group string) bool { return slices.Contains(u.Groups, group) }

// anonymousRestricted is the minor version from which EKS lets anonymous
// requests reach the health endpoints alone and answers others with 401.
// Source: EKS user guide, Kubernetes versions, 1.32.
const anonymousRestricted = 32

// healthPaths are what anonymous requests may always read, and publicPaths
// what they could read before. Source: Kubernetes documentation, "Using RBAC
// Authorization", system:public-info-viewer.
var (
	healthPaths = []string{"/healthz", "/livez", "/readyz"}
	publicPaths = []string{"/healthz", "/livez", "/readyz", "/version", "/version/"}
)

// authenticate finds out who sent a request. A token that is not good is a
// 401 even where no token would have done.
func (s *Server) authenticate(r *http.Request) (User, error) {
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		if int(s.version.Load()) >= anonymousRestricted && !slices.Contains(healthPaths, r.URL.Path) {
			return User{}, unauthorized()
		}
		return anonymous, nil
	}
	u, err := s.opts.Authenticate(token)
	if err != nil {
		s.log.Debug("token refused", "cluster", s.opts.Name, "error", err) // the client is told only 401
		return User{}, unauthorized()
	}
	u.Groups = append(slices.Clone(u.Groups), groupAuthenticated)
	return u, nil
}

// authorize says what a user may do.
func authorize(u User, r *http.Request, t *target, v string) error {
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case u.in(Masters):
		return nil
	case t == nil && reading && slices.Contains(publicPaths, r.URL.Path):
		return nil
	case t == nil && reading && u.in(groupAuthenticated) && isDiscovery(r.URL.Path): // system:discovery
		return nil
	case t == nil:
		return failure(http.StatusForbidden, "Forbidden", "forbidden: User %q cannot %s path %q", u.Name, strings.ToLower(r.Method), r.URL.Path)
	case u.in(groupAuthenticated) && t.resource.review != nil: // system:basic-user
		return nil
	}
	where := "at the cluster scope"
	if t.namespace != "" {
		where = fmt.Sprintf("in the namespace %q", t.namespace)
	}
	why := fmt.Sprintf("User %q cannot %s resource %q in API group %q %s", u.Name, v, t.resource.Name, t.resource.Group, where)
	if t.name == "" {
		return failure(http.StatusForbidden, "Forbidden", "%s is forbidden: %s", t.resource.qualified(), why).about(t.resource, "")
	}
	return forbidden(t.resource, t.name, why)
}

func isDiscovery(path string) bool {
	top, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return top == "api" || top == "apis" || top == "openapi"
}

var versionForm = regexp.MustCompile(`^1\.(\d{1,3})$`)

// parseVersion returns the N of 1.N.
func parseVersion(version string) (int, error) {
	m := versionForm.FindStringSubmatch(version)
	if m == nil {
		return 0, fmt.Errorf("parse kubernetes version %q: want 1.N", version)
	}
	return strconv.Atoi(m[1])
}
