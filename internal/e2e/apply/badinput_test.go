package apply

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"
)

// TestBadInput: what a plan can know is refused by a plan, with the variable's
// name and the repair, by what the provider really finds. What only an apply can
// know gets AWS's own error.
func TestBadInput(t *testing.T) {
	fullOnly(t)
	s := start(t, "testdata/bad-input.yaml")
	good := vars{
		"region":         "us-east-1",
		"cluster_name":   "good",
		"hub_vpc_id":     s.vpc("tools"),
		"hub_subnet_ids": s.subnets("tools"),
		"package":        s.function(),
	}
	hub := vars{
		"hub_account":     "111111111111",
		"cluster_account": "222222222222",
		"region":          "us-east-1",
		"links":           []string{},
		"hub_vpc":         vars{"vpc_id": s.vpc("tools"), "route_table_ids": vars{"main": s.mainTable("tools")}},
		"endpoint_vpc":    vars{"cidr": "10.101.0.0/20", "subnets": vars{"use1-az1": "10.101.0.0/24", "use1-az2": "10.101.1.0/24"}},
	}
	endpointVPC := func(block string) vars {
		return vars{"endpoint_vpc": vars{"cidr": block + ".0.0/20", "subnets": vars{"use1-az1": block + ".0.0/24", "use1-az2": block + ".1.0/24"}}}
	}
	for _, example := range []struct {
		name  string
		vars  vars
		cases map[string]vars // by what is to be said
	}{
		{"single-cluster", good, map[string]vars{
			"reading EKS Cluster (nowhere): couldn't find resource":                                  {"cluster_name": "nowhere"},
			"clusters: the endpoint of outside is public only":                                       {"cluster_name": "outside"},
			"clusters: a subnet of cramped has fewer than 13 free addresses":                         {"cluster_name": "cramped"},
			"use1-az2, use1-az4 and vpc has subnets in use1-az1, use1-az2: fewer than two in common": {"cluster_name": "apart"},
			"links: inside is in the cluster's own VPC here":                                         {"cluster_name": "inside"},
			"use_hub_vpc: name a subnet in at least two zones":                                       {"hub_subnet_ids": vars{"use1-az1": s.subnets("tools")["use1-az1"]}},
			`no matching EC2 VPC found with module.endpoint_vpc.data.aws_vpc.hub["tools"]`:           {"hub_vpc_id": "vpc-0123456789abcdef0"},
			"package: the file does not exist, or is not the one that sha256 pins":                   {"package": vars{"filename": s.zip, "sha256": strings.Repeat("0", 64), "architecture": s.arch}},
		}},
		{"separate-states/hub", hub, map[string]vars{
			"cidr 10.100.0.0/20 overlaps 10.100.0.0/16": endpointVPC("10.100"),
			"cidr 100.64.0.0/20 overlaps 100.64.0.0/16": endpointVPC("100.64"),
			"subnets: a subnet is not inside cidr":      {"endpoint_vpc": vars{"cidr": "10.101.0.0/20", "subnets": vars{"use1-az1": "10.101.0.0/24", "use1-az2": "10.102.1.0/24"}}},
			"/postern/links/prod-us":                    {"links": []string{"prod-us"}},
		}},
	} {
		r := s.root("examples/"+example.name, example.vars)
		for says, v := range example.cases {
			before := maps.Clone(r.vars)
			r.set(v)
			out, status := r.try("plan")
			if text := plain(out); status != 1 || !strings.Contains(text, says) {
				t.Errorf("%s with %v: status %d, want %q in\n%s", example.name, v, status, says, text)
			}
			r.set(before)
		}
	}

	// The quota of the VPC's endpoints counts those of others, too. What the
	// refused apply has not made is made by the next one.
	last := s.crowd("tools")
	r := s.root("examples/single-cluster", good)
	if out, status := r.try("apply", "-auto-approve"); status != 1 || !strings.Contains(out, "VpcEndpointLimitExceeded: The maximum number of interface endpoints has been reached") {
		t.Errorf("a VPC without room for an endpoint: status %d\n%s", status, plain(out))
	}
	if _, err := ec2.NewFromConfig(s.config("111111111111", "us-east-1")).DeleteVpcEndpoints(t.Context(), &ec2.DeleteVpcEndpointsInput{VpcEndpointIds: []string{last}}); err != nil {
		t.Fatal(err)
	}
	s.until("room for an endpoint", func() bool { return s.endpoints() < 50 })
	r.apply()
	s.filled("111111111111/us-east-1/good")
	s.wantReachable("111111111111/us-east-1/good")
}

// crowd makes as many endpoints in a VPC of the hub's as it may have, to the load
// balancer that the world has, and returns the last one.
func (s *stack) crowd(vpc string) (last string) {
	s.Helper()
	client := ec2.NewFromConfig(s.config("111111111111", "us-east-1"))
	offer := &ec2.CreateVpcEndpointServiceConfigurationInput{AcceptanceRequired: new(false)}
	for _, a := range s.state().World.Accounts {
		for _, b := range a.LoadBalancers {
			offer.NetworkLoadBalancerArns = append(offer.NetworkLoadBalancerArns, b.ARN)
		}
	}
	service, err := client.CreateVpcEndpointServiceConfiguration(s.Context(), offer)
	if err != nil {
		s.Fatal(err)
	}
	in := &ec2.CreateVpcEndpointInput{
		VpcEndpointType: "Interface", VpcId: new(s.vpc(vpc)), ServiceName: service.ServiceConfiguration.ServiceName, SubnetIds: []string{s.subnets(vpc)["use1-az2"]},
	}
	for {
		out, err := client.CreateVpcEndpoint(s.Context(), in)
		if api, ok := errors.AsType[smithy.APIError](err); ok && api.ErrorCode() == "VpcEndpointLimitExceeded" {
			return last
		}
		if err != nil {
			s.Fatal(err)
		}
		last = *out.VpcEndpoint.VpcEndpointId
	}
}

// endpoints counts those in the lab.
func (s *stack) endpoints() int {
	s.Helper()
	n := 0
	for _, a := range s.state().World.Accounts {
		n += len(a.Endpoints)
	}
	return n
}

// plain is what terraform says of its errors, on one line and without their frame.
func plain(out string) string {
	out = out[max(strings.Index(out, "Error: "), 0):]
	return strings.Join(strings.Fields(strings.NewReplacer("│", "", "╷", "", "╵", "").Replace(out)), " ")
}
