package awsapi

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/plan"
)

func (f *fakeAWS) access() *Access {
	return f.cloud(Options{MaxAttempts: 1}).Access(ScopeConfig{Account: account, Region: region})
}

// TestEndpoints: all pages are listed, also after an empty one, and of the names
// of an endpoint the one that is for all its zones.
func TestEndpoints(t *testing.T) {
	const (
		zonal = `<item><dnsName>vpce-1-abcd-us-east-1a.vpce-svc-1.us-east-1.vpce.amazonaws.com</dnsName></item>`
		whole = `<item><dnsName>vpce-1-abcd.vpce-svc-1.us-east-1.vpce.amazonaws.com</dnsName></item>`
		own   = `<item><dnsName>a.example.org</dnsName></item>`
	)
	f := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
		if r.action != "DescribeVpcEndpoints" || r.form.Get("Filter.1.Name") != "vpc-endpoint-type" || r.form.Get("Filter.1.Value.1") != "Interface" {
			return refusal(r, "InvalidParameter", r.form.Encode())
		}
		switch r.form.Get("NextToken") {
		case "":
			return 200, `<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>vpce-2</vpcEndpointId><serviceName>svc-2</serviceName><state>pendingAcceptance</state></item></vpcEndpointSet><nextToken>2</nextToken></DescribeVpcEndpointsResponse>`, nil
		case "2":
			return 200, `<DescribeVpcEndpointsResponse><vpcEndpointSet/><nextToken>3</nextToken></DescribeVpcEndpointsResponse>`, nil
		}
		return 200, `<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId><serviceName>svc-1</serviceName><state>available</state><dnsEntrySet>` + zonal + own + whole + `</dnsEntrySet></item></vpcEndpointSet></DescribeVpcEndpointsResponse>`, nil
	}}
	got, err := f.access().Endpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []Endpoint{
		{ID: "vpce-1", Service: "svc-1", State: "available", Host: "vpce-1-abcd.vpce-svc-1.us-east-1.vpce.amazonaws.com"},
		{ID: "vpce-2", Service: "svc-2", State: "pendingAcceptance"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestServiceNames: by load balancer, from all pages.
func TestServiceNames(t *testing.T) {
	page := func(name, next string) string {
		return `<DescribeVpcEndpointServiceConfigurationsResponse><serviceConfigurationSet><item><serviceId>vpce-svc-1</serviceId><serviceName>` + name +
			`</serviceName><networkLoadBalancerArnSet><item>lb-1</item><item>lb-` + name + `</item></networkLoadBalancerArnSet></item></serviceConfigurationSet>` + next + `</DescribeVpcEndpointServiceConfigurationsResponse>`
	}
	f := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
		if r.form.Get("NextToken") == "" {
			return 200, page("b", "<nextToken>2</nextToken>"), nil
		}
		return 200, page("a", ""), nil
	}}
	got, err := f.access().ServiceNames(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"lb-1": {"a", "b"}, "lb-a": {"a"}, "lb-b": {"b"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAccessRefused: a listing is whole or an error, which says the action that
// is missing; and an answer that cannot be right is none.
func TestAccessRefused(t *testing.T) {
	ctx := t.Context()
	denied := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
		return refusal(r, "UnauthorizedOperation", "You are not authorized")
	}}
	_, err := denied.access().Endpoints(ctx)
	wantFault(t, err, plan.AccessDenied, "list interface endpoints in "+account, "ec2:DescribeVpcEndpoints")
	_, err = denied.access().ServiceNames(ctx)
	wantFault(t, err, plan.AccessDenied, "list endpoint services in "+account, "ec2:DescribeVpcEndpointServiceConfigurations")

	wrong := &fakeAWS{handle: func(_ context.Context, r request) (int, string, error) {
		if r.action == "DescribeVpcEndpoints" {
			return 200, `<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId><dnsEntrySet><item><dnsName>vpce-1-a@b/c</dnsName></item></dnsEntrySet></item></vpcEndpointSet></DescribeVpcEndpointsResponse>`, nil
		}
		return 200, `<DescribeVpcEndpointServiceConfigurationsResponse><serviceConfigurationSet><item><serviceId>vpce-svc-1</serviceId></item></serviceConfigurationSet></DescribeVpcEndpointServiceConfigurationsResponse>`, nil
	}}
	_, err = wrong.access().Endpoints(ctx)
	wantFault(t, err, plan.AWSAnswer, `name "vpce-1-a@b/c"`)
	_, err = wrong.access().ServiceNames(ctx)
	wantFault(t, err, plan.AWSAnswer, `service "vpce-svc-1" without a name`)
}
