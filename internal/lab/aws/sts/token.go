package sts

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"postern/internal/lab/state"
)

// Tokens checks the bearer tokens that EKS's API servers take: the prefix
// k8s-aws-v1. and, in unpadded base64url, a presigned URL of
// GetCallerIdentity with the cluster's name in a signed header. On AWS the API
// server calls that URL and STS judges the signature; here both are one.
//
// Which user an identity is and what it may do is decided by a cluster's
// access entries. The lab keeps none: every identity that its STS knows is an
// administrator of every cluster.
//
// Sources: EKS user guide, "Grant IAM users and roles access to Kubernetes
// APIs"; the AWS CLI's command reference, eks get-token; AWS Identity and
// Access Management user guide, "Create a signed AWS API request".
type Tokens struct {
	Store *state.Store
	// Hosts are those, with their ports, that the lab's own API is reached at,
	// beside AWS's names of STS.
	Hosts []string
	Now   func() time.Time // nil means time.Now
}

// Limits of a token. The URL's own X-Amz-Expires (60 s in the AWS CLI's) does
// not count: neither EKS nor STS holds GetCallerIdentity to it.
const (
	tokenPrefix  = "k8s-aws-v1."
	maxToken     = 4 << 10
	tokenLife    = 15 * time.Minute
	tokenSkew    = 5 * time.Minute // how far a clock may be ahead
	maxExpires   = 900             // seconds
	clusterField = "x-k8s-aws-id"
	amzTime      = "20060102T150405Z"
	algorithm    = "AWS4-HMAC-SHA256"
)

// Verify returns whose a token for a cluster is. Every error says what is
// wrong with the token; clients see only a 401.
func (t Tokens) Verify(token, cluster string) (state.Caller, error) {
	p, err := parseToken(token)
	if err != nil {
		return state.Caller{}, fmt.Errorf("read token: %w", err)
	}
	caller, err := t.verify(p, cluster)
	if err != nil {
		return state.Caller{}, fmt.Errorf("check token: %w", err)
	}
	return caller, nil
}

func (t Tokens) verify(p presigned, cluster string) (state.Caller, error) {
	now := time.Now
	if t.Now != nil {
		now = t.Now
	}
	if !stsHost.MatchString(p.host) && !slices.Contains(t.Hosts, p.host) {
		return state.Caller{}, fmt.Errorf("%s is no host of STS", p.host)
	}
	switch age := now().Sub(p.time); {
	case age > tokenLife:
		return state.Caller{}, fmt.Errorf("it was signed %s ago, more than %s", age.Round(time.Second), tokenLife)
	case age < -tokenSkew:
		return state.Caller{}, fmt.Errorf("it was signed %s from now", (-age).Round(time.Second))
	}
	caller, err := t.Store.Authenticate(p.accessKey, p.session)
	if err != nil {
		return state.Caller{}, err
	}
	secret, ok := t.Store.Secret(p.accessKey)
	if !ok {
		return state.Caller{}, fmt.Errorf("key %s has no secret", p.accessKey)
	}
	// The name is not in the token: it is what this cluster puts into the
	// header, so a token for another one has another signature.
	if want := p.sign(secret, cluster); !hmac.Equal(want, p.signature) {
		return state.Caller{}, fmt.Errorf("the signature is not that of key %s for cluster %q", p.accessKey, cluster)
	}
	caller.Region = p.region
	return caller, nil
}

// stsHost are STS's names. Source: AWS General Reference, AWS Security Token
// Service endpoints and quotas.
var stsHost = regexp.MustCompile(`^sts(-fips)?(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$|^sts\.[a-z0-9-]+\.api\.aws$`)

// presigned is what a token says.
type presigned struct {
	host      string
	query     url.Values // without the signature
	accessKey string
	date      string // the scope's, YYYYMMDD
	region    string
	session   string // of temporary keys
	time      time.Time
	headers   []string // that are signed, sorted
	signature []byte
}

// allowed are the parameters that a token's URL may have, in lower case.
var allowed = []string{
	"action", "version", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires",
	"x-amz-security-token", "x-amz-signature", "x-amz-signedheaders", "x-amz-user-agent",
}

// parseToken reads a token, without judging its time or signature.
func parseToken(token string) (presigned, error) {
	if len(token) > maxToken {
		return presigned{}, fmt.Errorf("it has %d bytes, more than %d", len(token), maxToken)
	}
	encoded, ok := strings.CutPrefix(token, tokenPrefix)
	if !ok {
		return presigned{}, fmt.Errorf("it does not begin with %s", tokenPrefix)
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return presigned{}, fmt.Errorf("decode base64url: %w", err)
	}
	return parseURL(string(text))
}

