package state

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Cluster is an EKS cluster.
type Cluster struct {
	ARN             string   `json:"arn"`
	Name            string   `json:"name"`
	Account         string   `json:"account"`
	Region          string   `json:"region"`
	ID              string   `json:"id"`     // 32 hexadecimal digits in its endpoint and its OIDC issuer: one incarnation
	Status          string   `json:"status"` // CREATING, ACTIVE, UPDATING, DELETING, FAILED
	Version         string   `json:"version"`
	PlatformVersion string   `json:"platformVersion"`
	Endpoint        string   `json:"endpoint,omitempty"` // URL; empty while CREATING
	CA              []byte   `json:"-"`                  // PEM; only from DescribeCluster, and empty while CREATING
	Role            string   `json:"role"`
	VPC             string   `json:"vpc"`
	Subnets         []string `json:"subnets"`
	SecurityGroups  []string `json:"securityGroups,omitempty"`
	// ClusterSecurityGroup is the group that EKS made for the cluster.
	ClusterSecurityGroup string   `json:"clusterSecurityGroup"`
	Public               bool     `json:"public"`
	Private              bool     `json:"private"`
	PublicCIDRs          []string `json:"publicCidrs,omitempty"`
	IPFamily             string   `json:"ipFamily"` // ipv4, ipv6
	ServiceCIDR          string   `json:"serviceCidr"`
	// AuthMode is where EKS looks for who may do what: CONFIG_MAP,
	// API_AND_CONFIG_MAP or API.
	AuthMode string `json:"authenticationMode"`
	// CreatorAdmin: who made the cluster is its administrator.
	CreatorAdmin bool      `json:"creatorAdmin"`
	Created      time.Time `json:"created"`
	Tags         Tags      `json:"tags,omitempty"`
}

// ClusterInput asks for a cluster.
type ClusterInput struct {
	Name           string
	Version        string // default DefaultVersion
	Role           string // default: a role eks-cluster of the account
	Subnets        []string
	SecurityGroups []string
	Public         *bool // default true, as in AWS
	Private        *bool // default false, as in AWS
	PublicCIDRs    []string
	IPFamily       string // default ipv4
	ServiceCIDR    string // default 172.20.0.0/16
	AuthMode       string // default CONFIG_MAP, as in AWS's API
	CreatorAdmin   *bool  // default true, as in AWS
	Tags           Tags
}

// DefaultVersion is the Kubernetes version of a cluster that names none.
const DefaultVersion = "1.34"

// eksAccount owns what control-plane interfaces are attached to. It stands for
// an account of AWS's own, which is never the caller's.
const eksAccount = "990000000000"

// A plane is the control plane of a cluster that is not gone.
type plane struct {
	interfaces []string // IDs, oldest first
	busy       bool     // a move or an update is under way
	authorities
}

// authModes are the authentication modes of a cluster. It can only move on in
// this order. Source: EKS user guide, change authentication mode; EKS API
// reference, CreateAccessConfigRequest.
var authModes = []string{"CONFIG_MAP", "API_AND_CONFIG_MAP", "API"}

