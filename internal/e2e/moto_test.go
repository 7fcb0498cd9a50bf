package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/miekg/dns"

	"postern/internal/plan"
	"postern/internal/report"
)

// TestMoto runs the real binary against an AWS API that nobody here wrote:
// discover, register, a second pass without a write, a move, removal after the
// grace period. moto has no control-plane interfaces, no health but healthy
// and no draining, so DNS is the only witness; the name is answered by a
// server of this test, and the VPC that moto leaves out of DescribeCluster,
// without which sync rightly does nothing, is put in on the way.
func TestMoto(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: moto takes seconds to start")
	}
	server, err := exec.LookPath("moto_server")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("moto_server is missing, and CI needs it: see make doctor")
		}
		t.Skip("SKIPPED: moto_server is missing (see make doctor): sync was NOT tried against a foreign AWS API")
	}
	endpoint := startMoto(t, server)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cfg, err := awsconfig.LoadDefaultConfig(ctx,
		awsconfig.WithRegion("us-east-1"), awsconfig.WithBaseEndpoint(endpoint),
		awsconfig.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("test", "test", "")))
	if err != nil {
		t.Fatal(err)
	}
	w := makeMotoWorld(ctx, t, cfg)
	names := serveName(t, w.host)
	bin := buildPostern(t)
	withVPC := addVPC(t, endpoint, w.vpc)
	sync := func() report.Sync {
		t.Helper()
		cmd := exec.CommandContext(ctx, bin, "sync", "--output", "json", "--witness", "dns", "--resolver", names.addr+",vpc")
		cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+withVPC, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
			"AWS_EC2_METADATA_DISABLED=true", "POSTERN_GRACE=2s", "POSTERN_GRACE_ONE_WITNESS=2s", "POSTERN_CONFIG=", "AWS_PROFILE=")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		var doc report.Sync
		if err := json.Unmarshal(out, &doc); err != nil {
			t.Fatalf("postern sync printed no document: %v\n%s\n%s", err, out, stderr.String())
		}
		if len(doc.Links) != 1 {
			t.Fatalf("links: %d, want 1\n%s\n%s", len(doc.Links), out, stderr.String())
		}
		return doc
	}
	want := func(doc report.Sync, result plan.Result, targets ...string) {
		t.Helper()
		if got := doc.Links[0].Result; got != result {
			t.Errorf("result %s (%s), want %s: %+v", got, doc.Links[0].Reason, result, doc.Links[0])
		}
		if got := w.targets(ctx, t); !slices.Equal(got, targets) {
			t.Errorf("targets %v, want %v", got, targets)
		}
	}
	writes := func(doc report.Sync) int {
		return doc.Summary.Calls["elbv2:RegisterTargets"] + doc.Summary.Calls["elbv2:DeregisterTargets"] + doc.Summary.Calls["elbv2:AddTags"]
	}

	names.answer("10.0.1.10", "10.0.2.10")
	want(sync(), plan.Changed, "10.0.1.10:443", "10.0.2.10:443")
	doc := sync()
	want(doc, plan.Converged, "10.0.1.10:443", "10.0.2.10:443")
	if n := writes(doc); n != 0 {
		t.Errorf("the second pass made %d writes", n)
	}
	names.answer("10.0.1.11", "10.0.2.10")
	want(sync(), plan.Changed, "10.0.1.10:443", "10.0.1.11:443", "10.0.2.10:443")
	for deadline := time.Now().Add(30 * time.Second); len(w.targets(ctx, t)) > 2; {
		if time.Now().After(deadline) {
			t.Fatalf("the old address did not leave: %v", w.targets(ctx, t))
		}
		sync()
	}
	want(sync(), plan.Converged, "10.0.1.11:443", "10.0.2.10:443")
}

// startMoto starts a server on a free port and returns its URL.
func startMoto(t *testing.T, server string) string {
	t.Helper()
	cmd := exec.Command(server, "-H", "127.0.0.1", "-p", "0")
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	running := regexp.MustCompile(`Running on (http://127\.0\.0\.1:\d+)`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := running.FindStringSubmatch(lines.Text()); m != nil {
			go func() {
				for lines.Scan() { // keep its pipe empty
				}
			}()
			return m[1]
		}
	}
	t.Fatalf("moto_server ended without saying where it runs: %v", lines.Err())
	return ""
}

