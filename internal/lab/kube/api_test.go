package kube_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/kube"
)

// TestAccess: who may do what, by version, token and path.
func TestAccess(t *testing.T) {
	for _, test := range []struct {
		version, token, method, path string
		code                         int
		message                      string
	}{
		{"1.34", "", "GET", "/readyz", 200, ""},
		{"1.34", "", "GET", "/livez", 200, ""},
		{"1.34", "", "GET", "/healthz", 200, ""},
		{"1.34", "", "GET", "/readyz/ping", 401, "Unauthorized"},
		{"1.34", "", "GET", "/version", 401, "Unauthorized"},
		{"1.34", "", "GET", "/api/v1/namespaces", 401, "Unauthorized"},
		{"1.34", "", "GET", "/nothing", 401, "Unauthorized"},
		{"1.34", "bad", "GET", "/readyz", 401, "Unauthorized"},
		{"1.32", "", "GET", "/version", 401, "Unauthorized"},
		{"1.31", "", "GET", "/readyz", 200, ""},
		{"1.31", "", "GET", "/version", 200, ""},
		{"1.31", "", "GET", "/api", 403, `forbidden: User "system:anonymous" cannot get path "/api"`},
		{"1.31", "", "GET", "/api/v1/namespaces", 403, `namespaces is forbidden: User "system:anonymous" cannot list resource "namespaces" in API group "" at the cluster scope`},
		{"1.31", "", "GET", "/api/v1/namespaces/x/configmaps/y", 403, `configmaps "y" is forbidden: User "system:anonymous" cannot get resource "configmaps" in API group "" in the namespace "x"`},
		{"1.31", "", "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", 403, `selfsubjectreviews.authentication.k8s.io is forbidden: User "system:anonymous" cannot create resource "selfsubjectreviews" in API group "authentication.k8s.io" at the cluster scope`},
		{"1.31", "bad", "GET", "/readyz", 401, "Unauthorized"},
		{"1.34", guest, "GET", "/api", 200, ""},
		{"1.34", guest, "GET", "/version", 200, ""},
		{"1.34", guest, "GET", "/api/v1/namespaces?watch=true", 403, `namespaces is forbidden: User "arn:aws:iam::333333333333:user/lab" cannot watch resource "namespaces" in API group "" at the cluster scope`},
		{"1.34", guest, "DELETE", "/api/v1/namespaces/x", 403, `namespaces "x" is forbidden: User "arn:aws:iam::333333333333:user/lab" cannot delete resource "namespaces" in API group "" at the cluster scope`},
		{"1.34", admin, "GET", "/api/v1/namespaces", 200, ""},
		{"1.34", admin, "GET", "/api/v1/secrets", 404, ""},
		{"1.34", admin, "GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Dx", 200, ""},
		{"1.34", admin, "POST", "/api/v1/namespaces/default/pods", 405, "the server does not allow this method on the requested resource"},
		{"1.34", admin, "GET", "/nothing", 404, ""},
		{"1.34", admin, "DELETE", "/api/v1/namespaces", 405, "the server does not allow this method on the requested resource"},
		{"1.34", admin, "POST", "/api/v1/configmaps", 405, "the server does not allow this method on the requested resource"},
	} {
		t.Run(fmt.Sprint(test.version, test.token, test.method, test.path), func(t *testing.T) {
			c := newCluster(t, func(o *kube.Options) { o.Version = test.version })
			c.token = test.token
			r := c.call(test.method, test.path, "")
			if r.code != test.code {
				t.Fatalf("status %d, want %d: %s", r.code, test.code, r.body)
			}
			if got := r.header.Get(kube.InstanceHeader); got != instance {
				t.Errorf("%s is %q, want %q", kube.InstanceHeader, got, instance)
			}
			if got := r.header.Get(kube.ClientHeader); got != "pipe" { // the address of a net.Pipe
				t.Errorf("%s is %q, want the connection's remote address", kube.ClientHeader, got)
			}
			if test.message == "" {
				return
			}
			s := object(t, r.body)
			want := map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": test.message, "code": float64(test.code)}
			for k, v := range want {
				if s[k] != v {
					t.Errorf("%s is %v, want %v", k, s[k], v)
				}
			}
		})
	}
}

