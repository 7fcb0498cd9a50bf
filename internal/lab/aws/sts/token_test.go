package sts_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/sts"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	labaws "postern/internal/lab/aws"
	"postern/internal/lab/aws/sts"
	"postern/internal/lab/state"
)

const (
	account = "222222222222"
	prefix  = "k8s-aws-v1."
	host    = "127.0.0.1:4566"
)

// presign makes a token as the Go tools around EKS do.
func presign(t testing.TB, endpoint, cluster string, keys aws.CredentialsProvider) string {
	t.Helper()
	client := sdk.New(sdk.Options{Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: keys})
	got, err := sdk.NewPresignClient(client).PresignGetCallerIdentity(t.Context(), &sdk.GetCallerIdentityInput{}, func(o *sdk.PresignOptions) {
		o.ClientOptions = append(o.ClientOptions, sdk.WithAPIOptions(
			smithyhttp.SetHeaderValue("x-k8s-aws-id", cluster), smithyhttp.SetHeaderValue("X-Amz-Expires", "60"),
		))
	})
	if err != nil {
		t.Fatal(err)
	}
	return prefix + base64.RawURLEncoding.EncodeToString([]byte(got.URL))
}

func static(account string) aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(state.StaticKey(account), state.StaticSecret, "")
}

func newTokens() sts.Tokens {
	return sts.Tokens{Store: state.New(state.Options{}), Hosts: []string{host}}
}

// inner changes the URL in a token.
func inner(t testing.TB, token string, change func(string) string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(token, prefix))
	if err != nil {
		t.Fatal(err)
	}
	return prefix + base64.RawURLEncoding.EncodeToString([]byte(change(string(text))))
}

func replace(old, with string) func(string) string {
	return func(s string) string {
		if !strings.Contains(s, old) {
			panic("no " + old + " in " + s)
		}
		return strings.Replace(s, old, with, 1)
	}
}

func TestTokens(t *testing.T) {
	for name, endpoint := range map[string]string{
		"the lab's": "http://" + host, "global": "https://sts.amazonaws.com", "regional": "https://sts.us-east-1.amazonaws.com",
		"fips": "https://sts-fips.us-east-1.amazonaws.com", "china": "https://sts.cn-north-1.amazonaws.com.cn", "dual stack": "https://sts.us-east-1.api.aws",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := newTokens().Verify(presign(t, endpoint, "prod", static(account)), "prod")
			if err != nil {
				t.Fatal(err)
			}
			if want := "arn:aws:iam::222222222222:user/lab"; got.ARN != want || got.Account != account || got.Region != "us-east-1" || got.UserID == "" {
				t.Errorf("%+v, want %s", got, want)
			}
		})
	}
}

// TestTokenAge: fifteen minutes whatever X-Amz-Expires says, and five of a
// clock that is ahead.
func TestTokenAge(t *testing.T) {
	token := presign(t, "http://"+host, "prod", static(account))
	signed := time.Now()
	for _, test := range []struct {
		after time.Duration
		good  bool
	}{{-6 * time.Minute, false}, {-4 * time.Minute, true}, {2 * time.Minute, true}, {14*time.Minute + 50*time.Second, true}, {15*time.Minute + 2*time.Second, false}} {
		tokens := newTokens()
		tokens.Now = func() time.Time { return signed.Add(test.after) }
		if _, err := tokens.Verify(token, "prod"); (err == nil) != test.good {
			t.Errorf("%s after it was signed: %v", test.after, err)
		}
	}
}

