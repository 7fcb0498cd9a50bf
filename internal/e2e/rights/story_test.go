package rights

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"postern/internal/lab/state"
	"postern/internal/plan"
	"postern/internal/reconcile"
	"postern/internal/report"
)

// faults are what went otherwise than it must, by the scenario that noticed.
type faults map[string]string

// note keeps the first thing that is wrong with a scenario.
func (f faults) note(bad bool, scenario, format string, args ...any) {
	if _, known := f[scenario]; bad && !known {
		f[scenario] = fmt.Sprintf(format, args...)
	}
}

// play goes through all scenarios, or until the awaited one is noticed: what
// sync's roles must not, by calls with their own keys, and what sync must be
// able to do, by the real engine.
func (w *world) play(awaited string) faults {
	f := faults{}
	from := 0
	for _, act := range []func(faults){w.tryFunction, w.trySync, func(faults) { from = len(w.store.Calls()) }, w.begin, w.follow} {
		if act(f); f[awaited] != "" {
			return f
		}
	}
	for _, c := range w.store.Calls()[from:] {
		f.note(refusedCode(c.Code), "is refused nothing", "%s:%s in %s: %s", c.Service, c.Action, c.Region, c.Code)
	}
	w.adopt(f)
	return f
}

// managed are the links that sync keeps; old is the one in which it may register.
var managed, links = []string{"us-east-1/prod", "eu-west-1/prod"}, []string{"us-east-1/prod", "us-east-1/old", "eu-west-1/prod"}

// begin has sync register everything.
func (w *world) begin(f faults) {
	e := w.engine(nil)
	var doc report.Sync
	for range 10 {
		doc = w.pass(e)
	}
	var found []string
	for _, l := range doc.Links {
		found = append(found, string(l.Region)+"/"+l.Cluster)
	}
	slices.Sort(found)
	want := slices.Sorted(slices.Values(links))
	f.note(!slices.Equal(found, want), "finds its links", "found %v, want %v", found, want)
	for _, l := range doc.Links {
		for _, x := range l.Witnesses {
			f.note(x.Outcome != plan.Answered, "hears both witnesses", "%s: %s is %s: %s", l.Ref, x.Name, x.Outcome, x.Detail)
		}
	}
	for _, place := range managed {
		f.note(!slices.Equal(w.targets(place), w.serving(place)), "registers", "%s: targets %v, serving %v", place, w.targets(place), w.serving(place))
	}
	f.note(!slices.Equal(w.targets("us-east-1/old"), w.serving("us-east-1/old")), "registers in a fleet that exists", "targets %v", w.targets("us-east-1/old"))
}

// follow has sync follow control planes that move.
func (w *world) follow(f faults) {
	e := w.engine(nil)
	for _, place := range managed {
		region, cluster, _ := strings.Cut(place, "/")
		_, err := w.lab.Move(state.Move{Account: spoke, Region: region, Cluster: cluster, Kind: state.MoveReplace})
		w.must(err)
	}
	marked := map[string]bool{}
	for range 25 {
		w.pass(e)
		for _, place := range managed {
			region, _, _ := strings.Cut(place, "/")
			tags, err := w.store.DescribeTags(admin(spoke, region), []string{w.groups[place]})
			w.must(err)
			marked[place] = marked[place] || tags[0].Tags[plan.TagMarks] != ""
		}
	}
	for _, place := range managed {
		f.note(!marked[place], "writes its marks", "%s never had one", place)
		f.note(!slices.Equal(w.targets(place), w.serving(place)), "removes what is stale", "%s: targets %v, serving %v", place, w.targets(place), w.serving(place))
	}
}

// assume returns the keys of sync's role, as the engine gets them.
func (w *world) assume(from aws.Config, role, external string) (aws.Config, error) {
	in := &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("try")}
	if external != "" {
		in.ExternalId = &external
	}
	out, err := sts.NewFromConfig(from).AssumeRole(w.Context(), in)
	if err != nil {
		return aws.Config{}, err
	}
	c := out.Credentials
	return w.config(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken), nil
}

