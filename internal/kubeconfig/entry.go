package kubeconfig

import (
	"encoding/base64"

	"postern/internal/plan"
)

// Entry is one cluster as a client reaches it: a cluster, a user and a context
// of one name.
type Entry struct {
	Name          string   // of the context, the cluster and the user; empty: Ref's text
	Ref           plan.Ref // which cluster it is
	ARN           string   // the cluster's ARN; only Flux needs it
	Server        string   // https://HOST
	TLSServerName string   // the name in the server's certificate; empty: Server's host
	CA            []byte   // PEM, all certificates of the cluster's authority
	ProxyURL      string   // empty: the client's own settings
	Namespace     string   // empty: what the context has already, or the client's default
	Exec          Exec
}

// Exec is the program that gives the credential. It is never the credential
// itself.
// Source: Kubernetes documentation, authenticating, client-go credential plugins.
type Exec struct {
	APIVersion         string // client.authentication.k8s.io/v1 or v1beta1
	Command            string
	Args               []string
	Env                []EnvVar
	InteractiveMode    string // Never, IfAvailable or Always; v1 needs one
	ProvideClusterInfo bool
}

// EnvVar is a variable that the program gets besides its caller's.
type EnvVar struct{ Name, Value string }

// name returns what context, cluster and user are called.
func (e Entry) name() string {
	if e.Name == "" {
		return e.Ref.String()
	}
	return e.Name
}

// extensionName marks what was made here.
const extensionName = "postern"

// mark is the extension that says for which cluster an item was made, and which
// variables are not the user's.
func (e Entry) mark(env ...any) pair {
	says := pairs{{"cluster", e.Ref.String()}}
	if len(env) > 0 {
		says = append(says, pair{"env", env})
	}
	return pair{"extensions", []any{pairs{{"name", extensionName}, {"extension", says}}}}
}

// Lists of a kubeconfig, and the key of an item's own part.
const (
	clusters = "clusters"
	contexts = "contexts"
	users    = "users"
)

var lists = []struct{ list, part string }{{clusters, "cluster"}, {contexts, "context"}, {users, "user"}}

// item returns the entry's item of a list. Source: client-go,
// tools/clientcmd/api/v1: Cluster, Context, AuthInfo, ExecConfig.
func (e Entry) item(list string) pairs {
	switch list {
	case clusters:
		p := pairs{{"server", e.Server}}
		p = p.with("tls-server-name", e.TLSServerName).with("proxy-url", e.ProxyURL)
		p = append(p, pair{"certificate-authority-data", base64Text(e.CA)}, e.mark())
		return pairs{{"name", e.name()}, {"cluster", p}}
	case contexts:
		p := pairs{{"cluster", e.name()}, {"user", e.name()}}.with("namespace", e.Namespace)
		return pairs{{"name", e.name()}, {"context", append(p, e.mark())}}
	}
	x := pairs{{"apiVersion", e.Exec.APIVersion}, {"command", e.Exec.Command}}
	if len(e.Exec.Args) > 0 {
		args := make([]any, len(e.Exec.Args))
		for i, a := range e.Exec.Args {
			args[i] = a
		}
		x = append(x, pair{"args", args})
	}
	var names []any
	if len(e.Exec.Env) > 0 {
		env := make([]any, len(e.Exec.Env))
		for i, v := range e.Exec.Env {
			env[i] = pairs{{"name", v.Name}, {"value", v.Value}}
			names = append(names, v.Name)
		}
		x = append(x, pair{"env", env})
	}
	x = x.with("interactiveMode", e.Exec.InteractiveMode)
	if e.Exec.ProvideClusterInfo {
		x = append(x, pair{"provideClusterInfo", true})
	}
	return pairs{{"name", e.name()}, {"user", pairs{{"exec", x}, e.mark(names...)}}}
}

func base64Text(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
