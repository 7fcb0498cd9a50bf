package lab

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func exampleState(speed float64) *State {
	return &State{
		URL: "http://127.0.0.1:4566", Speed: speed,
		Hub: HubState{Account: "111111111111", Region: "us-east-1", VPCs: []string{"vpc-0123456789abcdef0"}},
		Accounts: []Account{
			{ID: "111111111111", AccessKey: "LABKEY111111111111", SecretKey: "s1", Regions: []string{}},
			{ID: "222222222222", AccessKey: "LABKEY222222222222", SecretKey: "s2", Regions: []string{"eu-west-1", "us-east-1"}, SyncRole: "arn:aws:iam::222222222222:role/postern-sync", ExternalID: "example", SyncTrust: []string{"111111111111"}},
			{ID: "333333333333", AccessKey: "LABKEY333333333333", SecretKey: "s3", Regions: []string{"eu-west-1"}, SyncRole: "arn:aws:iam::333333333333:role/postern-sync", SyncTrust: []string{"111111111111"}},
		},
		Views: []View{{"public", "127.0.0.1:5300"}, {"vpc-0123456789abcdef0", "127.0.0.1:5301"}},
	}
}

func TestEnv(t *testing.T) {
	got, err := Env(exampleState(60), "token", "222222222222", "eu-west-1", "postern.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"AWS_ENDPOINT_URL=http://127.0.0.1:4566",
		"AWS_ACCESS_KEY_ID=LABKEY222222222222",
		"AWS_SECRET_ACCESS_KEY=s2",
		"AWS_SESSION_TOKEN=",
		"AWS_PROFILE=",
		"AWS_REGION=eu-west-1",
		"AWS_DEFAULT_REGION=eu-west-1",
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=/dev/null",
		"AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false",
		"AWS_USE_FIPS_ENDPOINT=false",
		"AWS_USE_DUALSTACK_ENDPOINT=false",
		"POSTERN_LAB=http://127.0.0.1:4566",
		"POSTERN_LAB_TOKEN=token",
		"POSTERN_GRACE=2s",
		"POSTERN_GRACE_ONE_WITNESS=10s",
		"POSTERN_RESOLVERS=127.0.0.1:5300",
		"POSTERN_CONFIG=postern.yaml",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if _, err := Env(exampleState(60), "", "444444444444", "", ""); err == nil || err.Error() != `account "444444444444" is not in the lab: it has 111111111111, 222222222222, 333333333333` {
		t.Errorf("unknown account: %v", err)
	}
	for speed, want := range map[float64]string{1: "2m0s", 8: "15s", 1000: "2s"} {
		env, err := Env(exampleState(speed), "", "111111111111", "", "")
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(env, "\n"); !strings.Contains(text, "POSTERN_GRACE="+want+"\n") || !strings.Contains(text, "AWS_REGION=us-east-1\n") || strings.Contains(text, "POSTERN_CONFIG") {
			t.Errorf("speed %g:\n%s", speed, text)
		}
	}
}

func TestConfig(t *testing.T) {
	const hub = `# Written by postern lab: the accounts and regions of the lab that have clusters or links.
scopes:
  - account: "222222222222"
    regions: [eu-west-1, us-east-1]
    roleArn: arn:aws:iam::222222222222:role/postern-sync
    externalId: "example"
  - account: "333333333333"
    regions: [eu-west-1]
    roleArn: arn:aws:iam::333333333333:role/postern-sync
hub: {account: "111111111111", region: us-east-1, vpcIds: [vpc-0123456789abcdef0]}
`
	if d := cmp.Diff(hub, string(Config(exampleState(1), "111111111111"))); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	own := string(Config(exampleState(1), "333333333333"))
	if !strings.Contains(own, "  - account: \"333333333333\"\n    regions: [eu-west-1]\nhub:") {
		t.Errorf("an account needs no role in itself:\n%s", own)
	}
	if strings.Contains(own, "222222222222") {
		t.Errorf("the role of 222222222222 does not trust 333333333333:\n%s", own)
	}
	if d := cmp.Diff("# Written by postern lab: the accounts and regions of the lab that have clusters or links.\n", string(Config(&State{}, "111111111111"))); d != "" {
		t.Errorf("an empty lab (-want +got)\n%s", d)
	}
}