var (
	clusterName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$`)
	version1    = regexp.MustCompile(`^1\.(\d{1,3})$`)
)

// CreateCluster makes a cluster: CREATING, later with its interfaces, then
// ACTIVE. Source: EKS API reference, CreateCluster; EKS user guide, network
// requirements.
func (s *Store) CreateCluster(c Caller, in ClusterInput) (Cluster, error) {
	defer s.enter()()
	return s.createCluster(s.place(c), in)
}

func (s *Store) createCluster(p *place, in ClusterInput) (Cluster, error) {
	if !clusterName.MatchString(in.Name) {
		return Cluster{}, refuse("InvalidParameterException", "Cluster name '%s' is not valid: it starts with a letter or digit and has at most 100 letters, digits, hyphens and underscores", in.Name)
	}
	if _, ok := p.clusters.get(in.Name); ok {
		return Cluster{}, refuseWith(409, "ResourceInUseException", "Cluster already exists with name: %s", in.Name)
	}
	cl := Cluster{
		ARN: p.arn("eks", "cluster/"+in.Name), Name: in.Name, Account: p.account, Region: p.region, ID: strings.ToUpper(s.hex(32)), Status: "CREATING",
		Version: or(in.Version, DefaultVersion), PlatformVersion: "eks.1", Role: or(in.Role, "arn:"+partition(p.region)+":iam::"+p.account+":role/eks-cluster"),
		Subnets: in.Subnets, SecurityGroups: in.SecurityGroups, Public: in.Public == nil || *in.Public, Private: in.Private != nil && *in.Private,
		PublicCIDRs: in.PublicCIDRs, IPFamily: or(in.IPFamily, "ipv4"), ServiceCIDR: or(in.ServiceCIDR, "172.20.0.0/16"), Created: s.stamp(), Tags: in.Tags.orNone(),
		AuthMode: or(in.AuthMode, authModes[0]), CreatorAdmin: in.CreatorAdmin == nil || *in.CreatorAdmin,
	}
	if cl.Public && len(cl.PublicCIDRs) == 0 {
		cl.PublicCIDRs = []string{"0.0.0.0/0"}
	}
	if !version1.MatchString(cl.Version) {
		return Cluster{}, refuse("InvalidParameterException", "unsupported Kubernetes version %s", cl.Version)
	}
	if cl.IPFamily != "ipv4" && cl.IPFamily != "ipv6" {
		return Cluster{}, refuse("InvalidParameterException", "unsupported ipFamily %s", cl.IPFamily)
	}
	if !slices.Contains(authModes, cl.AuthMode) {
		return Cluster{}, refuse("InvalidParameterException", "unsupported authenticationMode %s: it is one of %s", cl.AuthMode, strings.Join(authModes, ", "))
	}
	if err := checkAccess(cl); err != nil {
		return Cluster{}, err
	}
	subnets, err := s.clusterSubnets(p, cl.Subnets)
	if err != nil {
		return Cluster{}, err
	}
	cl.VPC = subnets[0].VPC
	if len(in.SecurityGroups) > 4 { // EKS quotas: control plane security groups per cluster
		return Cluster{}, refuse("InvalidParameterException", "at most 4 security groups can be given")
	}
	if err := p.checkSecurityGroups(in.SecurityGroups, cl.VPC, "InvalidParameterException"); err != nil {
		return Cluster{}, err
	}
	if err := checkTags(in.Tags, "InvalidParameterException", "InvalidParameterException"); err != nil {
		return Cluster{}, err
	}
	own := s.addSecurityGroup(p, SecurityGroupInput{
		VPC: cl.VPC, Name: "eks-cluster-sg-" + cl.Name + "-" + strconv.Itoa(int(s.rng.Uint32())),
		Description: "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.",
	})
	s.admitSelf(p, own) // EKS user guide, security group requirements
	cl.ClusterSecurityGroup = own.ID
	pl := &plane{busy: true}
	p.plane[cl.Name] = pl
	s.putCluster(p, cl, "")
	s.step(p, cl.Name, pl, clusterInterfacesAfter, func() {
		if _, err := s.addPlane(p, cl.Name, cl.Subnets, 2, false); err != nil {
			s.log.Warn("cluster without interfaces", "cluster", cl.ARN, "error", err)
		}
	})
	s.step(p, cl.Name, pl, clusterCreateTakes, func() {
		pl.busy = false
		cl, _ := p.clusters.get(cl.Name)
		if len(pl.interfaces) < 2 {
			cl.Status = "FAILED"
			s.putCluster(p, cl, "CREATING")
			return
		}
		cl.Status, cl.Endpoint = "ACTIVE", "https://"+cl.hostName()
		s.hosts[strings.ToLower(cl.hostName())] = host{place: p, cluster: cl.Name, arn: cl.ARN}
		s.putCluster(p, cl, "CREATING")
		for _, id := range pl.interfaces {
			s.serve(p, id, true)
		}
	})
	return cl, nil
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// hostName is the endpoint's host. IPv6 clusters have a dual-stack name.
// Source: EKS user guide, cluster endpoint access.
func (cl Cluster) hostName() string {
	if cl.IPFamily == "ipv6" {
		return cl.ID + ".eks-cluster." + cl.Region + ".api.aws"
	}
	suffix := ".eks.amazonaws.com"
	if partition(cl.Region) == "aws-cn" {
		suffix += ".cn"
	}
	return cl.ID + ".gr7." + cl.Region + suffix
}

// checkAccess applies the rules of endpoint access. Source: EKS user guide,
// cluster endpoint access; EKS quotas (40 CIDRs).
func checkAccess(cl Cluster) error {
	if !cl.Public && !cl.Private {
		return refuse("InvalidParameterException", "Private and public endpoint access cannot be false")
	}
	if len(cl.PublicCIDRs) > 40 {
		return refuse("InvalidParameterException", "at most 40 public access CIDRs can be given")
	}
	for _, x := range cl.PublicCIDRs {
		if _, err := netip.ParsePrefix(x); err != nil {
			return refuse("InvalidParameterException", "The following CIDRs are invalid in publicAccessCidrs: [%s]", x)
		}
	}
	return nil
}

// zonesWithoutEKS cannot hold control planes. Source: EKS user guide, network
// requirements.
var zonesWithoutEKS = []string{"use1-az3", "usw1-az2", "cac1-az3"}

// clusterSubnets checks subnets: known, of one VPC, in at least two zones that
// EKS serves, each with six free addresses.
func (s *Store) clusterSubnets(p *place, ids []string) ([]Subnet, error) {
	var subnets []Subnet
	for _, id := range ids {
		sub, ok := p.subnets.get(id)
		if !ok {
			return nil, refuse("InvalidParameterException", "The subnet ID '%s' does not exist", id)
		}
		if slices.Contains(zonesWithoutEKS, sub.ZoneID) {
			return nil, refuse("UnsupportedAvailabilityZoneException", "Cannot create cluster because %s, the targeted availability zone, does not currently have sufficient capacity to support the cluster", sub.Zone)
		}
		if s.freeIn(sub) < 6 {
			return nil, refuse("InvalidParameterException", "Subnet %s has fewer than 6 free IP addresses", id)
		}
		subnets = append(subnets, sub)
	}
	if len(subnets) == 0 || !slices.ContainsFunc(subnets, func(sub Subnet) bool { return sub.ZoneID != subnets[0].ZoneID }) {
		return nil, refuse("InvalidParameterException", "Subnets specified must be in at least two different AZs")
	}
	if slices.ContainsFunc(subnets, func(sub Subnet) bool { return sub.VPC != subnets[0].VPC }) {
		return nil, refuse("InvalidParameterException", "Subnets must all be in the same VPC")
	}
	return subnets, nil
}

// putCluster writes a cluster and says so.
func (s *Store) putCluster(p *place, cl Cluster, was string) {
	set(s, p.clusters, cl.Name, cl)
	s.emit(p, Event{Kind: ClusterChanged, Subject: cl.ARN, Of: cl.VPC, Was: was, Now: cl.Status, Extra: cl.ID})
}

// step has do run after a wait, unless the cluster is gone by then.
func (s *Store) step(p *place, name string, pl *plane, wait time.Duration, do func()) {
	s.after(wait, func() {
		if p.plane[name] == pl {
			do()
		}
	})
}

// DescribeCluster returns a cluster with its CA.
func (s *Store) DescribeCluster(c Caller, name string) (Cluster, error) {
	defer s.enter()()
	cl, ok := one(s, c, s.place(c).clusters, name)
	if !ok {
		return Cluster{}, noCluster(name)
	}
	if cl.Endpoint != "" {
		ca, err := s.trusted(s.place(c), cl)
		if err != nil {
			return Cluster{}, err
		}
		cl.CA = ca
	}
	return cl, nil
}

func noCluster(name string) error {
	return refuseWith(404, "ResourceNotFoundException", "No cluster found for name: %s.", name)
}

// ListClusters lists names in parts of up to 100.
func (s *Store) ListClusters(c Caller, page Page) (names []string, next string, err error) {
	defer s.enter()()
	if page.Max < 0 || page.Max > 100 {
		return nil, "", refuse("InvalidParameterException", "maxResults must be from 1 to 100")
	}
	if page.Max == 0 {
		page.Max = 100
	}
	after, ok := parseToken("eks", page.Token)
	if !ok {
		return nil, "", refuse("InvalidParameterException", "Invalid nextToken")
	}
	out, at := list(s.place(c).clusters.all(), after, page.Max, reader[Cluster](s, c, 0), nil)
	return each(out, func(cl Cluster) string { return cl.Name }), token("eks", at), nil
}

// DeleteCluster starts a cluster's removal: it stops serving at once, its
// interfaces go later. Not while something else is under way.
func (s *Store) DeleteCluster(c Caller, name string) (Cluster, error) {
	defer s.enter()()
	p := s.place(c)
	cl, ok := p.clusters.get(name)
	if !ok {
		return Cluster{}, noCluster(name)
	}
	if p.plane[name].busy {
		return Cluster{}, refuseWith(409, "ResourceInUseException", "Cluster %s is %s", name, cl.Status)
	}
	return s.deleteCluster(p, cl), nil
}

func (s *Store) deleteCluster(p *place, cl Cluster) Cluster {
	if cl.Status == "DELETING" {
		return cl
	}
	// A new plane voids whatever steps were under way.
	pl := &plane{interfaces: p.plane[cl.Name].interfaces, busy: true}
	p.plane[cl.Name] = pl
	s.dropHost(cl)
	was := cl.Status
	cl.Status = "DELETING"
	s.putCluster(p, cl, was)
	for _, id := range pl.interfaces {
		s.serve(p, id, false)
	}
	s.step(p, cl.Name, pl, clusterDeleteTakes, func() { s.endCluster(p, cl.Name) })
	return cl
}

// endCluster removes all that belongs to a cluster, at once.
func (s *Store) endCluster(p *place, name string) {
	cl, _ := p.clusters.get(name)
	s.dropHost(cl)
	for _, id := range slices.Clone(p.plane[name].interfaces) {
		s.dropPlane(p, name, id)
	}
	delete(p.plane, name)
	if g, ok := p.securityGroups.get(cl.ClusterSecurityGroup); ok {
		s.dropSecurityGroup(p, g)
	}
	drop(s, p.clusters, name)
	s.emit(p, Event{Kind: ClusterChanged, Subject: cl.ARN, Of: cl.VPC, Was: cl.Status, Extra: cl.ID})
}

// TagCluster is EKS's TagResource for clusters.
func (s *Store) TagCluster(c Caller, arn string, tags Tags) error {
	return s.retagCluster(c, arn, func(old Tags) Tags { return with(old, tags) })
}

// UntagCluster is EKS's UntagResource for clusters.
func (s *Store) UntagCluster(c Caller, arn string, keys []string) error {
	return s.retagCluster(c, arn, func(old Tags) Tags { return less(old, keys) })
}

func (s *Store) retagCluster(c Caller, arn string, change func(Tags) Tags) error {
	defer s.enter()()
	p := s.place(c)
	name := arn[strings.LastIndexByte(arn, '/')+1:]
	cl, ok := p.clusters.get(name)
	if !ok || cl.ARN != arn {
		return refuseWith(404, "NotFoundException", "The specified resource could not be found: %s", arn)
	}
	cl.Tags = change(cl.Tags)
	if err := checkTags(cl.Tags, "BadRequestException", "BadRequestException"); err != nil {
		return err
	}
	set(s, p.clusters, name, cl)
	s.emit(p, Event{Kind: TagsChanged, Subject: arn})
	return nil
}

// minor returns the minor number of a version 1.N.
func minor(version string) int {
	m := version1.FindStringSubmatch(version)
	if m == nil {
		return -1
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// uuid returns an identifier in the form of EKS's updates.
func (s *Store) uuid() string {
	h := s.hex(32)
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", h[:8], h[8:12], h[13:16], h[17:20], h[20:])
}
