package state

import (
	"fmt"
	"strings"
	"time"
)

// A Trail is a record of CloudTrail about an API call that EventBridge is given:
// one of EKS's own, or one that changes a cluster.
type Trail struct {
	Account string
	Region  string
	Cluster string // name
	Source  string // aws.ec2, aws.eks
	At      time.Time
	Detail  map[string]any
}

// TrailOf returns the record that an event of the store leaves in CloudTrail,
// false if it leaves none that matters here. Only the calls are there that the
// documented event rules wait for: interfaces that EKS makes, and clusters that
// are made, updated and deleted. Source: CloudTrail user guide, record contents;
// EKS user guide, logging API calls.
func (s *Store) TrailOf(e Event) (Trail, bool) {
	defer s.enter()()
	p := s.places[placeKey{e.Account, e.Region}]
	if p == nil {
		return Trail{}, false
	}
	t := Trail{Account: e.Account, Region: e.Region, At: e.At}
	switch {
	case e.Kind == InterfaceChanged && e.Was == "":
		i, ok := p.interfaces.get(e.Subject)
		name, ours := strings.CutPrefix(i.Description, "Amazon EKS ")
		if !ok || !ours || i.Cluster == "" {
			return Trail{}, false
		}
		t.Cluster, t.Source = name, "aws.ec2"
		t.Detail = t.record("ec2.amazonaws.com", "CreateNetworkInterface", map[string]any{"description": i.Description, "subnetId": i.Subnet})
		t.Detail["sourceIPAddress"], t.Detail["userAgent"] = "eks.amazonaws.com", "eks.amazonaws.com"
		t.Detail["userIdentity"] = map[string]any{"type": "AssumedRole", "accountId": e.Account, "invokedBy": "eks.amazonaws.com"}
		t.Detail["responseElements"] = map[string]any{"networkInterface": map[string]any{
			"networkInterfaceId": i.ID, "subnetId": i.Subnet, "vpcId": i.VPC, "description": i.Description, "privateIpAddress": i.Addr.String(),
		}}
		return t, true
	case e.Kind == ClusterChanged:
		call := map[string]string{"CREATING": "CreateCluster", "DELETING": "DeleteCluster", "UPDATING": "UpdateClusterConfig"}[e.Now]
		if call == "" {
			return Trail{}, false
		}
		t.Cluster, t.Source = e.Subject[strings.LastIndexByte(e.Subject, '/')+1:], "aws.eks"
		if updates := p.updates.values(); call == "UpdateClusterConfig" && len(updates) > 0 {
			if u := updates[len(updates)-1]; u.Cluster == t.Cluster && strings.HasPrefix(u.Type, "Version") {
				call = "UpdateClusterVersion"
			}
		}
		t.Detail = t.record("eks.amazonaws.com", call, map[string]any{"name": t.Cluster})
		return t, true
	}
	return Trail{}, false
}

func (t Trail) record(source, name string, parameters map[string]any) map[string]any {
	return map[string]any{
		"eventVersion": "1.10", "eventTime": t.At.Format(time.RFC3339), "eventSource": source, "eventName": name, "awsRegion": t.Region, "eventType": "AwsApiCall",
		"sourceIPAddress": "127.0.0.1", "userAgent": "lab", "requestParameters": parameters, "recipientAccountId": t.Account, "managementEvent": true,
	}
}

// Name tells a record from others, for faults.
func (t Trail) Name() string {
	return fmt.Sprintf("%v/%d", t.Detail["eventName"], t.At.UnixNano())
}
