package kube

import (
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
)

// serveDocument answers what is no object: health, version, and what there is.
func (s *Server) serveDocument(w http.ResponseWriter, r *http.Request, at by) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		if slices.Contains(healthPaths, r.URL.Path) || isDiscovery(r.URL.Path) {
			return notAllowed()
		}
		http.Error(w, "404 page not found", http.StatusNotFound)
		return nil
	}
	if slices.Contains(healthPaths, r.URL.Path) {
		health(w, r, at)
		return nil
	}
	if r.URL.Path == "/version" || r.URL.Path == "/version/" {
		text, err := json.MarshalIndent(s.versionDocument(), "", "  ") // people read it
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text) // the client is gone: nobody is left to tell
		return nil
	}
	if document := s.document(strings.TrimSuffix(r.URL.Path, "/")); document != nil {
		return write(w, http.StatusOK, document)
	}
	http.Error(w, "404 page not found", http.StatusNotFound) // as kube-apiserver has it, not a Status
	return nil
}

// health answers the health endpoints. Source: Kubernetes documentation,
// "Kubernetes API health endpoints".
func health(w http.ResponseWriter, r *http.Request, at by) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if at.leaving && r.URL.Path == "/readyz" {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, "[+]ping ok\n[+]log ok\n[+]etcd ok\n[-]shutdown failed: reason withheld\nreadyz check failed\n")
		return
	}
	if !r.URL.Query().Has("verbose") {
		fmt.Fprint(w, "ok")
		return
	}
	for _, check := range []string{"ping", "log", "etcd"} {
		fmt.Fprintf(w, "[+]%s ok\n", check)
	}
	fmt.Fprintf(w, "[+]instance %s ok\n", at.instance)
	fmt.Fprintf(w, "%s check passed\n", strings.TrimPrefix(r.URL.Path, "/"))
}

// document returns what a path holds, nil for nothing.
func (s *Server) document(path string) any {
	versions := groupVersions()
	switch path {
	case "":
		paths := []string{"/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"}
		for _, gv := range versions {
			paths = append(paths, gv.root())
		}
		slices.Sort(paths)
		return map[string]any{"paths": paths}
	case "/api":
		return map[string]any{"kind": "APIVersions", "versions": []string{"v1"}, "serverAddressByClientCIDRs": []any{}}
	case "/apis":
		groups := []any{}
		for _, gv := range versions {
			if gv.group != "" {
				groups = append(groups, gv.groupDocument(false))
			}
		}
		return map[string]any{"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
	case "/openapi/v3":
		paths := map[string]any{}
		for _, gv := range versions {
			paths[strings.TrimPrefix(gv.root(), "/")] = map[string]any{"serverRelativeURL": "/openapi/v3" + gv.root()}
		}
		return map[string]any{"paths": paths}
	}
	for _, gv := range versions {
		switch {
		case path == gv.root():
			return gv.resourceDocument()
		case gv.group != "" && path == "/apis/"+gv.group:
			return gv.groupDocument(true)
		case path == "/openapi/v3"+gv.root():
			return gv.openAPI(s.gitVersion())
		}
	}
	return nil
}

func (s *Server) gitVersion() string { return fmt.Sprintf("v1.%d.0-eks-lab", s.version.Load()) }

func (s *Server) versionDocument() any {
	return map[string]string{
		"major": "1", "minor": fmt.Sprint(s.version.Load()), "gitVersion": s.gitVersion(), "gitCommit": strings.Repeat("0", 40),
		"gitTreeState": "clean", "buildDate": "2026-01-01T00:00:00Z", "goVersion": runtime.Version(), "compiler": runtime.Compiler,
		"platform": runtime.GOOS + "/" + runtime.GOARCH,
	}
}

// A groupVersion is one part of the API.
type groupVersion struct{ group, version string }

// groupVersions are those of the resources, the core's first.
func groupVersions() (out []groupVersion) {
	for _, res := range resources {
		if gv := (groupVersion{res.Group, res.Version}); !slices.Contains(out, gv) {
			out = append(out, gv)
		}
	}
	return out
}

func (gv groupVersion) String() string {
	if gv.group == "" {
		return gv.version
	}
	return gv.group + "/" + gv.version
}

func (gv groupVersion) root() string {
	if gv.group == "" {
		return "/api/" + gv.version
	}
	return "/apis/" + gv.String()
}

func (gv groupVersion) groupDocument(alone bool) map[string]any {
	version := map[string]any{"groupVersion": gv.String(), "version": gv.version}
	doc := map[string]any{"name": gv.group, "versions": []any{version}, "preferredVersion": version}
	if alone {
		doc["kind"], doc["apiVersion"] = "APIGroup", "v1"
	}
	return doc
}

func (gv groupVersion) resourceDocument() any {
	list := []any{}
	for _, res := range resources {
		if gv != (groupVersion{res.Group, res.Version}) {
			continue
		}
		one := map[string]any{"name": res.Name, "singularName": res.Singular, "namespaced": res.Namespaced, "kind": res.Kind, "verbs": res.verbs()}
		if res.Short != nil {
			one["shortNames"] = res.Short
		}
		list = append(list, one)
	}
	return map[string]any{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": gv.String(), "resources": list}
}

// openAPI says of each resource only what clients look for before they leave
// the checking of fields to the server: that its patch takes fieldValidation.
func (gv groupVersion) openAPI(version string) any {
	paths := map[string]any{}
	for _, res := range resources {
		if gv != (groupVersion{res.Group, res.Version}) {
			continue
		}
		t := target{resource: res}
		if res.empty {
			continue
		}
		if res.review == nil {
			t.name = "{name}"
		}
		if res.Namespaced {
			t.namespace = "{namespace}"
		}
		operation := map[string]any{
			"parameters":                      []any{map[string]any{"name": "fieldValidation", "in": "query", "schema": map[string]any{"type": "string"}}},
			"responses":                       map[string]any{"200": map[string]any{"description": "OK"}},
			"x-kubernetes-group-version-kind": map[string]any{"group": res.Group, "version": res.Version, "kind": res.Kind},
		}
		if res.review != nil {
			paths[t.path()] = map[string]any{"post": operation}
			continue
		}
		paths[t.path()] = map[string]any{"patch": operation}
	}
	return map[string]any{"openapi": "3.0.0", "info": map[string]any{"title": "Kubernetes", "version": version}, "paths": paths}
}
