package kubeconfig

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Dropped is what an item loses because a merge changes it.
type Dropped struct {
	List, Name string   // which item: clusters, contexts or users, and its name
	Keys       []string // paths in it, such as cluster.insecure-skip-tls-verify
}

// keeping is how what a user added to an item comes into the item's next
// version. Keys that are not ours to write stay.
type keeping struct {
	env     []any    // names of variables that were written here the last time
	dropped []string // keys with something in them that did not stay
}

// Keys that are written here at times only: without them in the new version
// they go.
var written = []string{"cluster.tls-server-name", "user.exec.args"}

// Keys that cannot stay beside what is written here, since clients refuse the
// two together, or then verify no certificate, or send another credential.
// Source: client-go, tools/clientcmd, validateClusterInfo and validateAuthInfo;
// plugin/pkg/client/auth/exec, UpdateTransportConfig, which runs no program
// where there is a token, password or certificate.
var contrary = []string{
	"cluster.insecure-skip-tls-verify", "cluster.certificate-authority",
	"user.token", "user.tokenFile", "user.username", "user.password", "user.auth-provider",
	"user.client-certificate", "user.client-certificate-data", "user.client-key", "user.client-key-data",
}

// keep returns the new version of an item, which the old one's additions are in.
func keep(old any, want pairs) (item map[string]any, dropped []string) {
	k := keeping{env: markedEnv(old)}
	item, _ = k.value("", old, generic(want)).(map[string]any)
	slices.Sort(k.dropped)
	return item, k.dropped
}

// value is the new version of what is at a path.
func (k *keeping) value(path string, old, want any) any {
	switch want := want.(type) {
	case map[string]any:
		was, ok := old.(map[string]any)
		if !ok {
			k.drop(path, old)
			return want
		}
		if path == "user.exec" && was["command"] == want["command"] {
			k.flags(path+".args", was["args"], want["args"])
		}
		out := maps.Clone(want)
		for key, value := range was {
			at := strings.TrimPrefix(path+"."+key, ".")
			now, there := want[key]
			switch {
			case there && at != "user.exec.env":
				out[key] = k.value(at, value, now)
			case at == "user.exec.env":
				now, _ := now.([]any)
				if all := k.named(at, value, now, k.env); len(all) > 0 {
					out[key] = all
				}
			case slices.Contains(contrary, at):
				k.drop(at, value)
			case !slices.Contains(written, at):
				out[key] = value
			}
		}
		return out
	case []any:
		if strings.HasSuffix(path, ".extensions") {
			return k.named(path, old, want, nil)
		}
	}
	return want
}

// named is a list's new version, whose elements go by name: the old one's order,
// without those called as gone says, and what is new after them.
func (k *keeping) named(path string, old any, want, gone []any) []any {
	was, ok := old.([]any)
	if !ok {
		k.drop(path, old)
		return want
	}
	left := map[any]any{}
	for _, w := range want {
		left[w.(map[string]any)["name"]] = w
	}
	var out []any
	for _, o := range was {
		fields, _ := o.(map[string]any)
		name, _ := fields["name"].(string)
		now, there := left[name]
		switch {
		case there:
			out = append(out, now)
			delete(left, name)
		case !slices.Contains(gone, any(name)) && !called(want, name):
			out = append(out, o)
		}
	}
	for _, w := range want {
		if _, there := left[w.(map[string]any)["name"]]; there {
			out = append(out, w)
		}
	}
	return out
}

// flags notes those of a program's arguments that it does not get any more.
func (k *keeping) flags(path string, old, want any) {
	was, _ := old.([]any)
	now, _ := want.([]any)
	for _, a := range was {
		flag, _ := a.(string)
		if flag, _, _ = strings.Cut(flag, "="); strings.HasPrefix(flag, "-") && !slices.Contains(now, any(flag)) {
			k.dropped = append(k.dropped, path+" "+flag)
		}
	}
}