// addVPC serves moto's API with the VPC in the cluster's description.
func addVPC(t *testing.T, endpoint, vpc string) string {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(r *http.Response) error {
		if r.Request.URL.Path != "/clusters/prod" {
			return nil
		}
		var doc map[string]map[string]any
		if err := json.NewDecoder(r.Body).Decode(&doc); err != nil {
			return err
		}
		doc["cluster"]["resourcesVpcConfig"].(map[string]any)["vpcId"] = vpc
		body, err := json.Marshal(doc)
		if err != nil {
			return err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
		r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		return nil
	}
	srv := httptest.NewServer(proxy)
	t.Cleanup(srv.Close)
	return srv.URL
}

// motoWorld is one cluster with its link, made by ordinary calls.
type motoWorld struct {
	elb   *elb.Client
	group string
	host  string
	vpc   string
}

func makeMotoWorld(ctx context.Context, t *testing.T, cfg aws.Config) motoWorld {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	net := ec2.NewFromConfig(cfg)
	vpc, err := net.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")})
	must(err)
	var subnets []string
	for i, zone := range []string{"us-east-1a", "us-east-1b"} {
		s, err := net.CreateSubnet(ctx, &ec2.CreateSubnetInput{VpcId: vpc.Vpc.VpcId, CidrBlock: aws.String(fmt.Sprintf("10.0.%d.0/24", i+1)), AvailabilityZone: aws.String(zone)})
		must(err)
		subnets = append(subnets, *s.Subnet.SubnetId)
	}
	clusters := eks.NewFromConfig(cfg)
	_, err = clusters.CreateCluster(ctx, &eks.CreateClusterInput{
		Name: aws.String("prod"), RoleArn: aws.String("arn:aws:iam::123456789012:role/eks"),
		ResourcesVpcConfig: &ekstypes.VpcConfigRequest{SubnetIds: subnets, EndpointPrivateAccess: aws.Bool(true), EndpointPublicAccess: aws.Bool(false)},
	})
	must(err)
	described, err := clusters.DescribeCluster(ctx, &eks.DescribeClusterInput{Name: aws.String("prod")})
	must(err)
	host, err := plan.EndpointHost(aws.ToString(described.Cluster.Endpoint))
	must(err)
	w := motoWorld{elb: elb.NewFromConfig(cfg), host: host, vpc: *vpc.Vpc.VpcId}
	lb, err := w.elb.CreateLoadBalancer(ctx, &elb.CreateLoadBalancerInput{
		Name: aws.String("prod"), Type: elbtypes.LoadBalancerTypeEnumNetwork, Scheme: elbtypes.LoadBalancerSchemeEnumInternal, Subnets: subnets,
	})
	must(err)
	group, err := w.elb.CreateTargetGroup(ctx, &elb.CreateTargetGroupInput{
		Name: aws.String("prod"), TargetType: elbtypes.TargetTypeEnumIp, Protocol: elbtypes.ProtocolEnumTcp, Port: aws.Int32(443), VpcId: vpc.Vpc.VpcId,
		Tags: []elbtypes.Tag{{Key: aws.String(plan.TagCluster), Value: aws.String("prod")}, {Key: aws.String(plan.TagManaged), Value: aws.String("true")}},
	})
	must(err)
	w.group = *group.TargetGroups[0].TargetGroupArn
	_, err = w.elb.CreateListener(ctx, &elb.CreateListenerInput{
		LoadBalancerArn: lb.LoadBalancers[0].LoadBalancerArn, Protocol: elbtypes.ProtocolEnumTcp, Port: aws.Int32(443),
		DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: aws.String(w.group)}},
	})
	must(err)
	return w
}

// targets returns the registered targets as ADDR:PORT, sorted.
func (w motoWorld) targets(ctx context.Context, t *testing.T) []string {
	t.Helper()
	out, err := w.elb.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: aws.String(w.group)})
	if err != nil {
		t.Fatal(err)
	}
	var ts []string
	for _, d := range out.TargetHealthDescriptions {
		ts = append(ts, fmt.Sprintf("%s:%d", *d.Target.Id, *d.Target.Port))
	}
	slices.Sort(ts)
	return ts
}

// nameServer answers one name, and every other with NXDOMAIN.
type nameServer struct {
	addr  string
	addrs atomic.Pointer[[]netip.Addr]
}

func (n *nameServer) answer(addrs ...string) {
	var as []netip.Addr
	for _, a := range addrs {
		as = append(as, netip.MustParseAddr(a))
	}
	n.addrs.Store(&as)
}

func serveName(t *testing.T, host string) *nameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &nameServer{addr: conn.LocalAddr().String()}
	n.answer()
	srv := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.Authoritative = true
		if !strings.EqualFold(q.Question[0].Name, dns.Fqdn(host)) {
			m.Rcode = dns.RcodeNameError
		} else if q.Question[0].Qtype == dns.TypeA {
			for _, a := range *n.addrs.Load() {
				m.Answer = append(m.Answer, &dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}, A: a.AsSlice()})
			}
		}
		_ = w.WriteMsg(m)
	})}
	go func() { _ = srv.ActivateAndServe() }()
	t.Cleanup(func() { _ = srv.Shutdown() })
	return n
}
