package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"postern/internal/plan"
)

const page = "../../docs/reference/settings.md"

func TestReferenceIsCurrent(t *testing.T) {
	want := Reference()
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not current; run make generate (-want +got):\n%s", page, diff)
	}
}

// The example of the reference page and of the design is a file like any other.
func TestExampleOfThePage(t *testing.T) {
	_, text, _ := strings.Cut(string(Reference()), "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	want := Default()
	want.Scopes = []Scope{{
		Account: "222222222222", Regions: []plan.Region{"us-east-1", "eu-west-1"},
		RoleARN: "arn:aws:iam::222222222222:role/postern-sync", ExternalID: "example",
	}}
	want.Hub = &Hub{Account: "111111111111", Region: "us-east-1", VPCs: []string{"vpc-0123456789abcdef0"}}
	want.Resolvers = []string{"10.100.0.2:53"}
	got := Default()
	if _, faults := readFile(&got, "postern.yaml", []byte(text)); len(faults) > 0 {
		t.Fatal(faults)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTableOfSettings(t *testing.T) {
	keys, flags := map[string]bool{}, map[string]bool{}
	for _, s := range Settings() {
		if keys[s.Key] || flags[s.Flag] {
			t.Errorf("%s: key or flag is there twice", s.Key)
		}
		keys[s.Key], flags[s.Flag] = true, true
		if (s.Kind() == kindBool) != (s.Arg == "") {
			t.Errorf("%s: a flag takes an argument exactly if it is no bool", s.Key)
		}
		// Each default but an empty one must be readable as its own text.
		c := Default()
		if text := s.Text(c); text != "" {
			v := s.at(&c)
			if err := v.set(v.split(text)); err != nil {
				t.Errorf("%s: default %q: %v", s.Key, text, err)
			}
		}
		if diff := cmp.Diff(Default(), c); diff != "" {
			t.Errorf("%s: reading the default's text changes it:\n%s", s.Key, diff)
		}
	}
	for key, env := range map[string]string{"dryRun": "POSTERN_DRY_RUN", "graceOneWitness": "POSTERN_GRACE_ONE_WITNESS", "resolvers": "POSTERN_RESOLVERS", "apiShare": "POSTERN_API_SHARE"} {
		if s, _ := Find(key); s.Env() != env {
			t.Errorf("%s: variable %s, want %s", key, s.Env(), env)
		}
	}
}

// world is what the sources of a test see.
type world struct {
	env   map[string]string
	flags map[string][]string
	file  string // text of postern.yaml; empty: none is named
}

func (w world) load() (Config, error) {
	src := Sources{
		Flags:  w.flags,
		Getenv: func(k string) string { return w.env[k] },
		ReadFile: func(name string) ([]byte, error) {
			if name != "postern.yaml" {
				return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("no such file or directory")}
			}
			return []byte(w.file), nil
		},
	}
	if w.file != "" {
		src.File = "postern.yaml"
	}
	return Load(src)
}

func TestPrecedence(t *testing.T) {
	with := func(change func(*Config)) Config {
		c := Default()
		change(&c)
		return c
	}
	tests := []struct {
		name string
		in   world
		want Config
	}{
		{"defaults", world{}, Default()},
		{"file over default", world{file: "grace: 3m\n"}, with(func(c *Config) { c.Grace = 3 * time.Minute })},
		{"environment over file",
			world{file: "grace: 3m\n", env: map[string]string{"POSTERN_GRACE": "4m"}},
			with(func(c *Config) { c.Grace = 4 * time.Minute })},
		{"flag over environment",
			world{file: "grace: 3m\n", env: map[string]string{"POSTERN_GRACE": "4m"}, flags: map[string][]string{"grace": {"5m"}}},
			with(func(c *Config) { c.Grace = 5 * time.Minute })},
		{"flag turns off what the file turns on",
			world{file: "pause: true\n", flags: map[string][]string{"pause": {"false"}}}, Default()},
		{"an empty variable is not set", world{file: "grace: 3m\n", env: map[string]string{"POSTERN_GRACE": ""}},
			with(func(c *Config) { c.Grace = 3 * time.Minute })},
		{"a list replaces a list",
			world{file: "resolvers: [192.0.2.1]\n", env: map[string]string{"POSTERN_RESOLVERS": "192.0.2.2:5353,vpc, 192.0.2.3"}},
			with(func(c *Config) { c.Resolvers = []string{"192.0.2.2:5353,vpc", "192.0.2.3:53"} })},
		{"a repeated flag is a list",
			world{flags: map[string][]string{"region": {"us-east-1", "eu-west-1,eu-west-2"}, "resolver": {"192.0.2.2,vpc"}}},
			with(func(c *Config) {
				c.Regions = []plan.Region{"us-east-1", "eu-west-1", "eu-west-2"}
				c.Resolvers = []string{"192.0.2.2:53,vpc"}
			})},
		{"every kind by environment",
			world{env: map[string]string{"POSTERN_DRY_RUN": "true", "POSTERN_MIN_HEALTHY": "2", "POSTERN_API_SHARE": "0.5",
				"POSTERN_WITNESS": "eni", "POSTERN_LOG_LEVEL": "debug", "POSTERN_OUTPUT": "json"}},
			with(func(c *Config) {
				c.DryRun, c.MinHealthy, c.APIShare = true, 2, 0.5
				c.Witnesses, c.LogLevel, c.Output = []plan.WitnessName{plan.ENI}, slog.LevelDebug, OutputJSON
			})},
		{"an account without quotes keeps its zeros",
			world{file: "scopes:\n- account: 012345678901\n  regions: [us-east-1]\n"},
			with(func(c *Config) {
				c.Scopes = []Scope{{Account: "012345678901", Regions: []plan.Region{"us-east-1"}}}
			})},
		{"a hub with a role of its own",
			world{file: "hub: {account: \"111111111111\", region: us-east-1, roleArn: \"arn:aws:iam::111111111111:role/x\", externalId: abc}\n"},
			with(func(c *Config) {
				c.Hub = &Hub{Account: "111111111111", Region: "us-east-1", RoleARN: "arn:aws:iam::111111111111:role/x", ExternalID: "abc"}
			})},
		{"an empty file", world{file: "# nothing\n"}, Default()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.in.load()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A command's own default goes before the documented one, and less than
// everything else.
func TestDefaultsOfACommand(t *testing.T) {
	for env, want := range map[string]float64{"": 1, "0.5": 0.5} {
		got, err := Load(Sources{
			Getenv:   func(key string) string { return map[string]string{"POSTERN_API_SHARE": env}[key] },
			Defaults: func(c *Config) { c.APIShare = 1 },
		})
		if err != nil || got.APIShare != want {
			t.Errorf("%q: share %g, error %v, want %g", env, got.APIShare, err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	const scope = "scopes:\n- account: \"222222222222\"\n  regions: [us-east-1]\n"
	tests := []struct {
		name string
		in   world
		want string
	}{
		{"unknown key", world{file: "grace: 2m\ngarce: 2m\n"}, `postern.yaml:2:1: unknown key "garce"; did you mean "grace"?`},
		{"flag's name as key", world{file: "min-healthy: 2\n"}, `postern.yaml:1:1: unknown key "min-healthy"; did you mean "minHealthy"?`},
		{"unknown key of a scope", world{file: "scopes:\n- acount: \"222222222222\"\n"}, `postern.yaml:2:3: unknown key "acount"; did you mean "account"?`},
		{"far from any key", world{file: "hub: {zzzzzz: 1}\n"}, `postern.yaml:1:7: unknown key "zzzzzz"; the hub has the keys account, region, vpcIds, roleArn, externalId`},
		{"two faults", world{file: "grace: 2\nadopt: yes\n"},
			"postern.yaml:1:8: \"2\" is a duration without a unit; write 2s for seconds, or 2m for minutes\n" +
				"postern.yaml:2:8: adopt must be a bool, and this is a string; write true or false, without quotes"},
		{"bad duration", world{file: "grace: soon\n"}, `postern.yaml:1:8: "soon" is not a duration; write a number with a unit, such as 90s, 2m or 1h30m`},
		{"negative duration", world{file: "grace: -1s\n"}, `postern.yaml:1:8: "-1s" is not longer than zero; write a positive duration, such as 120s`},
		{"number in quotes", world{file: "expect: \"3\"\n"}, `postern.yaml:1:9: expect must be a number, and this is a string; write a number, without quotes`},
		{"no value", world{file: "grace:\nadopt: true\n"}, `postern.yaml:1:7: grace must be a duration, and this is nothing; write a number with a unit, such as 120s`},
		{"string for a list", world{file: "regions: us-east-1\n"}, `postern.yaml:1:10: regions must be a list, and this is a string; write a list, such as [us-east-1]`},
		{"empty list", world{file: "witness: []\n"}, `postern.yaml:1:10: witness is an empty list; leave it out instead`},
		{"element of a list", world{file: "regions:\n  - us-east-1\n  - moon\n"}, `postern.yaml:3:5: "moon" is not the name of a region; write it like us-east-1`},
		{"twice in a list", world{file: "regions: [us-east-1, us-east-1]\n"}, `postern.yaml:1:10: "us-east-1" is there twice; name it once`},
		{"bad account", world{file: "scopes:\n- account: \"22\"\n  regions: [us-east-1]\n"}, `postern.yaml:2:12: "22" is not an account number; it has twelve digits and stands in quotes, like "222222222222"`},
		{"bad role", world{file: scope + "  roleArn: postern-sync\n"}, `postern.yaml:4:12: "postern-sync" is not the ARN of a role; write it like arn:aws:iam::222222222222:role/postern-sync`},
		{"role of another account", world{file: scope + "  roleArn: arn:aws:iam::333333333333:role/x\n"}, `postern.yaml:4:12: the role is in account 333333333333, the scope is 222222222222; name a role of account 222222222222, or correct the account`},
		{"external id alone", world{file: scope + "  externalId: abc\n"}, `postern.yaml:4:15: an external id without a role does nothing; add roleArn, or take externalId away`},
		{"scope without regions", world{file: "scopes:\n- account: \"222222222222\"\n"}, `postern.yaml:2:3: the scope of account 222222222222 has no regions; add regions: [us-east-1]`},
		{"scope without account", world{file: "scopes:\n- regions: [us-east-1]\n"}, `postern.yaml:2:3: a scope has no account; add account: "222222222222"`},
		{"duplicate scope", world{file: scope + "- account: \"222222222222\"\n  regions: [eu-west-1, us-east-1]\n"}, `postern.yaml:5:12: the scope 222222222222/us-east-1 is there twice; the first is at line 2; take one away`},
		{"duplicate key", world{file: "grace: 2m\ngrace: 3m\n"}, `postern.yaml:2:1: mapping key "grace" already defined at [1:1]; take one away`},
		{"hub without region", world{file: "hub:\n  account: \"111111111111\"\n"}, `postern.yaml:2:3: the hub has no region; add region: us-east-1`},
		{"hub's role of another account", world{file: "hub:\n  account: \"111111111111\"\n  region: us-east-1\n  roleArn: arn:aws:iam::333333333333:role/x\n"}, `postern.yaml:4:12: the role is in account 333333333333, the hub is 111111111111; name a role of account 111111111111, or correct the account`},
		{"hub's external id alone", world{file: "hub: {account: \"111111111111\", region: us-east-1, externalId: abc}\n"}, `postern.yaml:1:63: an external id without a role does nothing; add roleArn, or take externalId away`},
		{"no time at all", world{flags: map[string][]string{"timeout": {"0s"}}}, `--timeout: "0s" is `},
		{"not a mapping", world{file: "- grace\n"}, `postern.yaml:1:1: the file must be a mapping of keys to values, and this is a list; its keys are scopes, hub, `},
		{"not YAML", world{file: "grace: [2m\n"}, `postern.yaml:1:8: `},
		{"two documents", world{file: "grace: 2m\n---\ngrace: 3m\n"}, `postern.yaml:3:1: the file has a second document; put everything into one`},
		{"anchor", world{file: "grace: &g 2m\n"}, `postern.yaml:1:8: this is an anchor or alias, which the file cannot have; write the value out; put text with special characters in quotes`},
		{"no scope", world{file: "scopes: []\n"}, `postern.yaml:1:9: scopes is an empty list; leave it out to work in the account of the ambient credentials`},
		{"one witness sooner than two", world{flags: map[string][]string{"grace": {"10m"}, "grace-one-witness": {"1m"}}},
			`--grace-one-witness: graceOneWitness is 1m0s, shorter than grace, 10m0s: one witness alone would remove sooner than two; set --grace-one-witness to 10m0s or more`},
		{"grace above the default of the other", world{env: map[string]string{"POSTERN_GRACE": "20m"}}, `POSTERN_GRACE: graceOneWitness is 10m0s, shorter than grace, 20m0s: one witness alone would remove sooner than two; `},
		{"nested lists", world{file: "scopes:\n- - - a\n"}, `postern.yaml:2:3: this is a list in a list, which the file cannot have; `},
		{"nested brackets", world{file: "regions: " + strings.Repeat("[", 100_000)}, `postern.yaml:1:16: this is bracket 7 inside the other, which the file cannot have; `},
		{"what the parser does not end on", world{file: "? : - !x &a *\"a"}, `postern.yaml:1:1: this is a key written with a question mark, which the file cannot have; `},
		{"not UTF-8", world{file: "grace: 2m\nprofile: \xff\n"}, `postern.yaml:2:10: the text is not UTF-8; save the file as UTF-8`},
		{"no such file", world{env: map[string]string{"POSTERN_CONFIG": "gone.yaml"}}, `POSTERN_CONFIG: cannot read "gone.yaml": no such file or directory; name a file that exists and may be read`},
		{"environment", world{env: map[string]string{"POSTERN_GRACE": "120"}}, `POSTERN_GRACE: "120" is a duration without a unit; write 120s for seconds, or 120m for minutes`},
		{"bool in the environment", world{env: map[string]string{"POSTERN_PAUSE": "1"}}, `POSTERN_PAUSE: "1" is neither true nor false; write true or false`},
		{"flag", world{flags: map[string][]string{"foreign": {"remov"}}}, `--foreign: "remov" is not one of keep, remove; did you mean remove?`},
		{"number too small", world{flags: map[string][]string{"min-healthy": {"0"}}}, `--min-healthy: 0 is below 1; write 1 or more`},
		{"share", world{flags: map[string][]string{"api-share": {"30"}}}, `--api-share: "30" is not a share between 0 and 1; write a number such as 0.3; 0 turns pacing off`},
		{"resolver", world{flags: map[string][]string{"resolver": {"10.0.0.2:dns"}}}, `--resolver: `},
		{"region with scopes", world{file: scope, flags: map[string][]string{"region": {"us-east-1"}}},
			`--region: regions cannot be set together with scopes (postern.yaml:1); name a cluster as region/name to narrow the pass, or take the scopes away`},
		{"region of the environment with scopes", world{file: scope, env: map[string]string{"POSTERN_REGIONS": "us-east-1"}}, `POSTERN_REGIONS: regions cannot be set together with scopes (postern.yaml:1); `},
		{"role of the file with scopes", world{file: "roleArn: arn:aws:iam::222222222222:role/x\n" + scope}, `postern.yaml:1:1: roleArn cannot be set together with scopes (postern.yaml:2); `},
		{"external id without a role", world{flags: map[string][]string{"external-id": {"abc"}}}, `--external-id: an external id without a role does nothing; set --role-arn too, or take it away`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.in.load()
			if err == nil {
				t.Fatal("no error")
			}
			// A want that ends in a space is a beginning.
			if got := err.Error(); got != tt.want && (!strings.HasSuffix(tt.want, " ") || !strings.HasPrefix(got, tt.want)) {
				t.Errorf("got\n\t%s\nwant\n\t%s", got, tt.want)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	known := []string{"--grace", "--grace-one-witness", "--region", "sync", "version", "resolvers", "seed", "speed"}
	for word, want := range map[string]string{
		"--garce": "--grace", "--graceOneWitness": "--grace-one-witness", "--regions": "--region", "snyc": "sync",
		"vers": "version", "sped": "speed", "sed": "seed", "resolver": "resolvers", "zebra": "", "": "", "x": "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func FuzzReadFile(f *testing.F) {
	f.Add([]byte("grace: 2m\n"))
	f.Add(bytes.SplitAfter(Reference(), []byte("```yaml\n"))[1])
	for _, s := range []string{"", "a: [", "? : - !x &a *a", "{a: b: c}", "scopes: [{account: 0, regions: []}]", "profile: \"\\u2028é\"\n", "\ufeffgrace: 1s", "hub: {account: 1", "marks: memory\nresolvers: ['[::1]:53,vpc']\n", "clusterTag: |\n  x\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		// A parser that does not end would otherwise pass for a slow one.
		watch := time.AfterFunc(5*time.Second, func() { panic(fmt.Sprintf("no end in sight: %q", data)) })
		defer watch.Stop()
		c := Default()
		if _, faults := readFile(&c, "f", data); len(faults) > 0 {
			for _, e := range faults {
				if e.Line < 1 || e.Column < 1 || e.Message == "" || e.Hint == "" && !strings.HasPrefix(e.Message, "parse resolver") || strings.Contains(e.Error(), "\n") {
					t.Fatalf("an error without place, message or hint, or with several lines: %#v", e)
				}
			}
			return
		}
		again := Default()
		text := marshal(t, c)
		if _, faults := readFile(&again, "again", text); len(faults) > 0 {
			t.Fatalf("%v\nin what was accepted as\n%s\nand written as\n%s", faults, data, text)
		}
		if diff := cmp.Diff(c, again); diff != "" {
			t.Fatalf("written and read again, it differs:\n%s", diff)
		}
	})
}