// trySync makes the calls that sync's role must be refused.
func (w *world) trySync(f faults) {
	cfg, err := w.assume(w.session(functionRole), syncRole, externalID)
	f.note(err != nil, "assumes its role", "%v", err)
	if err != nil {
		return
	}
	ctx := w.Context()
	client := func(region string) *elb.Client {
		return elb.NewFromConfig(cfg, func(o *elb.Options) { o.Region = region })
	}
	target := []elbtypes.TargetDescription{{Id: aws.String("10.0.0.77")}}
	register := func(region, cluster string) error {
		_, err := client(region).RegisterTargets(ctx, &elb.RegisterTargetsInput{TargetGroupArn: aws.String(w.groups[region+"/"+cluster]), Targets: target})
		return err
	}
	deregister := func(region, cluster string) error {
		_, err := client(region).DeregisterTargets(ctx, &elb.DeregisterTargetsInput{TargetGroupArn: aws.String(w.groups[region+"/"+cluster]), Targets: target})
		return err
	}
	tag := func(region, cluster string, tags ...string) error {
		in := &elb.AddTagsInput{ResourceArns: []string{w.groups[region+"/"+cluster]}, Tags: []elbtypes.Tag{}}
		for _, key := range tags {
			in.Tags = append(in.Tags, elbtypes.Tag{Key: &key, Value: aws.String("true")})
		}
		_, err := client(region).AddTags(ctx, in)
		return err
	}
	for _, try := range []struct {
		scenario string
		call     func() error
	}{
		{"may not look into another region", func() error {
			_, err := ec2.NewFromConfig(cfg, func(o *ec2.Options) { o.Region = "us-west-2" }).DescribeNetworkInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{})
			return err
		}},
		{"may not register in another region", func() error { return register("us-west-2", "elsewhere") }},
		{"may not mark in another region", func() error { return tag("us-west-2", "elsewhere", plan.TagMarks) }},
		{"may not register in a foreign group", func() error { return register("us-east-1", "foreign") }},
		{"may not deregister in a foreign group", func() error { return deregister("us-east-1", "foreign") }},
		{"may not deregister where it only registers", func() error { return deregister("us-east-1", "old") }},
		{"may not mark a foreign group", func() error { return tag("us-east-1", "foreign", plan.TagMarks) }},
		{"may not mark where it only registers", func() error { return tag("us-east-1", "old", plan.TagMarks) }},
		{"may not adopt a foreign group", func() error { return tag("us-east-1", "foreign", plan.TagManaged) }},
		{"may not adopt a foreign group beside a mark", func() error { return tag("us-east-1", "foreign", plan.TagManaged, plan.TagMarks) }},
		{"may not write another tag", func() error { return tag("us-east-1", "prod", plan.TagCluster) }},
		{"may not write another tag beside a mark", func() error { return tag("us-east-1", "prod", plan.TagMarks, "postern:paused") }},
		{"may not tag without saying what", func() error { return tag("us-east-1", "prod") }},
		{"may not tag a load balancer", func() error {
			lbs, _, err := w.store.DescribeLoadBalancers(admin(spoke, "us-east-1"), nil, nil, state.Page{})
			w.must(err)
			_, err = client("us-east-1").AddTags(ctx, &elb.AddTagsInput{ResourceArns: []string{lbs[0].ARN}, Tags: []elbtypes.Tag{{Key: aws.String(plan.TagManaged), Value: aws.String("true")}}})
			return err
		}},
		{"may not take tags away", func() error {
			_, err := client("us-east-1").RemoveTags(ctx, &elb.RemoveTagsInput{ResourceArns: []string{w.groups["us-east-1/prod"]}, TagKeys: []string{plan.TagMarks}})
			return err
		}},
		{"may not go on to another role", func() error { _, err := w.assume(cfg, "arn:aws:iam::222222222222:role/decoy", externalID); return err }},
	} {
		err := try.call()
		f.note(!denied(err), try.scenario, "it was not refused: %v", err)
	}
	w.widen(f, cfg, "postern-sync")
}