// TestVersionUpdate: from 1.32 on, anonymous requests reach health alone.
func TestVersionUpdate(t *testing.T) {
	c := newCluster(t, func(o *kube.Options) { o.Version = "1.31" })
	c.token = ""
	if r := c.call("GET", "/version", ""); r.code != 200 || !strings.Contains(r.body, `"minor": "31"`) {
		t.Errorf("before: %d %s", r.code, r.body)
	}
	if err := c.server.SetVersion("1.32"); err != nil {
		t.Fatal(err)
	}
	if r := c.call("GET", "/version", ""); r.code != 401 {
		t.Errorf("after: %d %s", r.code, r.body)
	}
	if err := c.server.SetVersion("2.0"); err == nil {
		t.Error("version 2.0 was taken")
	}
}

func TestLivezNamesTheInstance(t *testing.T) {
	c := newCluster(t, nil)
	for _, http2 := range []bool{false, true} {
		c.client = c.newClient(http2)
		defer c.client.CloseIdleConnections()
		req, _ := http.NewRequestWithContext(t.Context(), "GET", "https://"+host+"/livez?verbose", nil)
		resp, err := c.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if want := map[bool]int{false: 1, true: 2}[http2]; resp.ProtoMajor != want {
			t.Errorf("HTTP/%d, want %d", resp.ProtoMajor, want)
		}
		r := c.call("GET", "/livez?verbose", "")
		want := "[+]ping ok\n[+]log ok\n[+]etcd ok\n[+]instance " + instance + " ok\nlivez check passed\n"
		if diff := cmp.Diff(want, r.body); diff != "" {
			t.Errorf("/livez?verbose (-want +got):\n%s", diff)
		}
	}
}

const (
	nsPath = "/api/v1/namespaces"
	cmPath = "/api/v1/namespaces/default/configmaps"
)

func configMap(name, more string) string {
	return fmt.Sprintf(`{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":%q}%s}`, name, more)
}