// called reports whether a list has an element of that name.
func called(list []any, name string) bool {
	return slices.ContainsFunc(list, func(e any) bool { fields, _ := e.(map[string]any); return fields["name"] == name })
}

// drop notes what does not stay, if it says something.
func (k *keeping) drop(path string, value any) {
	if value != nil && value != false && value != "" {
		k.dropped = append(k.dropped, path)
	}
}

// lostKeys returns the paths of what an item says and its new version has no place
// for.
func lostKeys(path string, old any, want any) (out []string) {
	now, both := want.(map[string]any)
	was, ok := old.(map[string]any)
	if !both || !ok {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(was)) {
		at := strings.TrimPrefix(path+"."+key, ".")
		if value, there := now[key]; there {
			out = append(out, lostKeys(at, was[key], value)...)
		} else if v := was[key]; v != nil && v != false && v != "" {
			out = append(out, at)
		}
	}
	return out
}

// markedEnv returns the variables that a user's mark says were written here.
func markedEnv(item any) []any {
	fields, _ := item.(map[string]any)
	user, _ := fields["user"].(map[string]any)
	extensions, _ := user["extensions"].([]any)
	for _, x := range extensions {
		if e, _ := x.(map[string]any); e["name"] == extensionName {
			mark, _ := e["extension"].(map[string]any)
			env, _ := mark["env"].([]any)
			return env
		}
	}
	return nil
}

// ordered gives a decoded value an order: that of like, and then by key, names
// first.
func ordered(v, like any) any {
	switch v := v.(type) {
	case map[string]any:
		order, _ := like.(pairs)
		if _, named := v["name"]; named && len(order) == 0 {
			order = pairs{{"name", nil}}
		}
		var out pairs
		done := map[string]bool{}
		for _, p := range order {
			if value, there := v[p.key]; there {
				out = append(out, pair{p.key, ordered(value, p.value)})
				done[p.key] = true
			}
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if !done[key] {
				out = append(out, pair{key, ordered(v[key], nil)})
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = ordered(e, nil)
		}
		return out
	case float64:
		return number(v)
	}
	return v
}

// number writes a number with a fraction so that it stays one.
func number(f float64) any {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return "" // neither has a form that JSON knows: Merge sees that it is another value
	}
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return json.Number(text)
}

// withComments puts the comments of an item's old lines to the same lines of its
// new ones. Those of lines that are not there any more are lost.
func withComments(old []byte, text string) string {
	type comments struct {
		before []string // on lines of their own
		after  string   // in the line, with the space before it
	}
	s := &scanner{text: old}
	said := map[string][]comments{}
	var before []string
	for p := 0; p < len(old); {
		q := s.spaces(p)
		if s.trivial(q) {
			if line := strings.TrimSpace(string(old[q:s.lineEnd(q)])); line != "" {
				before = append(before, line)
			}
			p = s.lineEnd(q)
			continue
		}
		n, err := s.node(p, q)
		if err != nil {
			return text // it is read as a whole too, where it parses
		}
		line, after := string(old[p:n.end]), ""
		if end := max(n.value.end, n.key.end); end > p && !s.isBlock(n.value) {
			rest := string(old[end:n.end])
			if i := strings.Index(rest, " #"); i >= 0 {
				after = " " + strings.TrimSpace(rest[i:])
				line = string(old[p:end]) + rest[:i]
			}
		}
		key := bareLine(line)
		said[key] = append(said[key], comments{before, after})
		before, p = nil, n.end
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if all := said[bareLine(line)]; len(all) > 0 {
			c := all[0]
			said[bareLine(line)] = all[1:]
			indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
			for _, comment := range c.before {
				b.WriteString(indent + comment + "\n")
			}
			if c.after != "" {
				line = strings.TrimRight(line, "\n") + c.after + "\n"
			}
		}
		b.WriteString(line)
	}
	return b.String()
}

// bareLine is a line without its indentation, dashes and end.
func bareLine(line string) string { return strings.TrimSpace(strings.TrimLeft(line, " -")) }
