package state_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postern/internal/lab/state"
)

func hostOf(cl state.Cluster) string { return strings.TrimPrefix(cl.Endpoint, "https://") }

func TestClusterCreation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{Consistent: true})
		w.cluster("prod")
		at := func(d time.Duration, status string, interfaces, serving int) {
			t.Helper()
			time.Sleep(d)
			cl, err := w.DescribeCluster(caller, "prod")
			w.ok(err)
			if cl.Status != status || len(w.plane(caller, "prod")) != interfaces || len(w.serving("prod")) != serving {
				t.Fatalf("%s with %d interfaces, %d serving", cl.Status, len(w.plane(caller, "prod")), len(w.serving("prod")))
			}
		}
		at(0, "CREATING", 0, 0)
		at(5*time.Minute, "CREATING", 2, 0)
		at(5*time.Minute, "ACTIVE", 2, 2)

		for _, i := range w.plane(caller, "prod") {
			if i.RequesterManaged || !strings.HasSuffix(i.RequesterID, ":AmazonEKS") || i.Attachment.InstanceOwner == account || i.Owner != account || i.Status != "in-use" || i.Type != "interface" {
				t.Errorf("got %+v", i)
			}
		}
		_, err := w.UpdateClusterVersion(caller, "prod", "1.36")
		if code(err) != "InvalidParameterException" {
			t.Errorf("two versions at once: %v", err)
		}
		old := ids(w.plane(caller, "prod"))
		u, err := w.UpdateClusterVersion(caller, "prod", "1.35")
		w.ok(err)
		at(0, "UPDATING", 4, 2)
		if _, err := w.DeleteCluster(caller, "prod"); code(err) != "ResourceInUseException" {
			t.Errorf("deleted while updating: %v", err)
		}
		at(9*time.Minute, "ACTIVE", 2, 2)
		for _, i := range w.plane(caller, "prod") {
			if old[i.ID] {
				t.Errorf("%s is still there", i.ID)
			}
		}
		u, err = w.DescribeUpdate(caller, "prod", u.ID)
		w.ok(err)
		cl, err := w.DescribeCluster(caller, "prod")
		w.ok(err)
		if u.Status != "Successful" || cl.Version != "1.35" {
			t.Errorf("got %+v and %s", u, cl.Version)
		}
		_, err = w.DeleteCluster(caller, "prod")
		w.ok(err)
		at(0, "DELETING", 2, 0)
		time.Sleep(2 * time.Minute)
		if names, _, err := w.ListClusters(caller, state.Page{}); err != nil || len(names) != 0 {
			t.Errorf("got %v, %v", names, err)
		}
	})
}

func TestUpdateFailsWithoutAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{Consistent: true})
		_, small := w.network("10.9.0.0/16", 28) // eleven addresses a zone
		w.cluster("prod", small...)
		w.Settle()
		for _, s := range small {
			for {
				if _, err := w.CreateNetworkInterface(caller, state.InterfaceInput{Subnet: s}); err != nil {
					if code(err) != "InsufficientFreeAddressesInSubnet" {
						t.Fatal(err)
					}
					break
				}
			}
		}
		before := listed(w.plane(caller, "prod"))
		u, err := w.UpdateClusterVersion(caller, "prod", "1.35")
		w.ok(err)
		if u.Status != "Failed" || u.Error.Code != "IpNotAvailable" || !slices.Equal(before, listed(w.plane(caller, "prod"))) {
			t.Errorf("got %+v", u)
		}
		if cl, _ := w.DescribeCluster(caller, "prod"); cl.Status != "ACTIVE" || cl.Version != state.DefaultVersion {
			t.Errorf("got %+v", cl)
		}
	})
}