// TestObjectLife: create, read, change, conflict, delete.
func TestObjectLife(t *testing.T) {
	c := newCluster(t, nil)
	made := c.must("POST", cmPath, configMap("a", `,"data":{"k":"1"},"spec":{"finalizers":["x"]}`))
	if at(made, "metadata", "uid") == nil || at(made, "metadata", "creationTimestamp") == nil || at(made, "metadata", "namespace") != "default" || made["spec"] != nil {
		t.Errorf("created: %v", made)
	}
	if diff := cmp.Diff(made, c.must("GET", cmPath+"/a", "")); diff != "" {
		t.Errorf("read (-created +got):\n%s", diff)
	}
	first := at(made, "metadata", "resourceVersion").(string)
	changed := c.must("PUT", cmPath+"/a", strings.Replace(configMap("a", `,"data":{"k":"2"}`), `"name":"a"`, `"name":"a","resourceVersion":"`+first+`"`, 1))
	if at(changed, "data", "k") != "2" || at(changed, "metadata", "uid") != at(made, "metadata", "uid") || at(changed, "metadata", "resourceVersion") == first {
		t.Errorf("changed: %v", changed)
	}
	same := c.must("PUT", cmPath+"/a", configMap("a", `,"data":{"k":"2"}`))
	if diff := cmp.Diff(changed, same); diff != "" {
		t.Errorf("a change that changes nothing (-before +after):\n%s", diff)
	}
	patched := c.must("PATCH", cmPath+"/a", `{"data":{"k":null,"l":"3"},"metadata":{"labels":{"tier":"x"}}}`, "Content-Type: application/merge-patch+json")
	if diff := cmp.Diff(map[string]any{"l": "3"}, patched["data"]); diff != "" {
		t.Errorf("patched (-want +got):\n%s", diff)
	}
	for _, refused := range []struct {
		method, path, body, kind string
		code                     int
		reason                   string
	}{
		{"POST", cmPath, configMap("a", ""), "", 409, "AlreadyExists"},
		{"PUT", cmPath + "/a", strings.Replace(configMap("a", ""), `"name":"a"`, `"name":"a","resourceVersion":"`+first+`"`, 1), "", 409, "Conflict"},
		{"PUT", cmPath + "/a", strings.Replace(configMap("a", ""), `"name":"a"`, `"name":"a","uid":"other"`, 1), "", 409, "Conflict"},
		{"PUT", cmPath + "/a", configMap("b", ""), "", 400, "BadRequest"},
		{"PUT", cmPath + "/none", configMap("none", ""), "", 404, "NotFound"},
		{"DELETE", cmPath + "/a", `{"preconditions":{"uid":"other"}}`, "", 409, "Conflict"},
		{"DELETE", cmPath + "/a", `{"preconditions":{"resourceVersion":"1"}}`, "", 409, "Conflict"},
		{"DELETE", cmPath + "/none", "", "", 404, "NotFound"},
		{"PATCH", cmPath + "/a", `{}`, "application/apply-patch+yaml", 415, "UnsupportedMediaType"},
		{"POST", cmPath, `kind: ConfigMap`, "application/yaml", 415, "UnsupportedMediaType"},
		{"POST", cmPath, configMap("A", ""), "", 422, "Invalid"},
		{"POST", cmPath, configMap("", ""), "", 422, "Invalid"},
		{"POST", cmPath, configMap("b", `,"data":{"no key":"x"}`), "", 422, "Invalid"},
		{"POST", cmPath, configMap("b", `,"data":{"k":1}`), "", 400, "BadRequest"},
		{"POST", cmPath, configMap("b", `,"data":{"k":"x"},"binaryData":{"k":"eA=="}`), "", 422, "Invalid"},
		{"POST", cmPath, configMap("b", `,"data":{"k":"`+strings.Repeat("x", 1<<20+1)+`"}`), "", 422, "Invalid"},
		{"POST", cmPath, configMap("b", `,"data":{"k":"`+strings.Repeat("x", 3<<20)+`"}`), "", 413, "RequestEntityTooLarge"},
		{"POST", cmPath, `{"kind":"Secret","apiVersion":"v1","metadata":{"name":"b"}}`, "", 400, "BadRequest"},
		{"POST", cmPath, `{"metadata":{"name":"b","namespace":"other"}}`, "", 400, "BadRequest"},
		{"POST", cmPath, `{"metadata":{"name":"b","labels":{"no key":"x"}}}`, "", 422, "Invalid"},
		{"POST", cmPath + "?fieldValidation=Strict", configMap("b", `,"dota":{}`), "", 400, "BadRequest"},
		{"POST", cmPath + "?dryRun=Some", configMap("b", ""), "", 400, "BadRequest"},
		{"POST", "/api/v1/namespaces/none/configmaps", configMap("b", ""), "", 404, "NotFound"},
		{"GET", cmPath + "?labelSelector=a%20b", "", "", 400, "BadRequest"},
		{"GET", cmPath + "?fieldSelector=spec.x%3Dy", "", "", 400, "BadRequest"},
		{"GET", cmPath + "?resourceVersion=9999", "", "", 504, "Timeout"},
		{"GET", cmPath + "?resourceVersion=x", "", "", 400, "BadRequest"},
	} {
		kind := refused.kind
		if kind == "" {
			kind = "application/json"
		}
		r := c.call(refused.method, refused.path, refused.body, "Content-Type: "+kind)
		if got := object(t, r.body); r.code != refused.code || got["reason"] != refused.reason || got["code"] != float64(refused.code) {
			t.Errorf("%s %s %.60s: %d %.200s, want %d %s", refused.method, refused.path, refused.body, r.code, r.body, refused.code, refused.reason)
		}
	}
	if r := c.call("GET", cmPath, "", "Accept: application/vnd.kubernetes.protobuf"); r.code != 406 {
		t.Errorf("protobuf alone: %d, want 406", r.code)
	}
	if r := c.call("DELETE", cmPath+"/a", "", "Accept: text/html"); r.code != 406 {
		t.Errorf("delete for HTML: %d, want 406", r.code)
	}
	if gone := c.must("DELETE", cmPath+"/a", `{"preconditions":{"uid":"`+at(made, "metadata", "uid").(string)+`"}}`); gone["status"] != "Success" {
		t.Errorf("deleted: %v", gone)
	}
	if r := c.call("GET", cmPath+"/a", ""); r.code != 404 {
		t.Errorf("after its end: %d", r.code)
	}
}

