package aws

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"postern/internal/lab/state"
	"postern/internal/lab/wire"
)

// networkID is an identifier of EC2's, whose first part says what it names.
var networkID = regexp.MustCompile(`^(vpce-svc|vpce|vpc|subnet|sgr|sg|rtb|eni|acl|pcx)-[0-9a-f]+$`)

// networkKind is the resource type of an identifier's first part.
var networkKind = map[string]string{
	"vpc": "vpc", "subnet": "subnet", "sg": "security-group", "sgr": "security-group-rule", "rtb": "route-table", "eni": "network-interface",
	"acl": "network-acl", "pcx": "vpc-peering-connection", "vpce": "vpc-endpoint", "vpce-svc": "vpc-endpoint-service",
}

// networkMade is the resource type that an action of EC2 makes.
var networkMade = map[string]string{
	"CreateVpc": "vpc", "CreateSubnet": "subnet", "CreateSecurityGroup": "security-group", "CreateRouteTable": "route-table", "CreateNetworkInterface": "network-interface",
	"CreateNetworkAcl": "network-acl", "CreateVpcPeeringConnection": "vpc-peering-connection", "CreateVpcEndpoint": "vpc-endpoint",
	"CreateVpcEndpointServiceConfiguration": "vpc-endpoint-service",
}

// resources returns the ARNs that a call is about, what it makes last; * alone
// for a call that is about none.
func resources(store *state.Store, c *wire.Call, in reflect.Value) []string {
	arn := func(service, format string, args ...any) string {
		return fmt.Sprintf("arn:aws:%s:%s:%s:", service, c.Caller.Region, c.Caller.Account) + fmt.Sprintf(format, args...)
	}
	var all []string
	under := func(member, service, format string) {
		for _, v := range texts(in, member) {
			if strings.HasPrefix(v, "arn:") {
				all = append(all, v)
			} else {
				all = append(all, arn(service, format, v))
			}
		}
	}
	switch c.Service {
	case "ec2":
		all = networkResources(c.Action, in, arn)
	case "elbv2":
		if !strings.HasPrefix(c.Action, "Describe") {
			for _, member := range []string{"LoadBalancerArn", "TargetGroupArn", "ListenerArn", "ResourceArns"} {
				under(member, "elasticloadbalancing", "%s")
			}
			if c.Action == "CreateTargetGroup" {
				under("Name", "elasticloadbalancing", "targetgroup/%s/*")
			} else if c.Action == "CreateLoadBalancer" {
				under("Name", "elasticloadbalancing", "loadbalancer/net/%s/*")
			}
		}
	case "eks":
		under("Name", "eks", "cluster/%s")
		under("ClusterName", "eks", "cluster/%s")
		under("ResourceArn", "eks", "%s")
	case "iam":
		all = entities(store, c, in)
	case "lambda":
		under("FunctionName", "lambda", "function:%s")
		under("Resource", "lambda", "%s")
	case "events":
		under("Rule", "events", "rule/%s")
		under("Name", "events", "rule/%s")
		under("ResourceARN", "events", "%s")
	case "scheduler":
		under("ResourceArn", "scheduler", "%s")
		if name := strings.Join(texts(in, "Name"), ""); strings.HasSuffix(c.Action, "Group") {
			under("Name", "scheduler", "schedule-group/%s")
		} else if name != "" {
			group := append(texts(in, "GroupName"), "default")[0]
			all = append(all, arn("scheduler", "schedule/%s/%s", group, name))
		}
	case "sns":
		under("TopicArn", "sns", "%s")
		under("ResourceArn", "sns", "%s")
		under("Name", "sns", "%s")
	case "logs":
		under("LogGroupName", "logs", "log-group:%s:log-stream:")
		under("ResourceArn", "logs", "%s")
		if c.Action == "DescribeLogGroups" {
			all = []string{arn("logs", "log-group:%s:log-stream:", strings.Join(texts(in, "LogGroupNamePrefix"), ""))}
		}
	case "cloudwatch":
		under("AlarmName", "cloudwatch", "alarm:%s")
		under("AlarmNames", "cloudwatch", "alarm:%s")
		under("ResourceARN", "cloudwatch", "%s")
	case "ssm":
		for _, member := range []string{"Name", "Names", "Path", "ResourceId"} {
			for _, v := range texts(in, member) {
				under := arn("ssm", "parameter/%s", strings.TrimPrefix(v, "/"))
				if strings.HasPrefix(v, "arn:") {
					under = v
				}
				all = append(all, under)
			}
		}
	case "route53":
		all = zones(c.Action, in)
	}
	if len(all) == 0 {
		return []string{"*"}
	}
	return all
}

// networkResources finds EC2's identifiers in the members of a request. What
// describes has no resources.
func networkResources(action string, in reflect.Value, arn func(service, format string, args ...any) string) []string {
	if strings.HasPrefix(action, "Describe") {
		return nil
	}
	var all []string
	for i := range in.NumField() {
		name := in.Type().Field(i).Name
		if name == "PeerVpcId" { // another account's, which decides for itself
			continue
		}
		for _, id := range texts(in, name) {
			if m := networkID.FindStringSubmatch(id); m != nil {
				all = append(all, arn("ec2", "%s/%s", networkKind[m[1]], id))
			}
		}
	}
	if kind := networkMade[action]; kind != "" {
		all = append(all, arn("ec2", "%s/*", kind))
	}
	return all
}

// entities returns the roles and policies of a call to IAM. Attaching a policy
// is an action on the role.
func entities(store *state.Store, c *wire.Call, in reflect.Value) []string {
	prefix := "arn:aws:iam::" + c.Caller.Account + ":"
	path := strings.Join(append(texts(in, "Path"), "/")[:1], "")
	if names := texts(in, "RoleName"); len(names) > 0 {
		name := names[0]
		if r, err := store.GetRole(state.Caller(c.Caller), name); err == nil {
			return []string{r.ARN}
		}
		return []string{prefix + "role" + path + name}
	}
	if names := texts(in, "PolicyName"); len(names) > 0 {
		return []string{prefix + "policy" + path + names[0]}
	}
	return texts(in, "PolicyArn")
}

// zones returns the hosted zones or the change of a call to Route 53, which are
// in no region.
func zones(action string, in reflect.Value) []string {
	var all []string
	for _, member := range []string{"HostedZoneId", "Id", "ResourceId"} {
		for _, id := range texts(in, member) {
			kind := "hostedzone/"
			if action == "GetChange" {
				kind = "change/"
			}
			all = append(all, "arn:aws:route53:::"+kind+id[strings.LastIndexByte(id, '/')+1:])
		}
	}
	return all
}
