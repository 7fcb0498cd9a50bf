package aws_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

// rounds is how often each action is tried with other random values.
const rounds = 25

// onlyRead has requests' bodies only read. The SDK closes a body as soon as the
// answer begins, and a closed body that can write itself says io.EOF where
// net/http, which has sent it all, asks for more once more; then net/http closes
// the connection in the middle of the answer.
type onlyRead struct{}

func (onlyRead) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r = r.Clone(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return http.DefaultTransport.RoundTrip(r)
}

func sdkConfig(url string) sdk.Config {
	return sdk.Config{
		HTTPClient:   &http.Client{Transport: onlyRead{}},
		Region:       "eu-west-1",
		BaseEndpoint: &url,
		Credentials:  credentials.NewStaticCredentialsProvider("LABKEY111111111111", "secret", "token"),
	}
}

// sdkClients are the SDK's clients by the lab's name of the service.
func sdkClients(url string) map[string]any {
	cfg := sdkConfig(url)
	return map[string]any{
		"sts":     sts.NewFromConfig(cfg),
		"tagging": resourcegroupstaggingapi.NewFromConfig(cfg),
		"elbv2":   elasticloadbalancingv2.NewFromConfig(cfg),
		"eks":     eks.NewFromConfig(cfg),
		"ec2":     ec2.NewFromConfig(cfg),
	}
}

// withoutSDK are the services whose client in the Go SDK is no dependency of
// this module. boto3 proves their actions (TestBoto3), and so does the
// Terraform provider, which has the SDK's client in it (TestTerraform).
var withoutSDK = []string{"route53", "iam", "lambda", "events", "scheduler", "logs", "cloudwatch", "sns", "ssm"}

// sdkTables are the tables of the services that have a client here.
func (p *proof) sdkTables(t *testing.T, clients map[string]any) (tables []*wire.Table) {
	t.Helper()
	for _, table := range p.tables {
		has, listed := clients[table.Name] != nil, slices.Contains(withoutSDK, table.Name)
		if has == listed {
			t.Errorf("%s: has a client %v, is in withoutSDK %v", table.Name, has, listed)
		}
		if has {
			tables = append(tables, table)
		}
	}
	return tables
}

// sdkCall calls an action by name. The input is a pointer to the SDK's struct.
func sdkCall(t *testing.T, client any, action string, input reflect.Value) (reflect.Value, error) {
	t.Helper()
	out := reflect.ValueOf(client).MethodByName(action).Call([]reflect.Value{reflect.ValueOf(t.Context()), input})
	err, _ := out[1].Interface().(error)
	return out[0], err
}

// sdkTypes returns the SDK's input and output structs of an action.
func sdkTypes(t *testing.T, client any, action string) (in, out reflect.Type) {
	t.Helper()
	m := reflect.ValueOf(client).MethodByName(action)
	if !m.IsValid() {
		t.Fatalf("the SDK's client has no method %s", action)
	}
	return m.Type().In(1).Elem(), m.Type().Out(0).Elem()
}

// TestSDK takes every action through the real SDK with random values both ways.
func TestSDK(t *testing.T) {
	p := newProof(t)
	clients := sdkClients(p.url)
	for _, table := range p.sdkTables(t, clients) {
		for _, op := range table.Service.Operations {
			t.Run(table.Name+"."+op.Name, func(t *testing.T) {
				client := clients[table.Name]
				inType, outType := sdkTypes(t, client, op.Name)
				for round := range rounds {
					rng := seeded(table.Name+op.Name, round)
					in, out := reflect.New(inType), reflect.New(op.Output)
					fill(in.Elem(), op.Input, rng, 0)
					fill(out.Elem(), outType, rng, 0)
					p.expect(out.Interface(), nil)
					got, err := sdkCall(t, client, op.Name, in)
					if err != nil {
						t.Fatalf("round %d: %v", round, err)
					}
					want := sortQuery(normal(in.Elem(), op.Input, byGoName), op.Input, byGoName)
					arrived := sortQuery(normal(reflect.ValueOf(p.arrived()).Elem(), inType, byGoName), op.Input, byGoName)
					if diff := cmp.Diff(want, arrived); diff != "" {
						t.Fatalf("round %d: input (-sent by the SDK +arrived):\n%s", round, diff)
					}
					want = normal(out.Elem(), outType, byGoName)
					if diff := cmp.Diff(want, normal(got.Elem(), op.Output, byGoName)); diff != "" {
						t.Fatalf("round %d: output (-sent +parsed by the SDK):\n%s", round, diff)
					}
				}
			})
		}
	}
}

