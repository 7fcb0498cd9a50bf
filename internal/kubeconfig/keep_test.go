package kubeconfig

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"
	"pgregory.net/rapid"
)

// put is a text with others in the places of some of its lines' beginnings.
func put(text string, oldnew ...string) string { return strings.NewReplacer(oldnew...).Replace(text) }

// TestMergeKeepsAdditions: what a user added to the items of an entry stays when
// the entry changes, comments with the lines they belong to; what cannot stay
// is named, and with Overwrite so is all that goes.
func TestMergeKeepsAdditions(t *testing.T) {
	text := func(e Entry) string {
		t.Helper()
		m, err := Merge(nil, []Entry{e}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return string(m.Text)
	}
	additions := []string{
		"    server: ", "    # the server\n    server: ",
		"    certificate-authority-data: ", "    proxy-url: socks5://127.0.0.1:1080 # the bastion\n    disable-compression: true\n    certificate-authority-data: ",
		"      command: postern\n", "      command: postern # of this machine\n      installHint: ask Jo\n",
		"      interactiveMode: ", "      # who I am\n      env:\n      - name: AWS_PROFILE\n        value: jo\n      interactiveMode: ",
		"    extensions:\n", "    extensions:\n    - name: theirs\n      extension: {big: 12345678901234567890, part: 1.0, none: null, list: [[], {}]}\n",
	}
	old := put(text(earlier()), additions...)
	for name, tt := range map[string]struct {
		old     string
		options Options
		want    map[string]int // lines that are there afterwards, and how often
		lost    []string
		dropped []Dropped
	}{
		"kept": {
			old: old,
			want: map[string]int{
				"    proxy-url: socks5://127.0.0.1:1080 # the bastion\n": 1, "    disable-compression: true\n": 1,
				"      command: postern # of this machine\n": 1, "      installHint: ask Jo\n": 1,
				"      # who I am\n      env:\n      - name: AWS_PROFILE\n        value: jo\n": 1,
				"    - name: theirs\n": 3, "        part: 1.0\n": 1, "        big: 12345678901234567890\n": 1,
			},
			lost: []string{"tls-server-name", "vpce-0"},
		},
		"contrary": {
			old:  put(old, "    server: ", "    insecure-skip-tls-verify: true\n    certificate-authority: /a\n    server: ", "  user:\n", "  user:\n    as: ann\n    token: not-a-token\n    username: \"\"\n", "      - token\n", "      - token\n      - --no-cache=true\n"),
			want: map[string]int{"    as: ann\n": 1},
			lost: []string{"insecure-skip", "certificate-authority:", "not-a-token"},
			dropped: []Dropped{
				{clusters, prod.name(), []string{"cluster.certificate-authority", "cluster.insecure-skip-tls-verify"}},
				{users, prod.name(), []string{"user.exec.args --no-cache", "user.token"}},
			},
		},
		"overwrite": {
			old: old, options: Options{Overwrite: true},
			lost: []string{"proxy-url", "AWS_PROFILE", "theirs", "#"},
			dropped: []Dropped{
				{clusters, prod.name(), []string{"cluster.disable-compression", "cluster.proxy-url", "cluster.tls-server-name"}},
				{users, prod.name(), []string{"user.exec.env", "user.exec.installHint"}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Merge([]byte(tt.old), []Entry{prod}, tt.options)
			if err != nil {
				t.Fatalf("%v\n%s", err, tt.old)
			}
			for line, n := range tt.want {
				if strings.Count(string(got.Text), line) != n {
					t.Errorf("%q is not there %d times:\n%s", line, n, got.Text)
				}
			}
			for _, gone := range tt.lost {
				if strings.Contains(string(got.Text), gone) {
					t.Errorf("%q is there:\n%s", gone, got.Text)
				}
			}
			if diff := cmp.Diff(tt.dropped, got.Dropped); diff != "" {
				t.Errorf("dropped (-want +got):\n%s", diff)
			}
			again, err := Merge(got.Text, []Entry{prod}, tt.options)
			if err != nil || !bytes.Equal(again.Text, got.Text) || len(again.Same) != 1 || len(again.Dropped) > 0 {
				t.Errorf("a second time: %v, %+v", err, again)
			}
		})
	}
	t.Run("as it was", func(t *testing.T) { // and with nothing to change nothing changes
		old := put(text(prod), additions...)
		got, err := Merge([]byte(old), []Entry{prod}, Options{})
		if err != nil || string(got.Text) != old || len(got.Same) != 1 {
			t.Errorf("%v, %v\n%s", err, got.Changed, got.Text)
		}
	})
	t.Run("our variables", func(t *testing.T) { // go when an entry has them no more
		e := prod
		e.Exec.Env = []EnvVar{{"AWS_PROFILE", "hub"}}
		old := put(text(e), "\n      env:\n", "\n      env:\n      - name: THEIRS\n        value: x\n")
		got, err := Merge([]byte(old), []Entry{prod}, Options{})
		if err != nil || bytes.Contains(got.Text, []byte("AWS_PROFILE")) || !bytes.Contains(got.Text, []byte("name: THEIRS")) || len(got.Changed) != 1 {
			t.Errorf("%v\n%s", err, got.Text)
		}
		back, err := Merge(got.Text, []Entry{e}, Options{})
		if err != nil || !bytes.Contains(back.Text, []byte("value: hub")) || !bytes.Contains(back.Text, []byte("name: THEIRS")) {
			t.Errorf("%v\n%s", err, back.Text)
		}
	})
}

// TestMergeKeepsRandomAdditions: a thousand times, fields that a user added in
// our items are there after a merge that changes these, to the YAML library and
// to client-go, and a second merge changes nothing.
func TestMergeKeepsRandomAdditions(t *testing.T) {
	for range 10 { // times the hundred of each check
		rapid.Check(t, keepsAdditions)
	}
}

func keepsAdditions(t *rapid.T) {
	text := rapid.StringMatching(`[ -~é日]{0,12}`)
	value := rapid.Custom(func(t *rapid.T) any {
		return pick[any](t, "kind", text.Draw(t, "text"), rapid.Int64().Draw(t, "number"), rapid.Float64Range(-1e9, 1e9).Draw(t, "fraction"), true, nil,
			[]any{}, map[string]any{}, []any{[]any{text.Draw(t, "in lists")}}, map[string]any{"name": "x", "a": []any{map[string]any{"b": text.Draw(t, "deep")}}})
	})
	before := func(e Entry) (map[string]any, string) {
		doc := map[string]any{"apiVersion": "v1", "kind": "Config"}
		for _, l := range lists {
			item := generic(e.item(l.list)).(map[string]any)
			part := item[l.part].(map[string]any)
			for i := range rapid.IntRange(0, 3).Draw(t, "fields") {
				part[fmt.Sprintf("x-%d", i)] = value.Draw(t, "field")
			}
			for i := range rapid.IntRange(0, 2).Draw(t, "extensions") {
				x := map[string]any{"name": fmt.Sprintf("theirs-%d", i), "extension": map[string]any{"v": value.Draw(t, "extension")}}
				part["extensions"] = slices.Insert(part["extensions"].([]any), i%2, any(x))
			}
			if l.list == clusters && rapid.Bool().Draw(t, "proxy") {
				part["proxy-url"] = "http://192.0.2.9:3128"
			}
			if x, ok := part["exec"].(map[string]any); ok && rapid.Bool().Draw(t, "env") {
				x["env"] = []any{map[string]any{"name": "THEIRS", "value": text.Draw(t, "variable")}}
			}
			item["outer"] = value.Draw(t, "outer")
			doc[l.list] = []any{item}
		}
		if rapid.Bool().Draw(t, "braces") {
			return doc, inline(ordered(doc, nil))
		}
		var b strings.Builder
		writeMapping(&b, ordered(doc, nil).(pairs), 0)
		out := b.String()
		if rapid.Bool().Draw(t, "comments") {
			out = strings.ReplaceAll(out, "    server:", "    # a comment: [\n    server:")
			out = strings.ReplaceAll(out, "      command: postern\n", "      command: postern  # 'mine\n")
		}
		return doc, out
	}
	e := earlier()
	_, old := before(e)
	out, err := read([]byte(old))
	if err != nil {
		t.Fatalf("%v\n%s", err, old)
	}
	was, err := decode([]byte(old), out)
	if err != nil {
		t.Fatalf("%v\n%s", err, old)
	}
	now := prod
	if rapid.Bool().Draw(t, "variables of ours") {
		now.Exec.Env = []EnvVar{{"AWS_PROFILE", "hub"}}
	}
	got, err := Merge([]byte(old), []Entry{now}, Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, old)
	}
	again, err := Merge(got.Text, []Entry{now}, Options{})
	if err != nil || !bytes.Equal(again.Text, got.Text) || len(again.Same) != 1 {
		t.Fatalf("a second time: %v\n%s", err, got.Text)
	}
	if len(got.Dropped) > 0 {
		t.Fatalf("dropped %v", got.Dropped)
	}
	if out, err = read(got.Text); err != nil {
		t.Fatal(err)
	}
	after, err := decode(got.Text, out)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lists {
		missing("", was[l.list].([]any)[0], after[l.list].([]any)[0], func(path string, value any) {
			if !slices.Contains([]string{".cluster.server", ".cluster.tls-server-name", ".user.extensions.postern.extension"}, path) {
				t.Fatalf("%s is not %v any more\n--- before\n%s\n--- after\n%s", path, value, old, got.Text)
			}
		})
	}
	// client-go refuses values of other types in fields that it does not know as
	// little as we do.
	c, err := clientcmd.Load(got.Text)
	if err != nil {
		t.Fatalf("client-go: %v\n%s", err, got.Text)
	}
	if err := clientcmd.ConfirmUsable(*c, now.name()); err != nil {
		t.Fatal(err)
	}
	first := was[clusters].([]any)[0].(map[string]any)["cluster"].(map[string]any)
	if proxy, _ := first["proxy-url"].(string); c.Clusters[now.name()].ProxyURL != proxy || c.Clusters[now.name()].Server != now.Server {
		t.Fatalf("client-go reads %+v", c.Clusters[now.name()])
	}
}

// missing calls lost with what a value says and another does not. Elements of
// lists go by name, if they have one.
func missing(path string, was, now any, lost func(string, any)) {
	switch old := was.(type) {
	case map[string]any:
		in, _ := now.(map[string]any)
		for key, value := range old {
			missing(path+"."+key, value, in[key], lost)
		}
		if in == nil {
			lost(path, was)
		}
	case []any:
		in, _ := now.([]any)
		for i, value := range old {
			fields, _ := value.(map[string]any)
			name, _ := fields["name"].(string)
			at := slices.IndexFunc(in, func(e any) bool { f, _ := e.(map[string]any); return name != "" && f["name"] == name })
			if name == "" && i < len(in) {
				at = i
			}
			if at < 0 {
				lost(path, value)
				continue
			}
			missing(fmt.Sprintf("%s.%s", path, name), value, in[at], lost)
		}
	default:
		if !cmp.Equal(was, now) {
			lost(path, was)
		}
	}
}
