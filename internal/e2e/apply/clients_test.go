package apply

import (
	"context"
	"net"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"postern/internal/lab/state"
)

// elb is a client of an account's administrator.
func (s *stack) elb(account, region string) *elb.Client {
	return elb.New(elb.Options{
		Region: region, BaseEndpoint: &s.url, Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(state.StaticKey(account), state.StaticSecret, "")),
	})
}

// resolverAt asks one name server.
func resolverAt(address string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
}

// part takes account/region/name apart.
func part(ref string) (account, region, name string) {
	account, rest, _ := strings.Cut(ref, "/")
	region, name, _ = strings.Cut(rest, "/")
	return account, region, name
}