func parseURL(text string) (presigned, error) {
	u, err := url.Parse(text)
	if err != nil {
		return presigned{}, errors.New("it holds no URL") // the error would repeat the token
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http": // the lab's own API has no TLS
		return presigned{}, fmt.Errorf("the URL's scheme is %q", u.Scheme)
	case u.Path != "/" && u.Path != "":
		return presigned{}, fmt.Errorf("the URL's path is %q", u.Path)
	case u.User != nil || u.Fragment != "":
		return presigned{}, errors.New("the URL has a user or a fragment")
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return presigned{}, errors.New("the URL's query cannot be read")
	}
	seen := map[string]string{}
	for name, values := range q {
		lower := strings.ToLower(name)
		_, twice := seen[lower]
		switch {
		case !slices.Contains(allowed, lower):
			return presigned{}, fmt.Errorf("the URL has a parameter %q", name)
		case twice || len(values) != 1:
			return presigned{}, fmt.Errorf("the URL has the parameter %q twice", name)
		}
		seen[lower] = values[0]
		if lower == "x-amz-signature" {
			delete(q, name)
		}
	}
	p := presigned{host: u.Host, query: q, session: seen["x-amz-security-token"]}
	return p, p.read(seen)
}

// read takes over the parameters, given by their names in lower case.
func (p *presigned) read(q map[string]string) error {
	switch {
	case q["action"] != "GetCallerIdentity":
		return fmt.Errorf("the URL's action is %q, not GetCallerIdentity", q["action"])
	case q["version"] != API.Version:
		return fmt.Errorf("the URL's version is %q, not %s", q["version"], API.Version)
	case q["x-amz-algorithm"] != algorithm:
		return fmt.Errorf("the algorithm is %q, not %s", q["x-amz-algorithm"], algorithm)
	}
	scope := strings.Split(q["x-amz-credential"], "/")
	if len(scope) != 5 || slices.Contains(scope, "") || scope[3] != "sts" || scope[4] != "aws4_request" {
		return errors.New("the credential is not KEY/DATE/REGION/sts/aws4_request")
	}
	p.accessKey, p.date, p.region = scope[0], scope[1], scope[2]
	var err error
	if p.time, err = time.Parse(amzTime, q["x-amz-date"]); err != nil || !strings.HasPrefix(q["x-amz-date"], p.date+"T") {
		return fmt.Errorf("the date is %q, and the credential's %q", q["x-amz-date"], p.date)
	}
	if expires, err := strconv.Atoi(q["x-amz-expires"]); err != nil || expires < 0 || expires > maxExpires {
		return fmt.Errorf("X-Amz-Expires is %q, not 0 to %d", q["x-amz-expires"], maxExpires)
	}
	p.headers = strings.Split(q["x-amz-signedheaders"], ";")
	slices.Sort(p.headers)
	if !slices.Equal(p.headers, []string{"host", clusterField}) {
		return fmt.Errorf("the signed headers are %q, not host;%s", q["x-amz-signedheaders"], clusterField)
	}
	if p.signature, err = hex.DecodeString(q["x-amz-signature"]); err != nil || len(p.signature) != sha256.Size {
		return errors.New("the signature is not 64 hexadecimal digits")
	}
	return nil
}

// sign computes the signature that the URL has if the owner of a secret key
// signed it for a cluster.
func (p *presigned) sign(secret, cluster string) []byte {
	// Both of the URL's path forms are signed as /. The body is empty.
	canonical := strings.Join([]string{
		"GET", "/", awsQuery(p.query),
		"host:" + p.host, clusterField + ":" + strings.TrimSpace(cluster), "",
		strings.Join(p.headers, ";"), hexHash(""),
	}, "\n")
	scope := strings.Join([]string{p.date, p.region, "sts", "aws4_request"}, "/")
	key := []byte("AWS4" + secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	return mac(key, strings.Join([]string{algorithm, p.time.Format(amzTime), scope, hexHash(canonical)}, "\n"))
}

// awsQuery is the canonical form of a query: sorted, and with spaces as %20.
func awsQuery(q url.Values) string { return strings.ReplaceAll(q.Encode(), "+", "%20") }

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
