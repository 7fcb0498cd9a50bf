package rights

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// A document is an IAM policy or trust policy, as the modules write it.
type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid       string
	Effect    string
	Principal json.RawMessage `json:",omitempty"`
	Action    texts
	Resource  texts                       `json:",omitempty"`
	Condition map[string]map[string]texts `json:",omitempty"`
}

// texts is one text, or a list of them.
type texts []string

// UnmarshalJSON reads either form.
func (x *texts) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*x = texts{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(x))
}

func (d document) String() string {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // texts and maps of them always are JSON
	}
	return string(text)
}

// clone returns a copy that shares nothing with d.
func (d document) clone() document {
	var c document
	if err := json.Unmarshal([]byte(d.String()), &c); err != nil {
		panic(err)
	}
	return c
}

// The policies of the modules' own tests, which fail when a module writes
// others.
const (
	roleRights     = "../../../terraform/modules/target-sync/role/tests/rights.json"
	functionRights = "../../../terraform/modules/target-sync/tests/rights.json"
)

// rights are all documents of sync's roles.
type rights struct {
	Sync, SyncTrust         document // of the role in a cluster's account
	Function, FunctionTrust document // of the function's
	Invoke, InvokeTrust     document // of the schedules'
}

func load(t *testing.T) rights {
	t.Helper()
	var role struct{ Policy, Trust, FunctionTrust document }
	var function struct{ Policy, InvokePolicy, InvokeTrust document }
	for path, into := range map[string]any{roleRights: &role, functionRights: &function} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatalf("read %s: %v", path, err)
		}
	}
	return rights{
		Sync: role.Policy, SyncTrust: role.Trust, Function: function.Policy, FunctionTrust: role.FunctionTrust,
		Invoke: function.InvokePolicy, InvokeTrust: function.InvokeTrust,
	}
}

// actions returns what a document allows, sorted.
func (d document) actions() []string {
	all := map[string]bool{}
	for _, st := range d.Statement {
		for _, a := range st.Action {
			all[a] = st.Effect == "Allow"
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// changes returns every document that d becomes by one small change, by its
// name: without a statement, an action, a resource, a condition or one of its
// values, and with every resource instead of some.
func (d document) changes() map[string]document {
	all := map[string]document{}
	add := func(i int, what string, change func(*statement)) {
		c := d.clone()
		change(&c.Statement[i])
		all[d.Statement[i].Sid+what] = c
	}
	for i, st := range d.Statement {
		without := d.clone()
		without.Statement = slices.Delete(without.Statement, i, i+1)
		all[st.Sid] = without
		for j, a := range st.Action {
			if len(st.Action) > 1 {
				add(i, " without "+a, func(st *statement) { st.Action = slices.Delete(st.Action, j, j+1) })
			}
		}
		for j, r := range st.Resource {
			if len(st.Resource) > 1 {
				add(i, " not on "+short(r), func(st *statement) { st.Resource = slices.Delete(st.Resource, j, j+1) })
			}
		}
		if st.Resource != nil && !slices.Equal(st.Resource, texts{"*"}) {
			add(i, " on everything", func(st *statement) { st.Resource = texts{"*"} })
		}
		conditions := 0
		for op, keys := range st.Condition {
			for key, values := range keys {
				conditions++
				add(i, " whatever "+op+" "+key, func(st *statement) { delete(st.Condition, op) })
				for j, v := range values {
					if len(values) > 1 {
						add(i, fmt.Sprintf(" if %s is not %s", key, v), func(st *statement) { st.Condition[op][key] = slices.Delete(st.Condition[op][key], j, j+1) })
					}
				}
			}
		}
		if conditions > 1 {
			add(i, " unconditionally", func(st *statement) { st.Condition = nil })
		}
	}
	return all
}

// short is a resource's region, enough to tell the modules' apart.
func short(arn string) string { return strings.Split(arn, ":")[3] }

// TestChanges: the changes are those that are meant, and each is one.
func TestChanges(t *testing.T) {
	d := document{Version: "2012-10-17", Statement: []statement{{
		Sid: "A", Effect: "Allow", Action: texts{"x:A", "x:B"}, Resource: texts{"arn:aws:x:r1:1:a", "arn:aws:x:r2:1:a"},
		Condition: map[string]map[string]texts{"StringEquals": {"k": {"1", "2"}}, "Null": {"k": {"false"}}},
	}, {Sid: "B", Effect: "Allow", Action: texts{"x:A"}, Resource: texts{"*"}}}}
	before := d.String()
	var got []string
	for name, c := range d.changes() {
		got = append(got, name)
		if c.String() == before {
			t.Errorf("%s changes nothing", name)
		}
	}
	slices.Sort(got)
	want := []string{
		"A", "A if k is not 1", "A if k is not 2", "A not on r1", "A not on r2", "A on everything", "A unconditionally",
		"A whatever Null k", "A whatever StringEquals k", "A without x:A", "A without x:B", "B",
	}
	if !slices.Equal(got, want) || d.String() != before {
		t.Errorf("changes %q, want %q; the document is now %s", got, want, d)
	}
}