// TestTokensRefused: each refusal has its reason, and repeats nothing secret.
func TestTokensRefused(t *testing.T) {
	good := presign(t, "http://"+host, "prod", static(account))
	sign := func(endpoint string, keys aws.CredentialsProvider) string { return presign(t, endpoint, "prod", keys) }
	key := func(access, secret, session string) aws.CredentialsProvider {
		return credentials.NewStaticCredentialsProvider(access, secret, session)
	}
	for name, test := range map[string]struct{ token, cluster, want string }{
		"another cluster":     {good, "payments", `the signature is not that of key LABKEY222222222222 for cluster "payments"`},
		"empty":               {"", "prod", "it does not begin with k8s-aws-v1."},
		"another kind":        {"k8s-aws-v2." + strings.TrimPrefix(good, prefix), "prod", "it does not begin with"},
		"no base64":           {prefix + "!!!", "prod", "decode base64url"},
		"no URL":              {prefix + base64.RawURLEncoding.EncodeToString([]byte("%zz")), "prod", "it holds no URL"},
		"large":               {prefix + strings.Repeat("A", 5000), "prod", "bytes, more than 4096"},
		"another host":        {sign("https://sts.example.org", static(account)), "prod", "sts.example.org is no host of STS"},
		"a host like STS's":   {sign("https://sts.amazonaws.com.example.org", static(account)), "prod", "is no host of STS"},
		"another lab's port":  {sign("http://127.0.0.1:4567", static(account)), "prod", "127.0.0.1:4567 is no host of STS"},
		"host after signing":  {inner(t, good, replace("http://"+host, "https://sts.amazonaws.com")), "prod", "the signature is not"},
		"account after":       {inner(t, good, replace("LABKEY222222222222", "LABKEY333333333333")), "prod", "the signature is not that of key LABKEY333333333333"},
		"region after":        {inner(t, good, replace("us-east-1", "eu-west-1")), "prod", "the signature is not"},
		"expiry after":        {inner(t, good, replace("Expires=60", "Expires=61")), "prod", "the signature is not"},
		"wrong secret":        {sign("http://"+host, key(state.StaticKey(account), "guessed", "")), "prod", "the signature is not"},
		"unknown key":         {sign("http://"+host, key("SOMEBODY", "x", "")), "prod", "security token included in the request is invalid"},
		"real-looking key":    {sign("http://"+host, key("AKIA"+"IOSFODNN7EXAMPLE", "x", "")), "prod", "looks like a real one"},
		"unknown session":     {sign("http://"+host, key("LABTMP00000000000000", "x", "y")), "prod", "security token included in the request is invalid"},
		"another action":      {inner(t, good, replace("GetCallerIdentity", "AssumeRole")), "prod", `the URL's action is "AssumeRole"`},
		"another version":     {inner(t, good, replace("2011-06-15", "2012-06-15")), "prod", "the URL's version"},
		"another algorithm":   {inner(t, good, replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")), "prod", "the algorithm is"},
		"another service":     {inner(t, good, replace("%2Fsts%2F", "%2Fec2%2F")), "prod", "the credential is not"},
		"another parameter":   {inner(t, good, replace("?", "?RoleArn=x&")), "prod", `the URL has a parameter "RoleArn"`},
		"a parameter twice":   {inner(t, good, replace("?", "?Action=GetCallerIdentity&")), "prod", `the parameter "Action" twice`},
		"twice in other case": {inner(t, good, replace("?", "?action=GetCallerIdentity&")), "prod", "twice"},
		"a path":              {inner(t, good, replace("/?", "/x?")), "prod", `the URL's path is "/x"`},
		"a fragment":          {inner(t, good, func(s string) string { return s + "#x" }), "prod", "a user or a fragment"},
		"a user":              {inner(t, good, replace("http://", "http://u@")), "prod", "a user or a fragment"},
		"another scheme":      {inner(t, good, replace("http://", "ftp://")), "prod", `scheme is "ftp"`},
		"long expiry":         {inner(t, good, replace("Expires=60", "Expires=901")), "prod", `X-Amz-Expires is "901"`},
		"no expiry":           {inner(t, good, replace("X-Amz-Expires=60", "X-Amz-User-Agent=x")), "prod", `X-Amz-Expires is ""`},
		"header unsigned":     {inner(t, good, replace("%3Bx-k8s-aws-id", "")), "prod", "the signed headers are"},
		"signature cut":       {inner(t, good, func(s string) string { return s[:len(s)-2] }), "prod", "64 hexadecimal digits"},
		"date and its day":    {inner(t, good, replace("X-Amz-Date=2", "X-Amz-Date=3")), "prod", "the date is"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newTokens().Verify(test.token, test.cluster)
			if err == nil {
				t.Fatal("taken")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q in it", err, test.want)
			}
			if u, _, _ := strings.Cut(err.Error(), "X-Amz-Signature"); u != err.Error() || strings.Contains(err.Error(), state.StaticSecret) {
				t.Errorf("the error tells too much: %v", err)
			}
		})
	}
}

// awsCLI skips the test, aloud, where there is no AWS CLI; it fails there when
// CI=true.
func awsCLI(t *testing.T, endpoint string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("aws"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI needs the AWS CLI: %v", err)
		}
		t.Skipf("NOT TESTED: tokens of aws eks get-token: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "aws", append([]string{"eks", "get-token", "--output", "json", "--region", "us-east-1"}, args...)...)
	mine := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") })
	cmd.Env = append(mine, "AWS_ENDPOINT_URL="+endpoint, "AWS_ACCESS_KEY_ID="+state.StaticKey(account), "AWS_SECRET_ACCESS_KEY="+state.StaticSecret,
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true", "NO_PROXY=127.0.0.1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("aws %v: %v", args, err)
	}
	var credential struct{ Status struct{ Token string } }
	if err := json.Unmarshal(out, &credential); err != nil {
		t.Fatal(err)
	}
	return credential.Status.Token
}

// TestTokensOfTheAWSCLI: with an account's own keys and with a role's.
func TestTokensOfTheAWSCLI(t *testing.T) {
	store := state.New(state.Options{})
	srv := httptest.NewServer(labaws.NewServer(store))
	defer srv.Close()
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	tokens := sts.Tokens{Store: store, Hosts: []string{u.Host}}
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"account": {nil, "arn:aws:iam::222222222222:user/lab"},
		"role":    {[]string{"--role-arn", "arn:aws:iam::333333333333:role/deployer"}, "arn:aws:sts::333333333333:assumed-role/deployer/EKSGetTokenAuth"},
	} {
		t.Run(name, func(t *testing.T) {
			token := awsCLI(t, srv.URL, append([]string{"--cluster-name", "prod"}, test.args...)...)
			got, err := tokens.Verify(token, "prod")
			if err != nil || got.ARN != test.want {
				t.Errorf("%+v, %v; want %s", got, err, test.want)
			}
			if _, err := tokens.Verify(token, "payments"); err == nil {
				t.Error("the token was taken for another cluster")
			}
		})
	}
}

// FuzzToken: what is taken is one of a few tokens that were signed, whatever
// is made of them.
func FuzzToken(f *testing.F) {
	now := time.Now()
	good := presign(f, "http://"+host, "prod", static(account))
	f.Add(good)
	f.Add(strings.TrimRight(good, "AQgw"))
	f.Add(prefix)
	f.Add(inner(f, good, replace("/?", "?")))
	f.Add(inner(f, good, replace("Action=GetCallerIdentity&", "")))
	tokens := newTokens()
	tokens.Now = func() time.Time { return now }
	signed, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(good, prefix))
	if err != nil {
		f.Fatal(err)
	}
	want, err := url.Parse(string(signed))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := tokens.Verify(token, "prod"); err != nil {
			return
		}
		text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.TrimPrefix(token, prefix), "="))
		if err != nil {
			t.Fatalf("taken, and no base64url: %v", err)
		}
		u, err := url.Parse(string(text))
		if err != nil || u.Host != want.Host || !strings.EqualFold(u.Query().Encode(), want.Query().Encode()) {
			t.Errorf("taken: %s, %v", text, err)
		}
	})
}