// widen tries to give a role more rights, with its own keys.
func (w *world) widen(f faults, cfg aws.Config, role string) {
	const all = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}`
	for _, form := range []map[string]string{
		{"Action": "PutRolePolicy", "RoleName": role, "PolicyName": "more", "PolicyDocument": all},
		{"Action": "AttachRolePolicy", "RoleName": role, "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
		{"Action": "DeleteRolePolicy", "RoleName": role, "PolicyName": "sync"},
		{"Action": "UpdateAssumeRolePolicy", "RoleName": role, "PolicyDocument": trust},
		{"Action": "DeleteRolePermissionsBoundary", "RoleName": role},
		{"Action": "TagRole", "RoleName": role, "Tags.member.1.Key": "postern:managed", "Tags.member.1.Value": "true"},
		{"Action": "CreateRole", "RoleName": "more", "AssumeRolePolicyDocument": trust},
		{"Action": "CreatePolicy", "PolicyName": "more", "PolicyDocument": all},
		{"Action": "GetRolePolicy", "RoleName": role, "PolicyName": "sync"},
	} {
		status, body := w.iam(cfg, form)
		f.note(status != http.StatusForbidden || !strings.Contains(body, "<Code>AccessDenied</Code>"), "may not widen itself", "iam:%s by %s: status %d: %s", form["Action"], role, status, body)
	}
}

// iam calls IAM, of which the SDK's client is no dependency of this module.
func (w *world) iam(cfg aws.Config, form map[string]string) (status int, body string) {
	w.Helper()
	values := url.Values{"Version": {"2010-05-08"}}
	for k, v := range form {
		values.Set(k, v)
	}
	text := values.Encode()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.lab.URL(), strings.NewReader(text))
	w.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	keys, err := cfg.Credentials.Retrieve(w.Context())
	w.must(err)
	sum := sha256.Sum256([]byte(text))
	w.must(v4.NewSigner().SignHTTP(w.Context(), keys, req, hex.EncodeToString(sum[:]), "iam", "us-east-1", time.Now()))
	res, err := (&http.Client{Transport: w.http}).Do(req)
	w.must(err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	w.must(err)
	return res.StatusCode, string(answer)
}

// tryFunction makes the calls that the function's role must be refused, and
// those by which others would come to sync's role.
func (w *world) tryFunction(f faults) {
	own := w.session(functionRole)
	_, err := w.assume(own, "arn:aws:iam::222222222222:role/decoy", externalID)
	f.note(!denied(err), "assumes no other role", "it was not refused: %v", err)
	_, err = w.assume(own, syncRole, "")
	f.note(!denied(err), "says the external ID", "it was not refused without: %v", err)
	_, err = w.assume(own, syncRole, "other")
	f.note(!denied(err), "says the external ID", "it was not refused with another: %v", err)
	_, err = w.assume(w.session("arn:aws:iam::111111111111:role/another"), syncRole, externalID)
	f.note(!denied(err), "is no other role's", "it was not refused: %v", err)
	w.widen(f, own, "postern-sync-us-east-1")

	net := ec2.NewFromConfig(own)
	_, err = net.CreateNetworkInterface(w.Context(), &ec2.CreateNetworkInterfaceInput{SubnetId: aws.String("subnet-1")})
	f.note(!denied(err), "makes no interfaces itself", "CreateNetworkInterface was not refused: %v", err)
	_, err = net.DeleteNetworkInterface(w.Context(), &ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: aws.String("eni-1")})
	f.note(!denied(err), "makes no interfaces itself", "DeleteNetworkInterface was not refused: %v", err)
	// The lab has no handler for these two: what would decide on them decides.
	keys, err := own.Credentials.Retrieve(w.Context())
	w.must(err)
	caller, err := w.store.Authenticate(keys.AccessKeyID, keys.SessionToken)
	w.must(err)
	caller.Region = "us-east-1"
	for _, action := range []string{"ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"} {
		d := w.store.Authorize(caller, action, "arn:aws:ec2:us-east-1:111111111111:network-interface/eni-1", nil)
		f.note(d.Allowed, "makes no interfaces itself", "%s was not refused", action)
	}
}

// adopt tags the foreign group as a link, as somebody could who wants sync to
// write there, and has sync work with --adopt.
func (w *world) adopt(f faults) {
	w.must(w.store.AddTags(admin(spoke, "us-east-1"), []string{w.groups["us-east-1/foreign"]}, state.Tags{plan.TagCluster: "foreign"}))
	w.must(w.store.RegisterTargets(admin(spoke, "us-east-1"), w.groups["us-east-1/foreign"], []state.Target{{ID: "10.0.0.99", Port: 443}}))
	before := w.targets("us-east-1/foreign")
	e := w.engine(func(s *reconcile.Settings) { s.Policy.Adopt = true })
	var doc report.Sync
	for range 5 {
		doc = w.pass(e)
	}
	i := slices.IndexFunc(doc.Links, func(l report.Link) bool { return l.Cluster == "foreign" })
	if i < 0 {
		return // "finds its links" has said so
	}
	got := w.targets("us-east-1/foreign")
	f.note(!slices.Equal(got, before), "writes to no foreign group", "its targets were %v and are %v", before, got)
	f.note(doc.Links[i].Result != plan.Failed, "says that it may not write", "the foreign link is %s %s", doc.Links[i].Result, doc.Links[i].Reason)
}

// denied reports whether a call was refused for want of a right, and for
// nothing else.
func denied(err error) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && refusedCode(api.ErrorCode())
}

func refusedCode(code string) bool {
	return slices.Contains([]string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}, code)
}
