package kubeconfig

import (
	"strings"
	"testing"
)

// TestVerify: a text that says anything else than it should is noticed, however
// it came about.
func TestVerify(t *testing.T) {
	const was = `apiVersion: v1
clusters:
- name: home
  cluster: {server: 'https://192.0.2.1'}
users:
- name: me
  user: {token: x}
current-context: home
unknown: {a: [1, 2]}
`
	out, err := read([]byte(was))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := decode([]byte(was), out)
	if err != nil {
		t.Fatal(err)
	}
	m := &merger{text: []byte(was), out: out, doc: doc, want: map[string]map[string]any{}}
	for _, l := range lists {
		m.want[l.list] = map[string]any{prod.name(): generic(prod.item(l.list))}
	}
	good, err := Merge([]byte(was), []Entry{prod}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	check := func(text string) error {
		return m.verify([]byte(text), map[string]bool{prod.name(): true}, "home")
	}
	if err := check(string(good.Text)); err != nil {
		t.Fatal(err)
	}
	for name, replaced := range map[string][3]string{
		"another's value":     {"192.0.2.1", "192.0.2.2", "another element of clusters"},
		"another is lost":     {"- name: me\n  user: {token: x}\n", "", "another element of users"},
		"another comes twice": {"- name: me\n", "- name: me\n- name: me\n", "two elements"},
		"one more":            {"- name: me\n", "- name: you\n- name: me\n", "another element of users"},
		"another key":         {"a: [1, 2]", "a: [1, 3]", "unknown would say something else"},
		"a key is lost":       {"unknown: {a: [1, 2]}\n", "", "unknown would say something else"},
		"a new key":           {"unknown:", "new: 1\nunknown:", "new would say something else"},
		"the current context": {"current-context: home", "current-context: other", "current-context would be other"},
		"our server":          {"https://0123", "https://1123", "would not say what it should"},
		"ours is lost":        {"- name: " + prod.name() + "\n", "- name: x\n", "another element of"},
		"no YAML":             {"unknown: {", "unknown: {{", "a bracket that does not close"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(string(good.Text), replaced[0], replaced[1], 1)
			err := check(text)
			if err == nil || !strings.Contains(err.Error(), replaced[2]) || !strings.Contains(err.Error(), "cannot be changed safely") {
				t.Errorf("%v, want %q\n%s", err, replaced[2], text)
			}
		})
	}
}