// TestSDKEmpty takes every action through the SDK with an empty answer, as
// handlers give that have nothing to say.
func TestSDKEmpty(t *testing.T) {
	p := newProof(t)
	clients := sdkClients(p.url)
	for _, table := range p.sdkTables(t, clients) {
		for _, op := range table.Service.Operations {
			inType, _ := sdkTypes(t, clients[table.Name], op.Name)
			in := reflect.New(inType)
			fill(in.Elem(), op.Input, seeded(op.Name, 0), 0)
			p.expect(nil, nil)
			if _, err := sdkCall(t, clients[table.Name], op.Name, in); err != nil {
				t.Errorf("%s.%s: %v", table.Name, op.Name, err)
			}
		}
	}
}

// modelsApart are the members that only one side's model has: botocore's models
// and the SDK's are of different days. They travel nowhere in these tests.
var modelsApart = []string{
	"ec2.VpcEndpoint.PayerResponsibilities: only in the SDK",
	"ec2.VpcEndpointConnection.PayerResponsibilities: only in the SDK",
	"eks.Certificate.Active: only in the SDK",
	"eks.Cluster.KubeApiServerConfig: only in the SDK",
	"eks.Cluster.KubeControllerManagerConfig: only in the SDK",
	"eks.Cluster.KubeSchedulerConfig: only in the SDK",
	"eks.ControlPlanePlacementRequest.SpreadLevel: only in the SDK",
	"eks.ControlPlanePlacementResponse.SpreadLevel: only in the SDK",
	"eks.CreateClusterRequest.KubeApiServerConfig: only in the SDK",
	"eks.CreateClusterRequest.KubeControllerManagerConfig: only in the SDK",
	"eks.CreateClusterRequest.KubeSchedulerConfig: only in the SDK",
	"eks.ElasticLoadBalancing.GatewayApi: only in the SDK",
	"eks.OutpostConfigRequest.EtcdInstanceType: only in the SDK",
	"eks.OutpostConfigRequest.EtcdPlacement: only in the SDK",
	"eks.OutpostConfigResponse.EtcdInstanceType: only in the SDK",
	"eks.OutpostConfigResponse.EtcdPlacement: only in the SDK",
	"eks.Update.Cancellation: only in the SDK",
	"eks.UpdateClusterConfigRequest.KubeApiServerConfig: only in the SDK",
	"eks.UpdateClusterConfigRequest.KubeControllerManagerConfig: only in the SDK",
	"eks.UpdateClusterConfigRequest.KubeSchedulerConfig: only in the SDK",
	"eks.UpdateClusterVersionRequest.RollbackConfig: only in the SDK",
	"eks.VpcConfigRequest.ControlPlaneEgressMode: only in the SDK",
	"eks.VpcConfigResponse.ControlPlaneEgressMode: only in the SDK",
	"sts.AssumeRoleRequest.MinimumSessionTokenSize: only in the SDK",
	"sts.AssumeRoleResponse.SessionTokenSize: only in the SDK",
	"sts.AssumeRoleResponse.SessionTokenUtilization: only in the SDK",
	"tagging.ComplianceDetails.MissingTagKeys: only in the SDK",
}

