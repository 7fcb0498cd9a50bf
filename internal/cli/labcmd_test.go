package cli_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/rogpeppe/go-internal/testscript"

	"postern/internal/lab"
)

// patience is how long a script waits for what must come.
const patience = 20 * time.Second

// labCommands are the scripts' own commands about the lab that they started.
var labCommands = map[string]func(*testscript.TestScript, bool, []string){
	"status": status,
	"waitlab": func(ts *testscript.TestScript, neg bool, args []string) {
		pattern := filepath.Join(ts.Getenv("XDG_CACHE_HOME"), "postern", "lab-*.json")
		waitFor(ts, "a lab that announces itself", func() bool {
			files, _ := filepath.Glob(pattern)
			if len(files) != 1 {
				return false
			}
			text, err := os.ReadFile(files[0])
			var found struct{ URL string }
			if err != nil || json.Unmarshal(text, &found) != nil {
				return false
			}
			ts.Setenv(lab.EnvURL, found.URL)
			return true
		})
	},
	"waithealthy": func(ts *testscript.TestScript, neg bool, args []string) {
		waitFor(ts, "healthy targets", func() bool {
			s, err := client(ts).State(context.Background())
			ts.Check(err)
			return !slices.ContainsFunc(s.Clusters, func(c lab.ClusterState) bool {
				return slices.ContainsFunc(c.Groups, func(g lab.GroupState) bool {
					for _, t := range g.Targets {
						if t.State != "healthy" {
							return true
						}
					}
					return len(g.Targets) == 0
				})
			})
		})
	},
	"waitorphan": func(ts *testscript.TestScript, neg bool, args []string) {
		waitFor(ts, "link whose cluster is gone", func() bool {
			s, err := client(ts).State(context.Background())
			ts.Check(err)
			return len(s.Orphans) > 0
		})
	},
	"writes": writes(),
	"claim":  claim,
}

func waitFor(ts *testscript.TestScript, what string, there func() bool) {
	for end := time.Now().Add(patience); !there(); {
		if time.Now().After(end) {
			ts.Fatalf("no %s within %v", what, patience)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// finding keeps scripts that run side by side from finding each other's lab: the
// environment is the process's.
var finding sync.Mutex

func client(ts *testscript.TestScript) *lab.Client {
	finding.Lock()
	defer finding.Unlock()
	for _, key := range []string{"XDG_CACHE_HOME"} { // where Find looks for the token
		old, had := os.LookupEnv(key)
		ts.Check(os.Setenv(key, ts.Getenv(key)))
		defer func() {
			if had {
				os.Setenv(key, old)
			} else {
				os.Unsetenv(key)
			}
		}()
	}
	c, err := lab.Find(ts.Getenv)
	ts.Check(err)
	return c
}

// writes ACTION...: the successful writes since the last use are of exactly
// these actions; with !, there was none.
func writes() func(*testscript.TestScript, bool, []string) {
	var next sync.Map // from a lab's address to an int; scripts run side by side
	return func(ts *testscript.TestScript, neg bool, args []string) {
		key, after := ts.Getenv(lab.EnvURL), 0
		if n, ok := next.Load(key); ok {
			after = n.(int)
		}
		calls, n, err := client(ts).Calls(context.Background(), after)
		ts.Check(err)
		next.Store(key, n)
		var seen []string
		for _, c := range calls {
			reads := strings.HasPrefix(c.Action, "Describe") || strings.HasPrefix(c.Action, "List") || strings.HasPrefix(c.Action, "Get") || c.Action == "AssumeRole"
			if c.Code == "" && !reads && !slices.Contains(seen, c.Action) {
				seen = append(seen, c.Action)
			}
		}
		slices.Sort(seen)
		slices.Sort(args)
		if neg != (len(args) == 0) {
			ts.Fatalf("usage: writes ACTION..., or ! writes")
		}
		if !slices.Equal(seen, args) {
			ts.Fatalf("the writes were %v, want %v", seen, args)
		}
	}
}

// claim REF: makes a second load balancer that says it is the cluster's.
func claim(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: claim ACCOUNT/REGION/CLUSTER")
	}
	ctx := context.Background()
	s, err := client(ts).State(ctx)
	ts.Check(err)
	i := slices.IndexFunc(s.Clusters, func(c lab.ClusterState) bool { return c.Ref == args[0] })
	if i < 0 {
		ts.Fatalf("no cluster %s", args[0])
	}
	cl := s.Clusters[i]
	a := slices.IndexFunc(s.Accounts, func(a lab.Account) bool { return a.ID == cl.Account })
	api := elb.New(elb.Options{
		Region:       cl.Region,
		BaseEndpoint: aws.String(s.URL),
		Credentials:  credentials.NewStaticCredentialsProvider(s.Accounts[a].AccessKey, s.Accounts[a].SecretKey, ""),
	})
	lbs, err := api.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{})
	ts.Check(err)
	var subnets []string
	for _, lb := range lbs.LoadBalancers {
		if aws.ToString(lb.VpcId) == cl.VPC {
			for _, z := range lb.AvailabilityZones {
				subnets = append(subnets, aws.ToString(z.SubnetId))
			}
		}
	}
	tag := []types.Tag{{Key: aws.String("postern:cluster"), Value: aws.String(cl.Name)}}
	group, err := api.CreateTargetGroup(ctx, &elb.CreateTargetGroupInput{
		Name: aws.String("second"), TargetType: types.TargetTypeEnumIp, Protocol: types.ProtocolEnumTcp, Port: aws.Int32(443), VpcId: aws.String(cl.VPC),
	})
	ts.Check(err)
	made, err := api.CreateLoadBalancer(ctx, &elb.CreateLoadBalancerInput{
		Name: aws.String("second"), Type: types.LoadBalancerTypeEnumNetwork, Scheme: types.LoadBalancerSchemeEnumInternal, Subnets: subnets, Tags: tag,
	})
	ts.Check(err)
	_, err = api.CreateListener(ctx, &elb.CreateListenerInput{
		LoadBalancerArn: made.LoadBalancers[0].LoadBalancerArn, Protocol: types.ProtocolEnumTcp, Port: aws.Int32(443),
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumForward, TargetGroupArn: group.TargetGroups[0].TargetGroupArn}},
	})
	ts.Check(err)
}