func TestGenerateName(t *testing.T) {
	c := newCluster(t, nil)
	body := `{"metadata":{"generateName":"job-"}}`
	a, b := at(c.must("POST", cmPath, body), "metadata", "name"), at(c.must("POST", cmPath, body), "metadata", "name")
	if a == b || !strings.HasPrefix(a.(string), "job-") || len(a.(string)) != len("job-")+5 {
		t.Errorf("names %v and %v", a, b)
	}
}

func TestDryRunKeepsNothing(t *testing.T) {
	c := newCluster(t, nil)
	c.must("POST", cmPath, configMap("kept", `,"data":{"k":"1"}`))
	before := c.call("GET", cmPath, "").body
	c.must("POST", cmPath+"?dryRun=All", configMap("a", ""))
	c.must("PUT", cmPath+"/kept?dryRun=All", configMap("kept", ""))
	c.must("PATCH", cmPath+"/kept?dryRun=All", `{"data":{"k":"2"}}`, "Content-Type: application/merge-patch+json")
	c.must("DELETE", cmPath+"/kept?dryRun=All", "")
	c.must("DELETE", cmPath+"/kept", `{"dryRun":["All"]}`)
	if diff := cmp.Diff(before, c.call("GET", cmPath, "").body); diff != "" {
		t.Errorf("list (-before +after):\n%s", diff)
	}
}

func TestImmutable(t *testing.T) {
	c := newCluster(t, nil)
	c.must("POST", cmPath, configMap("a", `,"immutable":true,"data":{"k":"1"}`))
	for _, body := range []string{configMap("a", `,"immutable":true,"data":{"k":"2"}`), configMap("a", `,"data":{"k":"1"}`)} {
		if r := c.call("PUT", cmPath+"/a", body); r.code != 422 {
			t.Errorf("%s: %d, want 422", body, r.code)
		}
	}
	c.must("PATCH", cmPath+"/a", `{"metadata":{"labels":{"x":"y"}}}`, "Content-Type: application/merge-patch+json")
}

// TestNamespaceEnds: a namespace takes its contents along, unless a finalizer
// keeps one of them; then it goes with the last of these.
func TestNamespaceEnds(t *testing.T) {
	c := newCluster(t, nil)
	for _, name := range []string{"default", "kube-system", "kube-public"} {
		if r := c.call("DELETE", nsPath+"/"+name, ""); r.code != 403 {
			t.Errorf("delete %s: %d, want 403", name, r.code)
		}
	}
	c.must("POST", nsPath, `{"metadata":{"name":"team"}}`)
	in := nsPath + "/team/configmaps"
	c.must("POST", in, `{"metadata":{"name":"free"}}`)
	c.must("POST", in, `{"metadata":{"name":"held","finalizers":["example.org/hold"]}}`)
	ending := c.must("DELETE", nsPath+"/team", "")
	if at(ending, "status", "phase") != "Terminating" || at(ending, "metadata", "deletionTimestamp") == nil {
		t.Errorf("ending: %v", ending)
	}
	if r := c.call("GET", in+"/free", ""); r.code != 404 {
		t.Errorf("free: %d", r.code)
	}
	if r := c.call("POST", in, `{"metadata":{"name":"late"}}`); r.code != 403 || !strings.Contains(r.body, "because it is being terminated") {
		t.Errorf("late: %d %s", r.code, r.body)
	}
	if got := c.must("DELETE", in+"/held", ""); at(got, "metadata", "deletionTimestamp") == nil {
		t.Errorf("held, marked: %v", got)
	}
	if r := c.call("GET", nsPath+"/team", ""); r.code != 200 {
		t.Errorf("team is gone before its contents: %d", r.code)
	}
	c.must("PATCH", in+"/held", `{"metadata":{"finalizers":null}}`, "Content-Type: application/merge-patch+json")
	for _, path := range []string{in + "/held", nsPath + "/team"} {
		if r := c.call("GET", path, ""); r.code != 404 {
			t.Errorf("%s: %d, want 404", path, r.code)
		}
	}
}

