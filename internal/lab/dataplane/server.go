package dataplane

import (
	"strings"

	"postern/internal/lab/fabric"
	"postern/internal/lab/state"
)

// cluster returns a cluster by its ARN, as it is now.
func (p *Plane) cluster(arn string) (state.Cluster, bool) {
	part := strings.SplitN(arn, ":", 6) // arn:aws:eks:REGION:ACCOUNT:cluster/NAME
	if len(part) < 6 {
		return state.Cluster{}, false
	}
	c, err := p.store.DescribeCluster(state.Caller{Account: part[4], Region: part[3]}, strings.TrimPrefix(part[5], "cluster/"))
	return c, err == nil
}

// serve takes a connection to a cluster's interface. One behind which no API
// server answers, yet or any more, is silent: the lab's choice, AWS does not
// say. Source for the rest: EKS user guide, cluster endpoint.
func (p *Plane) serve(i state.Interface, r *fabric.Request) {
	c, ok := p.cluster(i.Cluster)
	var server Server
	var why string
	switch {
	case !ok:
		why = because(HopServer, "%s belongs to a cluster that is gone", i.ID)
	case r.Local().Port() != 443:
		why = because(HopServer, "cluster %s answers on port 443 only, not on %d", c.Name, r.Local().Port())
	case !i.Serving:
		why = because(HopServer, "no API server of cluster %s answers behind %s", c.Name, i.ID)
	case !c.Private:
		why = because(HopServer, "cluster %s has no private endpoint", c.Name)
	case p.opts.Broken(i.Cluster, i.ZoneID):
		why = because(HopServer, "the API servers of cluster %s do not answer", c.Name)
	default:
		if server = p.opts.Servers(c); server == nil {
			why = because(HopServer, "cluster %s has no API server in the lab", c.Name)
		}
	}
	if why != "" {
		r.Drop(why)
		return
	}
	if conn, err := r.Accept(); err == nil { // else the client has gone
		server.ServeConn(conn, i)
	}
}