func TestUpdateClusterConfig(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{Consistent: true})
		w.cluster("prod", w.subnets[0], w.subnets[1])
		other, err := w.CreateSubnet(caller, state.SubnetInput{VPC: w.vpc, CIDR: netip.MustParsePrefix("10.0.64.0/24"), ZoneID: w.zones[0].ID})
		w.ok(err)
		w.Settle()
		g, _, _ := w.link("prod")
		w.register(g, w.serving("prod")...)
		w.Settle()
		for _, x := range []struct {
			in   state.ClusterConfig
			want string
		}{
			{state.ClusterConfig{}, "InvalidParameterException"},
			{state.ClusterConfig{Private: &yes}, "InvalidParameterException"},
			{state.ClusterConfig{Private: &no}, "InvalidParameterException"}, // both off
			{state.ClusterConfig{Public: &yes, Subnets: w.subnets}, "InvalidParameterException"},
			{state.ClusterConfig{Subnets: w.subnets}, "InvalidParameterException"}, // another zone
			{state.ClusterConfig{Public: &yes, PublicCIDRs: []string{"x"}}, "InvalidParameterException"},
			{state.ClusterConfig{Public: &yes, AuthMode: "API"}, "InvalidParameterException"},
			{state.ClusterConfig{AuthMode: "CONFIG_MAP"}, "InvalidParameterException"}, // as it is
			{state.ClusterConfig{AuthMode: "NONE"}, "InvalidParameterException"},
		} {
			if _, err := w.UpdateClusterConfig(caller, "prod", x.in); code(err) != x.want {
				t.Errorf("%+v: %v", x.in, err)
			}
		}
		_, err = w.UpdateClusterConfig(caller, "prod", state.ClusterConfig{Public: &yes, Private: &no})
		w.ok(err)
		time.Sleep(10 * time.Minute)
		if len(w.serving("prod")) != 0 || w.health(g)[0] != failing {
			t.Errorf("without private access: %v, %v", w.serving("prod"), w.health(g))
		}
		_, err = w.UpdateClusterConfig(caller, "prod", state.ClusterConfig{Private: &yes})
		w.ok(err)
		time.Sleep(10 * time.Minute)
		_, err = w.UpdateClusterConfig(caller, "prod", state.ClusterConfig{Subnets: []string{other.ID, w.subnets[1]}})
		w.ok(err)
		time.Sleep(10 * time.Minute)
		var in []string
		for _, i := range w.plane(caller, "prod") {
			in = append(in, i.Subnet)
		}
		if !slices.Contains(in, other.ID) || slices.Contains(in, w.subnets[0]) || len(in) != 2 {
			t.Errorf("interfaces in %v", in)
		}
	})
}

// TestAuthenticationMode: a cluster has the mode that it was asked for, and goes
// on to the next one, never back.
func TestAuthenticationMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{Consistent: true})
		made, err := w.CreateCluster(caller, state.ClusterInput{Name: "api", Subnets: w.subnets, AuthMode: "API", CreatorAdmin: &no})
		w.ok(err)
		if made.AuthMode != "API" || made.CreatorAdmin {
			t.Errorf("made with mode %s, its maker an administrator: %v", made.AuthMode, made.CreatorAdmin)
		}
		w.cluster("prod")
		w.Settle()
		for _, x := range []struct{ name, mode, want, then string }{
			{"api", "API_AND_CONFIG_MAP", "InvalidParameterException", "API"},
			{"prod", "API_AND_CONFIG_MAP", "", "API_AND_CONFIG_MAP"},
			{"prod", "CONFIG_MAP", "InvalidParameterException", "API_AND_CONFIG_MAP"},
			{"prod", "API", "", "API"},
		} {
			u, err := w.UpdateClusterConfig(caller, x.name, state.ClusterConfig{AuthMode: x.mode})
			if code(err) != x.want || err == nil && u.Type != "AccessConfigUpdate" {
				t.Errorf("%s to %s: %v, %+v", x.name, x.mode, err, u)
			}
			w.Settle()
			cl, err := w.DescribeCluster(caller, x.name)
			w.ok(err)
			if cl.AuthMode != x.then || cl.Status != "ACTIVE" {
				t.Errorf("%s after %s: %s, %s", x.name, x.mode, cl.AuthMode, cl.Status)
			}
		}
	})
}

