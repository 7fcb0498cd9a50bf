package awsapi

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"

	"postern/internal/plan"
)

// Cluster returns what EKS says about a cluster. If EKS knows none of that
// name, the status is plan.ClusterGone and the error nil. A cluster that is
// still CREATING has no host yet.
func (s *Scope) Cluster(ctx context.Context, name string) (plan.Cluster, error) {
	p := purpose{verb: fmt.Sprintf("describe cluster %q in %s", name, s), action: "eks:DescribeCluster"}
	out, err := do(ctx, s, p, s.api.describeCluster, &eks.DescribeClusterInput{Name: aws.String(name)})
	if IsNotFound(err) {
		return plan.Cluster{Name: name, Status: plan.ClusterGone}, nil
	}
	if err != nil {
		return plan.Cluster{}, err
	}
	c, err := readCluster(name, out.Cluster)
	if err != nil {
		return plan.Cluster{}, badAnswer(p.verb, "%w", err)
	}
	return c, nil
}

// readCluster turns EKS's answer about the cluster called name into ours.
func readCluster(name string, in *ekstypes.Cluster) (plan.Cluster, error) {
	if in == nil {
		return plan.Cluster{}, fmt.Errorf("no cluster in it")
	}
	c := plan.Cluster{ARN: aws.ToString(in.Arn), Name: aws.ToString(in.Name), Status: plan.ClusterStatus(in.Status)}
	switch {
	case c.Name != name:
		return plan.Cluster{}, fmt.Errorf("it is about cluster %q", c.Name)
	case c.Status == "":
		return plan.Cluster{}, fmt.Errorf("no status")
	case !strings.HasPrefix(c.ARN, "arn:"):
		return plan.Cluster{}, fmt.Errorf("ARN %q", c.ARN)
	}
	if in.Endpoint != nil && *in.Endpoint != "" {
		host, err := endpointHost(*in.Endpoint)
		if err != nil {
			return plan.Cluster{}, err
		}
		c.Host = host
	}
	if in.CertificateAuthority != nil {
		ca, err := base64.StdEncoding.DecodeString(aws.ToString(in.CertificateAuthority.Data))
		if err != nil {
			return plan.Cluster{}, fmt.Errorf("certificate authority: %w", err)
		}
		c.CA = ca
	}
	if v := in.ResourcesVpcConfig; v != nil {
		c.VPC = aws.ToString(v.VpcId)
		c.SecurityGroup = aws.ToString(v.ClusterSecurityGroupId)
		c.Public, c.Private = v.EndpointPublicAccess, v.EndpointPrivateAccess
	}
	if n := in.KubernetesNetworkConfig; n != nil {
		c.IPv6 = n.IpFamily == ekstypes.IpFamilyIpv6
	}
	return c, nil
}

// endpointHost returns the lower-case host of an endpoint's URL. Only https on
// the usual port is a Kubernetes API that can stand behind a target group.
func endpointHost(endpoint string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", fmt.Errorf("endpoint %q is no URL", endpoint)
	}
	host := strings.ToLower(u.Hostname())
	_, notName := netip.ParseAddr(host)
	switch {
	case u.Scheme != "https", u.User != nil, u.Path != "" && u.Path != "/", u.RawQuery != "", u.Fragment != "", u.Opaque != "":
		return "", fmt.Errorf("endpoint %q is not https://HOST", endpoint)
	case u.Port() != "" && u.Port() != "443":
		return "", fmt.Errorf("endpoint %q is not on port 443", endpoint)
	case notName == nil, !isHostName(host):
		return "", fmt.Errorf("endpoint %q names no host", endpoint)
	}
	return host, nil
}

// isHostName reports whether s, in lower case, can be a DNS host name.
func isHostName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		for _, c := range label {
			if c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}
