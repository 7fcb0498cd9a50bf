package kube

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// endNamespaces does for a real API server what a controller manager would do
// and the lab has none: it empties namespaces that are to be deleted and lets
// them go. Without it kubectl would wait for their end forever.
func (r *Real) endNamespaces(ctx context.Context) {
	for ctx.Err() == nil {
		if err := r.followNamespaces(ctx); err != nil && ctx.Err() == nil {
			r.opts.Logger.Debug("watch of namespaces ended", "cluster", r.opts.Name, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func (r *Real) followNamespaces(ctx context.Context) error {
	resp, err := r.open(ctx, http.MethodGet, "/api/v1/namespaces?watch=true", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	for lines := json.NewDecoder(resp.Body); ; {
		var line struct {
			Type   string          `json:"type"`
			Object json.RawMessage `json:"object"`
		}
		if err := lines.Decode(&line); err != nil {
			return err
		}
		var ns object
		if err := json.Unmarshal(line.Object, &ns); err != nil || line.Type == "DELETED" || ns.Status == nil || ns.Status.Phase != "Terminating" {
			continue
		}
		if err := r.endNamespace(ctx, ns.Metadata.Name, line.Object); err != nil {
			return err
		}
	}
}

// endNamespace deletes what is in a namespace, kind by kind, and takes off the
// finalizer that holds it.
func (r *Real) endNamespace(ctx context.Context, name string, present json.RawMessage) error {
	collections, err := r.collections(ctx, name)
	if err != nil {
		return err
	}
	for _, path := range collections {
		if err := r.call(ctx, http.MethodDelete, path, nil, nil); err != nil {
			return err
		}
	}
	var ns map[string]any
	if err := json.Unmarshal(present, &ns); err != nil {
		return err
	}
	delete(ns, "spec")
	body, err := json.Marshal(ns)
	if err != nil {
		return err
	}
	return r.call(ctx, http.MethodPut, "/api/v1/namespaces/"+name+"/finalize", body, nil)
}

// collections are the paths of everything in a namespace that can be deleted
// at once.
func (r *Real) collections(ctx context.Context, namespace string) (paths []string, err error) {
	var groups struct {
		Groups []struct {
			PreferredVersion struct {
				GroupVersion string `json:"groupVersion"`
			} `json:"preferredVersion"`
		} `json:"groups"`
	}
	if err := r.call(ctx, http.MethodGet, "/apis", nil, &groups); err != nil {
		return nil, err
	}
	roots := []string{"/api/v1"}
	for _, g := range groups.Groups {
		roots = append(roots, "/apis/"+g.PreferredVersion.GroupVersion)
	}
	for _, root := range roots {
		var list struct {
			Resources []struct {
				Name       string   `json:"name"`
				Namespaced bool     `json:"namespaced"`
				Verbs      []string `json:"verbs"`
			} `json:"resources"`
		}
		if err := r.call(ctx, http.MethodGet, root, nil, &list); err != nil {
			return nil, err
		}
		for _, res := range list.Resources {
			if res.Namespaced && slices.Contains(res.Verbs, "deletecollection") {
				paths = append(paths, root+"/namespaces/"+namespace+"/"+res.Name)
			}
		}
	}
	return paths, nil
}