// TestForms: objects, tables and metadata.
func TestForms(t *testing.T) {
	c := newCluster(t, nil)
	c.must("POST", cmPath, configMap("a", `,"data":{"k":"1","l":"2"}`))
	const table = "Accept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
	got := c.must("GET", cmPath, "", table)
	row := got["rows"].([]any)[0]
	if diff := cmp.Diff([]any{"a", float64(2), "0s"}, at(row, "cells")); diff != "" && !strings.HasSuffix(fmt.Sprint(at(row, "cells").([]any)[2]), "s") {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	if at(row, "object", "kind") != "PartialObjectMetadata" || at(row, "object", "data") != nil {
		t.Errorf("row: %v", row)
	}
	var names []any
	for _, column := range got["columnDefinitions"].([]any) {
		names = append(names, at(column, "name"))
	}
	if diff := cmp.Diff([]any{"Name", "Data", "Age"}, names); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if whole := c.must("GET", cmPath+"/a?includeObject=Object", "", table)["rows"].([]any)[0]; at(whole, "object", "data", "l") != "2" {
		t.Errorf("row with its object: %v", whole)
	}
	list := c.must("GET", cmPath, "", "Accept: application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")
	if list["kind"] != "PartialObjectMetadataList" || at(list["items"].([]any)[0], "data") != nil {
		t.Errorf("metadata: %v", list)
	}
	if list := c.must("GET", nsPath, ""); list["kind"] != "NamespaceList" || len(list["items"].([]any)) != 4 || at(list, "metadata", "resourceVersion") == nil {
		t.Errorf("namespaces: %v", list)
	}
}

func TestSelectors(t *testing.T) {
	c := newCluster(t, nil)
	for name, tier := range map[string]string{"a": "front", "b": "back", "c": "back"} {
		c.must("POST", cmPath, fmt.Sprintf(`{"metadata":{"name":%q,"labels":{"tier":%q}}}`, name, tier))
	}
	c.must("POST", cmPath, `{"metadata":{"name":"d"}}`)
	for query, want := range map[string]string{
		"":                                         "a b c d",
		"labelSelector=tier%3Dback":                "b c",
		"labelSelector=tier%3D%3Dback":             "b c",
		"labelSelector=tier!%3Dback":               "a d",
		"labelSelector=tier+in+(front,back)":       "a b c",
		"labelSelector=tier+notin+(front)":         "b c d",
		"labelSelector=tier":                       "a b c",
		"labelSelector=!tier":                      "d",
		"labelSelector=tier,tier!%3Dfront":         "b c",
		"fieldSelector=metadata.name%3Da":          "a",
		"fieldSelector=metadata.name!%3Da":         "b c d",
		"fieldSelector=metadata.namespace%3Dother": "",
	} {
		var names []string
		for _, item := range c.must("GET", cmPath+"?"+query, "")["items"].([]any) {
			names = append(names, at(item, "metadata", "name").(string))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	good := options(newAuthority(t))
	for name, change := range map[string]func(*kube.Options){
		"no name": func(o *kube.Options) { o.Name = "" }, "no host": func(o *kube.Options) { o.Host = "" }, "no CA": func(o *kube.Options) { o.CA = nil },
		"no Authenticate": func(o *kube.Options) { o.Authenticate = nil }, "no version": func(o *kube.Options) { o.Version = "" }, "odd version": func(o *kube.Options) { o.Version = "v1.34" },
	} {
		o := good
		change(&o)
		if s, err := kube.New(o); err == nil {
			s.Close()
			t.Errorf("%s: taken", name)
		}
	}
}

// TestLeaving: an instance that shuts down tells load balancers, and serves on.
func TestLeaving(t *testing.T) {
	c := newCluster(t, nil)
	c.client.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go c.server.ServeLeaving(far, instance)
		return near, nil
	}
	for path, want := range map[string]int{"/readyz": 500, "/readyz?verbose": 500, "/livez": 200, "/healthz": 200, "/api/v1/namespaces": 200} {
		if got := c.call("GET", path, ""); got.code != want || got.header.Get(kube.InstanceHeader) != instance {
			t.Errorf("%s: %d by %q, want %d: %s", path, got.code, got.header.Get(kube.InstanceHeader), want, got.body)
		}
	}
}
