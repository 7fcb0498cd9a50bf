package lab

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"postern/internal/lab/state"
)

// Postern's own grace periods, which a lab's environment divides by its speed,
// and the shortest that it sets: below it a pass is not over before the next.
const (
	grace           = 120 * time.Second
	graceOneWitness = 600 * time.Second
	minGrace        = 2 * time.Second
)

// Names of the variables by which commands find a lab.
const (
	EnvURL   = "POSTERN_LAB"       // the lab's URL
	EnvToken = "POSTERN_LAB_TOKEN" // the control API's token
)

// Env returns the environment of a command that works in a lab as account and
// in region, as KEY=value: endpoint, keys and region for AWS clients of any
// language, and Postern's settings. A variable without a value is one that must
// not be set: some programs take an empty one for a setting. config is the path of a file with
// [Config]'s text; empty: none is named. Region empty means the hub's.
func Env(s *State, token, account, region, config string) ([]string, error) {
	i := slices.IndexFunc(s.Accounts, func(a Account) bool { return a.ID == account })
	if i < 0 {
		return nil, fmt.Errorf("account %q is not in the lab: it has %s", account, accountIDs(s))
	}
	if region == "" {
		region = s.Hub.Region
	}
	env := []string{
		"AWS_ENDPOINT_URL=" + s.URL,
		"AWS_ACCESS_KEY_ID=" + s.Accounts[i].AccessKey,
		"AWS_SECRET_ACCESS_KEY=" + s.Accounts[i].SecretKey,
		"AWS_SESSION_TOKEN=", // the caller's own real one would be sent
		"AWS_PROFILE=",
		"AWS_REGION=" + region,
		"AWS_DEFAULT_REGION=" + region,
		"AWS_EC2_METADATA_DISABLED=true",
		// The user's own files and habits must not lead a command to real AWS.
		"AWS_CONFIG_FILE=" + os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
		"AWS_USE_FIPS_ENDPOINT=false",
		"AWS_USE_DUALSTACK_ENDPOINT=false",
		EnvURL + "=" + s.URL,
		EnvToken + "=" + token,
		"POSTERN_GRACE=" + scaled(grace, s.Speed),
		"POSTERN_GRACE_ONE_WITNESS=" + scaled(graceOneWitness, s.Speed),
	}
	if s.Proxy != "" {
		// Names and addresses of the world are reached through the way in, in
		// whichever spelling a program looks for it; this machine is not.
		for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
			env = append(env, name+"=http://"+s.Proxy)
		}
		for _, name := range []string{"NO_PROXY", "no_proxy"} {
			env = append(env, name+"=localhost,127.0.0.1,::1")
		}
	}
	if len(s.Views) > 0 {
		env = append(env, "POSTERN_RESOLVERS="+s.Views[0].Address)
	}
	if config != "" {
		env = append(env, "POSTERN_CONFIG="+config)
	}
	return env, nil
}

// functionEnv is what Postern's function needs to work in the lab: name servers
// (its VPC's, or the public ones) and grace periods divided by the speed.
func (l *Lab) functionEnv(f state.Function) []string {
	env := []string{"POSTERN_GRACE=" + scaled(grace, l.opts.Speed), "POSTERN_GRACE_ONE_WITNESS=" + scaled(graceOneWitness, l.opts.Speed)}
	views := l.Views()
	if i := slices.IndexFunc(views, func(v View) bool { return v.Name == f.VPC }); i >= 0 {
		return append(env, "POSTERN_RESOLVERS="+views[i].Address+",vpc")
	}
	if len(views) > 0 {
		env = append(env, "POSTERN_RESOLVERS="+views[0].Address)
	}
	return env
}

func scaled(d time.Duration, speed float64) string {
	return max(time.Duration(float64(d)/speed).Round(time.Millisecond), minGrace).String()
}

func accountIDs(s *State) string {
	ids := make([]string, len(s.Accounts))
	for i, a := range s.Accounts {
		ids[i] = a.ID
	}
	return strings.Join(ids, ", ")
}

// Config returns the text of a postern.yaml for a lab as account sees it: a
// scope an account that has clusters or links of clusters that are gone, with
// the role that account must assume there, and the hub. Accounts whose role
// does not trust account have no scope.
func Config(s *State, account string) []byte {
	var b strings.Builder
	b.WriteString("# Written by postern lab: the accounts and regions of the lab that have clusters or links.\n")
	var scopes strings.Builder
	for _, a := range s.Accounts {
		if len(a.Regions) == 0 || a.ID != account && !slices.Contains(a.SyncTrust, account) {
			continue
		}
		fmt.Fprintf(&scopes, "  - account: %q\n    regions: [%s]\n", a.ID, strings.Join(a.Regions, ", "))
		if a.ID != account { // the account's own keys need no role at home
			fmt.Fprintf(&scopes, "    roleArn: %s\n", a.SyncRole)
			if a.ExternalID != "" {
				fmt.Fprintf(&scopes, "    externalId: %s\n", strconv.Quote(a.ExternalID))
			}
		}
	}
	if scopes.Len() > 0 {
		b.WriteString("scopes:\n" + scopes.String())
	}
	if s.Hub.Account != "" && len(s.Hub.VPCs) > 0 {
		fmt.Fprintf(&b, "hub: {account: %q, region: %s, vpcIds: [%s]}\n", s.Hub.Account, s.Hub.Region, strings.Join(s.Hub.VPCs, ", "))
	}
	return []byte(b.String())
}