// TestModelsApart keeps that list true.
func TestModelsApart(t *testing.T) {
	p := newProof(t)
	clients := sdkClients(p.url)
	var got []string
	for _, table := range p.sdkTables(t, clients) {
		seen := map[[2]reflect.Type]bool{}
		var apart []string
		for _, op := range table.Service.Operations {
			in, out := sdkTypes(t, clients[table.Name], op.Name)
			differ(op.Input, in, op.Name, seen, &apart)
			differ(op.Output, out, op.Name, seen, &apart)
		}
		for _, s := range apart {
			got = append(got, table.Name+"."+s)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(modelsApart, slices.Compact(got)); diff != "" {
		t.Errorf("members (-listed +found):\n%s", diff)
	}
}

// errorsOf are the codes that an action can end in: those of its table line,
// and those that its model declares.
func errorsOf(table *wire.Table, op wire.Operation) []string {
	codes := append(slices.Clone(table.Actions[op.Name].Codes), op.Errors...)
	slices.Sort(codes)
	return slices.Compact(codes)
}

// TestSDKErrors ends every action in each of its errors.
func TestSDKErrors(t *testing.T) {
	p := newProof(t)
	clients := sdkClients(p.url)
	real := realTables()
	for _, table := range p.sdkTables(t, clients) {
		for _, op := range table.Service.Operations {
			t.Run(table.Name+"."+op.Name, func(t *testing.T) {
				inType, _ := sdkTypes(t, clients[table.Name], op.Name)
				in := reflect.New(inType)
				fill(in.Elem(), op.Input, seeded(op.Name, 0), 0)
				for _, code := range append(errorsOf(real[table.Name], op), "SomethingElse") {
					message := fmt.Sprintf("no <%s> & more", code)
					p.expect(nil, &state.Error{Code: code, Message: message, Status: 400, Sender: true})
					_, err := sdkCall(t, oneAttempt(clients[table.Name]), op.Name, in)
					api, ok := errors.AsType[smithy.APIError](err)
					if !ok {
						t.Fatalf("%s: not an API error: %v", code, err)
					}
					if api.ErrorCode() != code || api.ErrorMessage() != message {
						t.Errorf("got %s %q, want %s %q", api.ErrorCode(), api.ErrorMessage(), code, message)
					}
				}
			})
		}
	}
}

// oneAttempt returns the client without retries: some codes are throttles, which
// the SDK would try again after a wait.
func oneAttempt(client any) any {
	switch c := client.(type) {
	case *sts.Client:
		return sts.New(c.Options(), func(o *sts.Options) { o.Retryer = sdk.NopRetryer{} })
	case *resourcegroupstaggingapi.Client:
		return resourcegroupstaggingapi.New(c.Options(), func(o *resourcegroupstaggingapi.Options) { o.Retryer = sdk.NopRetryer{} })
	case *elasticloadbalancingv2.Client:
		return elasticloadbalancingv2.New(c.Options(), func(o *elasticloadbalancingv2.Options) { o.Retryer = sdk.NopRetryer{} })
	case *eks.Client:
		return eks.New(c.Options(), func(o *eks.Options) { o.Retryer = sdk.NopRetryer{} })
	case *ec2.Client:
		return ec2.New(c.Options(), func(o *ec2.Options) { o.Retryer = sdk.NopRetryer{} })
	}
	panic(fmt.Sprintf("no client of type %T", client))
}

// TestUnknownActions calls actions that the lab lacks, with the SDK's own
// retries: one request each, refused by name.
func TestUnknownActions(t *testing.T) {
	p := newProof(t)
	cfg := sdkConfig(p.url)
	for name, call := range map[string]func(context.Context) error{
		"GetSessionToken": func(ctx context.Context) error {
			_, err := sts.NewFromConfig(cfg).GetSessionToken(ctx, &sts.GetSessionTokenInput{})
			return err
		},
		"GetTagKeys": func(ctx context.Context) error {
			_, err := resourcegroupstaggingapi.NewFromConfig(cfg).GetTagKeys(ctx, &resourcegroupstaggingapi.GetTagKeysInput{})
			return err
		},
		"DescribeRules": func(ctx context.Context) error {
			_, err := elasticloadbalancingv2.NewFromConfig(cfg).DescribeRules(ctx, &elasticloadbalancingv2.DescribeRulesInput{})
			return err
		},
		"ListAddons": func(ctx context.Context) error {
			_, err := eks.NewFromConfig(cfg).ListAddons(ctx, &eks.ListAddonsInput{ClusterName: sdk.String("a/b")})
			return err
		},
		"DescribeInstances": func(ctx context.Context) error {
			_, err := ec2.NewFromConfig(cfg).DescribeInstances(ctx, &ec2.DescribeInstancesInput{})
			return err
		},
	} {
		before := p.count()
		err := call(t.Context())
		api, ok := errors.AsType[smithy.APIError](err)
		if !ok || !strings.Contains(api.ErrorMessage(), name) || !slices.Contains([]string{"InvalidAction", "UnknownOperationException"}, api.ErrorCode()) {
			t.Errorf("%s: got %v", name, err)
		}
		if status, ok := errors.AsType[interface {
			error
			HTTPStatusCode() int
		}](err); !ok || status.HTTPStatusCode() != http.StatusBadRequest {
			t.Errorf("%s: not a 400: %v", name, err)
		}
		if n := p.count() - before; n != 1 {
			t.Errorf("%s: %d requests, want 1", name, n)
		}
	}
}