func TestCreateClusterRefused(t *testing.T) {
	us := state.Caller{Account: account, Region: "us-east-1"}
	s := state.New(state.Options{})
	w := &world{Store: s, t: t}
	zones, err := s.DescribeAvailabilityZones(us, nil, []string{"use1-az1", "use1-az2", "use1-az3"}, nil)
	w.ok(err)
	v, err := s.CreateVpc(us, state.VPCInput{CIDR: netip.MustParsePrefix("10.0.0.0/16")})
	w.ok(err)
	subnets := map[string]string{}
	for i, z := range zones {
		sub, err := s.CreateSubnet(us, state.SubnetInput{VPC: v.ID, CIDR: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i), 0}), 24), Zone: z.Name})
		w.ok(err)
		subnets[z.ID] = sub.ID
	}
	good := []string{subnets["use1-az1"], subnets["use1-az2"]}
	for _, x := range []struct {
		name string
		in   state.ClusterInput
		want string
	}{
		{"good", state.ClusterInput{Name: "prod", Subnets: good}, ""},
		{"same name", state.ClusterInput{Name: "prod", Subnets: good}, "ResourceInUseException"},
		{"bad name", state.ClusterInput{Name: "-", Subnets: good}, "InvalidParameterException"},
		{"one zone", state.ClusterInput{Name: "a", Subnets: good[:1]}, "InvalidParameterException"},
		{"no subnet", state.ClusterInput{Name: "a"}, "InvalidParameterException"},
		{"unknown subnet", state.ClusterInput{Name: "a", Subnets: []string{"subnet-0", good[0]}}, "InvalidParameterException"},
		{"a zone without EKS", state.ClusterInput{Name: "a", Subnets: []string{good[0], subnets["use1-az3"]}}, "UnsupportedAvailabilityZoneException"},
		{"no access", state.ClusterInput{Name: "a", Subnets: good, Public: &no}, "InvalidParameterException"},
		{"bad version", state.ClusterInput{Name: "a", Subnets: good, Version: "latest"}, "InvalidParameterException"},
		{"bad authentication mode", state.ClusterInput{Name: "a", Subnets: good, AuthMode: "NONE"}, "InvalidParameterException"},
		{"bad tag", state.ClusterInput{Name: "a", Subnets: good, Tags: state.Tags{"aws:x": "y"}}, "InvalidParameterException"},
	} {
		if _, err := s.CreateCluster(us, x.in); code(err) != x.want {
			t.Errorf("%s: got %v, want %q", x.name, err, x.want)
		}
	}
}

func TestClusterCA(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var certs []string
		for _, seed := range []uint64{7, 7, 8} {
			w := newWorld(t, state.Options{Seed: seed})
			w.cluster("prod")
			w.Settle()
			cert, key, err := w.ClusterCA(account, region, "prod")
			w.ok(err)
			if _, err := tls.X509KeyPair(cert, key); err != nil {
				t.Fatal(err)
			}
			block, _ := pem.Decode(cert)
			ca, err := x509.ParseCertificate(block.Bytes)
			w.ok(err)
			if !ca.IsCA || ca.CheckSignatureFrom(ca) != nil {
				t.Errorf("not an authority: %+v", ca)
			}
			cl, err := w.DescribeCluster(caller, "prod")
			w.ok(err)
			if string(cl.CA) != string(cert) {
				t.Error("DescribeCluster has another CA")
			}
			certs = append(certs, string(cert))
		}
		if certs[0] != certs[1] || certs[0] == certs[2] {
			t.Error("the seed does not decide the CA")
		}
	})
}

