package kubeconfig

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"pgregory.net/rapid"
)

// The variable by which a test has this program be the credential program.
const credential = "KUBECONFIG_TEST_CREDENTIAL"

// others returns a kubeconfig as client-go reads it, without the entry's parts.
func others(c *api.Config, name string) *api.Config {
	c = c.DeepCopy()
	delete(c.Clusters, name)
	delete(c.Contexts, name)
	delete(c.AuthInfos, name)
	return c
}

// sameToClientGo fails the test unless client-go finds the entry in the new
// text, and everything else as in the old one.
func sameToClientGo(t *rapid.T, before *api.Config, text []byte, e Entry) {
	t.Helper()
	after, err := clientcmd.Load(text)
	if err != nil {
		t.Fatalf("client-go: %v\n%s", err, text)
	}
	if diff := cmp.Diff(others(before, e.name()), others(after, e.name()), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(api.Config{}, "CurrentContext")); diff != "" {
		t.Fatalf("client-go reads something else (-before +after):\n%s\n%s", diff, text)
	}
	c, u, x := after.Clusters[e.name()], after.AuthInfos[e.name()], after.Contexts[e.name()]
	if c == nil || u == nil || u.Exec == nil || x == nil {
		t.Fatalf("client-go does not find the entry:\n%s", text)
	}
	if c.Server != e.Server || c.TLSServerName != e.TLSServerName || string(c.CertificateAuthorityData) != string(e.CA) || c.InsecureSkipTLSVerify ||
		x.Cluster != e.name() || x.AuthInfo != e.name() || u.Exec.Command != e.Exec.Command || cmp.Diff(u.Exec.Args, e.Exec.Args) != "" {
		t.Fatalf("client-go reads another entry: %+v %+v %+v", c, x, u.Exec)
	}
	if err := clientcmd.ConfirmUsable(*after, e.name()); err != nil {
		t.Fatal(err)
	}
}

// TestClientGoReadsTheSame: what client-go takes as a kubeconfig it takes after
// a merge, with every other entry as it was.
func TestClientGoReadsTheSame(t *testing.T) {
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		text := joined(randomly(t, true))
		before, err := clientcmd.Load(text)
		if err != nil {
			return
		}
		taken++
		m, err := Merge(text, []Entry{prod}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		sameToClientGo(t, before, m.Text, prod)
	})
	if taken < 50 { // of 100, if no flag says otherwise
		t.Errorf("client-go took %d of the texts only", taken)
	}
}

// TestClientGoWroteIt: the same for what client-go itself writes, which is what
// kubectl leaves, comments put in between.
func TestClientGoWroteIt(t *testing.T) {
	word := rapid.StringMatching(`[a-z0-9][a-z0-9:/@._ '"#-]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		c := api.NewConfig()
		for range rapid.IntRange(0, 4).Draw(t, "clusters") {
			c.Clusters[word.Draw(t, "cluster")] = &api.Cluster{Server: "https://" + word.Draw(t, "server"), CertificateAuthorityData: rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "ca"), ProxyURL: word.Draw(t, "proxy")}
		}
		for range rapid.IntRange(0, 4).Draw(t, "contexts") {
			c.Contexts[word.Draw(t, "context")] = &api.Context{Cluster: word.Draw(t, "of"), AuthInfo: word.Draw(t, "as"), Namespace: word.Draw(t, "namespace")}
		}
		for range rapid.IntRange(0, 4).Draw(t, "users") {
			c.AuthInfos[word.Draw(t, "user")] = &api.AuthInfo{Token: word.Draw(t, "token"), Password: word.Draw(t, "password"), Impersonate: word.Draw(t, "impersonate")}
		}
		if len(c.Contexts) > 0 && rapid.Bool().Draw(t, "current") {
			c.CurrentContext = word.Draw(t, "current context")
		}
		text, err := clientcmd.Write(*c)
		if err != nil {
			t.Fatal(err)
		}
		before, err := clientcmd.Load(text)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Merge(text, []Entry{prod}, Options{Current: "x"})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if lost := lost(string(m.Text), lines(string(text))); lost != "" {
			t.Fatalf("lost %q\n%s", lost, m.Text)
		}
		sameToClientGo(t, before, m.Text, prod)
		// kubectl writes the file anew; then nothing is to be changed.
		after, err := clientcmd.Load(m.Text)
		if err != nil {
			t.Fatal(err)
		}
		rewritten, err := clientcmd.Write(*after)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Merge(rewritten, []Entry{prod}, Options{})
		if err != nil || len(again.Same) != 1 {
			t.Fatalf("after kubectl: %v, %v\n%s", err, again.Same, rewritten)
		}
	})
}

// lines are the lines of a text that must stay: all but an empty list's.
func lines(text string) []piece {
	var out []piece
	for line := range strings.Lines(text) {
		for _, e := range []string{" null", " []", ` ""`} {
			if key, ok := strings.CutSuffix(line, e+"\n"); ok && !strings.HasPrefix(line, " ") {
				line = key
			}
		}
		out = append(out, piece{text: line})
	}
	return out
}

// TestClientGoUsesIt: a request through client-go with nothing but the file: the
// credential of the program is sent, and the certificate is verified for the
// name that the entry says, though the address is another.
func TestClientGoUsesIt(t *testing.T) {
	got := ""
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Host + " " + r.Header.Get("Authorization")
		fmt.Fprint(w, "{}")
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // one handshake is to fail
	s.StartTLS()
	defer s.Close()
	e := prod
	e.Server, e.TLSServerName = s.URL, "example.com" // a name of httptest's certificate
	e.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	e.Exec.Command, e.Exec.Args = os.Args[0], nil
	e.Exec.Env = []EnvVar{{credential, "k8s-aws-v1.x"}}
	ask := func(e Entry) error {
		t.Helper()
		file := filepath.Join(t.TempDir(), "config")
		if _, err := Write(t.Context(), file, func(text []byte) ([]byte, error) {
			m, err := Merge(text, []Entry{payments, e}, Options{Current: e.name()})
			return m.Text, err
		}); err != nil {
			t.Fatal(err)
		}
		config, err := clientcmd.BuildConfigFromFlags("", file)
		if err != nil {
			t.Fatal(err)
		}
		client, err := rest.HTTPClientFor(config)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Get(config.Host + "/api")
		if err == nil {
			answer.Body.Close()
		}
		return err
	}
	if err := ask(e); err != nil || !strings.HasSuffix(got, " Bearer k8s-aws-v1.x") {
		t.Errorf("%v, %q", err, got)
	}
	e.TLSServerName = "another.example.org"
	if err := ask(e); err == nil || !strings.Contains(err.Error(), "not another.example.org") {
		t.Errorf("with another name in the certificate: %v", err)
	}
}
