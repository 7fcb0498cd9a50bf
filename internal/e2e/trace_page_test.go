package e2e

// troubleshooting is what docs/troubleshooting.md says before its table.
const troubleshooting = `# Troubleshooting a path

A client that cannot reach a cluster says "i/o timeout", whatever is wrong. ` + "`postern trace CLUSTER`" + ` says where:

    postern trace us-east-1/prod --config postern.yaml

It walks the path in the order in which a connection meets its parts, and names the first that is broken, with what it saw, why that breaks the path, and what
repairs it: the input of our Terraform module, and AWS commands that can be typed as they are, with the account whose credentials they need. It reads only. Give the
hub in the configuration file, or one half of the path is not looked at.

| hop | what it is |
|---|---|
| name | how the hub's hosts resolve the endpoint's name: the private zone, its association, its record |
| source | the host's subnet (` + "`--from`" + ` chooses it): its route to the endpoint, its network ACL |
| peering | what joins the hub VPC and the endpoint VPC |
| return | the endpoint's subnets: their route back to the host, their network ACL |
| endpoint | the interface endpoint: its state, its security groups |
| service | the endpoint service: who may connect, what was accepted, the zones that both sides have |
| balancer | the load balancer: its state, its listener, its security groups on either side |
| targets | the target group: what is registered, whose addresses those are, their health |
| admit | the cluster's security groups and network ACLs |
| cluster | the cluster: that it exists, that it is the one that the link was made for, its access |
| server | the API server, as probes see it: TCP, TLS against the cluster's own CA and name, /readyz, the token |

Where one cause shows at several hops, only the cause is called broken by itself: when a rule of the cluster's group is gone, all targets are unhealthy, and trace
names the rule. Probes are made where a proxy is set (HTTPS_PROXY, ALL_PROXY) or the cluster's name leads to the endpoint's addresses; ` + "`--live always`" + ` makes them
anywhere. Where nothing answers through a proxy, and the configuration shows nothing broken, the proxy may not lead to the hub: only ` + "`--live always`" + ` calls that broken.
Probes have as much time as reading has, ` + "`--timeout`" + `; those that it cuts off say nothing. Exit status 3 means broken or degraded, 1 that not all could be looked at and no probe got through; what could not is named, with the permission that is missing.

Where ` + "`hub.vpcIds`" + ` names several VPCs, the ways from all of them count, unless ` + "`--from`" + ` names a subnet; what one of the others lacks is said with its name.

**When sync is gone.** The load balancer goes on with what is registered, until EKS moves the control plane. Then ` + "`trace`" + ` finds the addresses stale (` + "`targets_stale`" + `) and prints the
` + "`aws elbv2 register-targets`" + ` lines that restore the link by hand.

**What trace cannot see**: the security groups and firewalls of the hosts themselves, what lies behind a transit gateway, a firewall's endpoint or a private NAT
gateway, what a prefix list holds, whether hosts are members of a security group that a rule names, the way from IPv6-only subnets. It says so
where the answer hangs on one of them; a probe from the host in question is the better answer.

The codes are explained in [the reference](reference/json.md#codes-of-a-path).

## What was broken, and what trace named

Every row is a test: one thing of a healthy path is broken in the lab by ordinary API calls, moves or faults, connections of a client are tried over the lab's
networks, and trace must name this hop, and no other first. Undone, the path must be healthy again. ` + "`go test ./internal/e2e -run TestTraceBreakages -v`" + ` runs
them all. Thirty of them are repaired by nothing but the lines that trace printed, typed into a shell with the AWS CLI (` + "`-run TestTraceRepairs -trace.repairs`" + `). This page is written from the table (` + "`go test ./internal/e2e -run TestTroubleshootingPage -update`" + `).

| what is broken | by | connections that get through | trace names |
|---|---|---|---|
`
