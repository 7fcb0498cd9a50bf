package e2e

import (
	"context"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"postern/internal/awsapi"
	"postern/internal/fleet"
	"postern/internal/lab"
	"postern/internal/lab/faults"
	"postern/internal/lab/memnet"
	"postern/internal/lab/state"
	"postern/internal/plan"
)

// snapBench is a lab with the default world, and a cloud over it, in a bubble.
type snapBench struct {
	*testing.T
	lab   *lab.Lab
	store *state.Store
	http  *http.Transport
	ask   awsapi.SnapshotAsk

	scopes []state.Caller // accounts and regions with clusters
}

// inSnapBench runs a test over the default world as sync has left it, when
// every target is healthy.
func inSnapBench(t *testing.T, run func(*snapBench)) {
	scopes := []state.Caller{
		{Account: "222222222222", Region: "eu-west-1"}, {Account: "222222222222", Region: "us-east-1"}, {Account: "333333333333", Region: "eu-west-1"},
	}
	inSnapBenchOf(t, lab.DefaultWorld(), scopes, run)
}

// inSnapBenchOf is inSnapBench with another world, whose hub is in the default
// world's account and whose clusters are in scopes.
func inSnapBenchOf(t *testing.T, world *lab.World, scopes []state.Caller, run func(*snapBench)) {
	synctest.Test(t, func(t *testing.T) {
		network := &memnet.Network{}
		listener, err := network.Listen("tcp", "127.0.0.1:4566")
		if err != nil {
			t.Fatal(err)
		}
		l, err := lab.New(lab.Options{World: world, Seed: 1, Listener: listener, Consistent: true, Unthrottled: true,
			DNSListen: func(string) (net.PacketConn, net.Listener, error) { return nil, nil, nil }})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- l.Run(ctx) }()
		<-l.Ready()
		transport := &http.Transport{DialContext: network.DialContext}
		b := &snapBench{T: t, lab: l, store: l.Store(), http: transport, scopes: scopes}
		defer func() {
			transport.CloseIdleConnections()
			stop()
			if err := <-ended; err != nil {
				t.Errorf("lab: %v", err)
			}
		}()
		b.sync()
		time.Sleep(10 * time.Minute) // in the bubble: no time at all
		synctest.Wait()
		b.ask = b.settings()
		run(b)
	})
}

// settings is what the settings of the world come to.
func (b *snapBench) settings() awsapi.SnapshotAsk {
	ask := awsapi.SnapshotAsk{Hub: fleet.Hub{Account: "111111111111", Region: "us-east-1"}}
	regions := map[string]bool{"us-east-1": true}
	for _, s := range b.scopes {
		regions[s.Region] = true
		ask.Scopes = append(ask.Scopes, awsapi.ScopeConfig{
			Account: plan.AccountID(s.Account), Region: plan.Region(s.Region), RoleARN: "arn:aws:iam::" + s.Account + ":role/" + lab.SyncRole,
		})
	}
	for region := range regions {
		ask.Hubs = append(ask.Hubs, awsapi.ScopeConfig{Account: "111111111111", Region: plan.Region(region)})
	}
	vpcs, _, err := b.store.DescribeVpcs(state.Caller{Account: "111111111111", Region: "us-east-1"}, nil, nil, state.Page{})
	if err != nil {
		b.Fatal(err)
	}
	for _, v := range vpcs {
		if v.CIDR.String() == "10.100.0.0/16" {
			ask.Hub.VPCs = append(ask.Hub.VPCs, v.ID)
		}
	}
	return ask
}

// cloud is a process of its own.
func (b *snapBench) cloud(t http.RoundTripper) *awsapi.Cloud {
	return awsapi.New(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(b.lab.URL()), HTTPClient: &http.Client{Transport: t},
		Credentials: credentials.NewStaticCredentialsProvider("LABKEY111111111111", "lab", ""),
	}, awsapi.Options{})
}

// snapshot is what a process of its own sees.
func (b *snapBench) snapshot(change func(*awsapi.SnapshotAsk)) *fleet.Snapshot {
	return b.snapshotOver(b.Context(), b.http, change)
}

func (b *snapBench) snapshotOver(ctx context.Context, t http.RoundTripper, change func(*awsapi.SnapshotAsk)) *fleet.Snapshot {
	ask := b.ask
	if change != nil {
		change(&ask)
	}
	return b.cloud(t).Snapshot(ctx, ask)
}

func deep(a *awsapi.SnapshotAsk) { a.Deep = true }

func (b *snapBench) fault(text string) {
	b.Helper()
	f, err := faults.Parse(text)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := b.lab.AddFault(f); err != nil {
		b.Fatal(err)
	}
}

// sync registers every cluster's addresses.
func (b *snapBench) sync() {
	for _, c := range b.clusters() {
		group := b.group(c)
		var targets []state.Target
		for _, i := range b.interfaces(state.Caller{Account: c.Account, Region: c.Region}, "description", plan.ENIDescription(c.Name)) {
			targets = append(targets, state.Target{ID: i.Addr.String(), Port: plan.APIPort})
		}
		if err := b.store.RegisterTargets(state.Caller{Account: c.Account, Region: c.Region}, group.ARN, targets); err != nil {
			b.Fatal(err)
		}
	}
}