// TestRotate: a successor is published first, then signs, then is alone; no
// other change of the cluster meanwhile, and no address changes.
func TestRotate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, state.Options{})
		w.cluster("prod")
		w.Settle()
		was := w.Serving(account, region, "prod")
		seen := func() (trusted int, signer string) {
			cl, err := w.DescribeCluster(caller, "prod")
			w.ok(err)
			roots := x509.NewCertPool()
			for rest := cl.CA; ; trusted++ {
				var block *pem.Block
				if block, rest = pem.Decode(rest); block == nil {
					break
				}
				ca, err := x509.ParseCertificate(block.Bytes)
				w.ok(err)
				roots.AddCert(ca)
			}
			cert, key, err := w.ClusterCA(account, region, "prod")
			w.ok(err)
			pair, err := tls.X509KeyPair(cert, key)
			w.ok(err)
			if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
				t.Errorf("clients do not trust what signs: %v", err)
			}
			return trusted, string(cert)
		}
		_, first := seen()
		moved, err := w.Move(state.Move{Account: account, Region: region, Cluster: "prod", Kind: state.MoveRotate})
		w.ok(err)
		if n, signer := seen(); n != 2 || signer != first {
			t.Errorf("at first %d are trusted, and the successor signs: %v", n, signer != first)
		}
		if _, err := w.UpdateClusterVersion(caller, "prod", "1.35"); code(err) != "ResourceInUseException" {
			t.Errorf("a version update at the same time: %v", err)
		}
		time.Sleep(time.Until(moved.Done) / 2)
		if n, signer := seen(); n != 2 || signer == first {
			t.Errorf("halfway %d are trusted, and the old one signs: %v", n, signer == first)
		}
		time.Sleep(time.Until(moved.Done))
		if n, signer := seen(); n != 1 || signer == first {
			t.Errorf("at the end %d are trusted, and the old one signs: %v", n, signer == first)
		}
		if now := w.Serving(account, region, "prod"); !slices.Equal(was, now) {
			t.Errorf("addresses changed from %v to %v", was, now)
		}
	})
}

func TestResolve(t *testing.T) {
	w := newWorld(t, state.Options{Speed: 10})
	hub, _ := w.network("10.100.0.0/16", 20)
	w.cluster("private")
	_, err := w.CreateCluster(caller, state.ClusterInput{Name: "both", Subnets: w.subnets, Private: &yes})
	w.ok(err)
	_, err = w.CreateCluster(caller, state.ClusterInput{Name: "public", Subnets: w.subnets})
	w.ok(err)
	w.Settle()
	name := func(cluster string) string {
		cl, err := w.DescribeCluster(caller, cluster)
		w.ok(err)
		return hostOf(cl)
	}
	all := netip.MustParsePrefix("10.0.0.0/16")
	for _, x := range []struct {
		view, cluster string
		private       bool
	}{
		{"", "private", true}, {hub, "private", true}, {w.vpc, "private", true},
		{"", "both", false}, {hub, "both", false}, {w.vpc, "both", true},
		{"", "public", false}, {w.vpc, "public", false},
	} {
		for _, spelling := range []string{name(x.cluster), strings.ToLower(name(x.cluster)) + "."} {
			a := w.Resolve(state.View{VPC: x.view}, spelling)
			if !a.Found || !a.Ours || len(a.Addrs) != 2 || a.TTL != 6*time.Second || all.Contains(a.Addrs[0]) != x.private || all.Contains(a.Addrs[1]) != x.private {
				t.Errorf("%s in %q: %+v", x.cluster, x.view, a)
			}
		}
	}
	w.ok(w.ModifyVpcAttribute(caller, w.vpc, nil, &no))
	if a := w.Resolve(state.View{VPC: w.vpc}, name("both")); all.Contains(a.Addrs[0]) {
		t.Errorf("without DNS host names: %+v", a)
	}
	for text, ours := range map[string]bool{"nothing.gr7.eu-west-1.eks.amazonaws.com": true, "example.com": false, "xamazonaws.com": false, "": false} {
		if a := w.Resolve(state.View{}, text); a.Found || a.Ours != ours {
			t.Errorf("%q: %+v", text, a)
		}
	}
	lb := w.balancer("web", w.subnets...)
	if a := w.Resolve(state.View{}, lb.DNSName); len(a.Addrs) != 3 || a.Cluster != "" {
		t.Errorf("load balancer: %+v", a)
	}
}
