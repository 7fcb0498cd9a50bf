package state

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A TargetGroup is a set of targets that are checked and balanced alike.
type TargetGroup struct {
	ARN           string            `json:"arn"`
	Name          string            `json:"name"`
	Type          string            `json:"type"` // ip, instance, alb
	Protocol      string            `json:"protocol"`
	Port          int               `json:"port"`
	VPC           string            `json:"vpc"`
	IPAddressType string            `json:"ipAddressType"` // ipv4, ipv6
	HealthCheck   HealthCheck       `json:"healthCheck"`
	LoadBalancers []string          `json:"loadBalancers"` // ARNs of those whose listeners forward here
	Attributes    map[string]string `json:"attributes"`
	Tags          Tags              `json:"tags,omitempty"`
}

// A HealthCheck is how a group's targets are checked. Durations are AWS's,
// not yet divided by the speed.
type HealthCheck struct {
	Enabled   bool          `json:"enabled"` // always, for the target types of the lab
	Protocol  string        `json:"protocol"`
	Port      string        `json:"port"` // a number or traffic-port
	Path      string        `json:"path,omitempty"`
	Matcher   string        `json:"matcher,omitempty"`
	Interval  time.Duration `json:"interval"`
	Timeout   time.Duration `json:"timeout"`
	Healthy   int           `json:"healthy"`   // passes in a row until healthy
	Unhealthy int           `json:"unhealthy"` // failures in a row until unhealthy
}

// TargetGroupInput asks for a target group. Zero fields of HealthCheck mean
// AWS's defaults.
type TargetGroupInput struct {
	Name          string
	Type          string // default instance, as in AWS
	Protocol      string
	Port          int
	VPC           string
	IPAddressType string // default ipv4
	HealthCheck   HealthCheck
	NoHealthCheck bool // health checks off: for no target type of the lab
	Tags          Tags
}

// TargetGroupQuery says which groups to list: by load balancer, by ARNs, by
// names, or all.
type TargetGroupQuery struct {
	LoadBalancer string
	ARNs         []string
	Names        []string
	Page         Page
}

var networkProtocols = []string{"TCP", "TLS", "UDP", "TCP_UDP"}

// CreateTargetGroup makes a group, or returns the one of that name if it has
// the same settings. Source: ELB API reference, CreateTargetGroup.
func (s *Store) CreateTargetGroup(c Caller, in TargetGroupInput) (TargetGroup, error) {
	defer s.enter()()
	p := s.place(c)
	if in.Type == "" {
		in.Type = "instance"
	}
	if in.IPAddressType == "" {
		in.IPAddressType = "ipv4"
	}
	switch {
	case !balancingName.MatchString(in.Name):
		return TargetGroup{}, refuse("ValidationError", "Target group name '%s' is not valid: at most 32 letters, digits and hyphens, no hyphen at an end", in.Name)
	case !slices.Contains([]string{"ip", "instance", "alb"}, in.Type):
		return TargetGroup{}, refuse("ValidationError", "The target type '%s' is not supported by the lab", in.Type)
	case !slices.Contains(networkProtocols, in.Protocol) && in.Protocol != "HTTP" && in.Protocol != "HTTPS":
		return TargetGroup{}, refuse("ValidationError", "The protocol '%s' is not valid", in.Protocol)
	case in.Port < 1 || in.Port > 65535:
		return TargetGroup{}, refuse("ValidationError", "A port from 1 to 65535 must be specified")
	case in.NoHealthCheck:
		return TargetGroup{}, refuse("ValidationError", "Health checks must be enabled for target groups with target type '%s'", in.Type)
	case in.IPAddressType != "ipv4" && in.IPAddressType != "ipv6":
		return TargetGroup{}, refuse("ValidationError", "The IP address type '%s' is not valid", in.IPAddressType)
	}
	if _, ok := p.vpcs.get(in.VPC); !ok {
		return TargetGroup{}, refuse("ValidationError", "The VPC ID '%s' is not found", in.VPC)
	}
	if err := checkTags(in.Tags, "TooManyTags", "ValidationError"); err != nil {
		return TargetGroup{}, err
	}
	check, err := in.HealthCheck.complete(in.Protocol)
	if err != nil {
		return TargetGroup{}, err
	}
	if old := currents(p.targetGroups.under("name", in.Name)); len(old) > 0 {
		g := old[0]
		if g.Type == in.Type && g.Protocol == in.Protocol && g.Port == in.Port && g.VPC == in.VPC && g.IPAddressType == in.IPAddressType && g.HealthCheck == check {
			return g, nil
		}
		return TargetGroup{}, refuse("DuplicateTargetGroupName", "A target group with the same name '%s' exists, but with different settings", in.Name)
	}
	g := TargetGroup{
		ARN: p.arn("elasticloadbalancing", "targetgroup/"+in.Name+"/"+s.hex(16)), Name: in.Name, Type: in.Type, Protocol: in.Protocol, Port: in.Port,
		VPC: in.VPC, IPAddressType: in.IPAddressType, HealthCheck: check, Attributes: groupDefaults(in), Tags: in.Tags.orNone(),
	}
	s.groups[g.ARN] = &group{place: p, arn: g.ARN, live: map[targetKey]*target{}, health: newTable[TargetHealth](nil)}
	set(s, p.targetGroups, g.ARN, g)
	s.emit(p, Event{Kind: TargetGroupChanged, Subject: g.ARN, Of: g.VPC, Now: "available"})
	return g, nil
}

// complete fills in the defaults and checks the limits. Source: NLB user
// guide, target group health checks.
func (h HealthCheck) complete(protocol string) (HealthCheck, error) {
	h.Enabled = true
	if h.Protocol == "" {
		h.Protocol = "TCP"
		if strings.HasPrefix(protocol, "HTTP") {
			h.Protocol = "HTTP"
		}
	}
	if h.Port == "" {
		h.Port = "traffic-port"
	}
	if h.Interval == 0 {
		h.Interval = 30 * time.Second
	}
	if h.Timeout == 0 {
		h.Timeout = 10 * time.Second
		if h.Protocol == "HTTP" {
			h.Timeout = 6 * time.Second
		}
	}
	if h.Healthy == 0 {
		h.Healthy = 5
	}
	if h.Unhealthy == 0 {
		h.Unhealthy = 2
	}
	if h.Protocol == "TCP" {
		if h.Path != "" || h.Matcher != "" {
			return h, refuse("InvalidConfigurationRequest", "The health check path and matcher cannot be set for TCP health checks")
		}
	} else {
		if h.Path == "" {
			h.Path = "/"
		}
		if h.Matcher == "" {
			h.Matcher = "200-399"
		}
	}
	n, err := strconv.Atoi(h.Port)
	switch {
	case !slices.Contains([]string{"TCP", "HTTP", "HTTPS"}, h.Protocol):
		return h, refuse("ValidationError", "The health check protocol '%s' is not valid", h.Protocol)
	case h.Port != "traffic-port" && (err != nil || n < 1 || n > 65535):
		return h, refuse("ValidationError", "Health check port '%s' must be 'traffic-port' or in the range 1-65535", h.Port)
	case h.Interval < 5*time.Second || h.Interval > 300*time.Second:
		return h, refuse("ValidationError", "Health check interval must be between 5 and 300 seconds")
	case h.Timeout < 2*time.Second || h.Timeout > 120*time.Second:
		return h, refuse("ValidationError", "Health check timeout must be between 2 and 120 seconds")
	case h.Healthy < 2 || h.Healthy > 10 || h.Unhealthy < 2 || h.Unhealthy > 10:
		return h, refuse("ValidationError", "Health check thresholds must be between 2 and 10")
	}
	return h, nil
}

// groupDefaults are the attributes of a new group. Source: NLB user guide,
// edit target group attributes.
func groupDefaults(in TargetGroupInput) map[string]string {
	a := map[string]string{
		"deregistration_delay.timeout_seconds":                                           "300",
		"load_balancing.cross_zone.enabled":                                              "use_load_balancer_configuration",
		"stickiness.enabled":                                                             "false",
		"target_group_health.dns_failover.minimum_healthy_targets.count":                 "1",
		"target_group_health.dns_failover.minimum_healthy_targets.percentage":            "off",
		"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count":      "1",
		"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
	}
	if !slices.Contains(networkProtocols, in.Protocol) {
		a["stickiness.type"] = "lb_cookie"
		return a
	}
	a["deregistration_delay.connection_termination.enabled"] = "false"
	a["preserve_client_ip.enabled"] = strconv.FormatBool(in.Type != "ip" || in.Protocol == "UDP" || in.Protocol == "TCP_UDP")
	a["proxy_protocol_v2.enabled"] = "false"
	a["stickiness.type"] = "source_ip"
	a["target_health_state.unhealthy.connection_termination.enabled"] = "true"
	a["target_health_state.unhealthy.draining_interval_seconds"] = "0"
	return a
}

// DescribeTargetGroups lists groups in parts of up to 400.
func (s *Store) DescribeTargetGroups(c Caller, q TargetGroupQuery) (groups []TargetGroup, next string, err error) {
	defer s.enter()()
	p := s.place(c)
	arns := q.ARNs
	if q.LoadBalancer != "" {
		if _, ok := one(s, c, p.loadBalancers, q.LoadBalancer); !ok {
			return nil, "", noLoadBalancer(q.LoadBalancer)
		}
		listeners, _ := list(p.listeners.under("lb", q.LoadBalancer), 0, 0, reader[Listener](s, c, 0), nil)
		for _, l := range listeners {
			arns = append(slices.Clone(arns), l.Groups...)
		}
		slices.Sort(arns)
		arns = slices.Compact(arns)
	}
	for _, arn := range arns {
		g, ok := one(s, c, p.targetGroups, arn)
		if !ok {
			return nil, "", noTargetGroup(arn)
		}
		groups = append(groups, g)
	}
	read := reader[TargetGroup](s, c, 0)
	for _, name := range q.Names {
		found, _ := list(p.targetGroups.under("name", name), 0, 0, read, nil)
		if len(found) == 0 {
			return nil, "", noTargetGroup(":targetgroup/" + name)
		}
		groups = append(groups, found...)
	}
	if q.LoadBalancer != "" || len(q.ARNs)+len(q.Names) > 0 {
		return groups, "", nil
	}
	return balancingPage(p.targetGroups.all(), q.Page, read)
}

// DeleteTargetGroup removes a group that no listener uses; one that is not
// there is no error. Source: ELB API reference, DeleteTargetGroup.
func (s *Store) DeleteTargetGroup(c Caller, arn string) error {
	defer s.enter()()
	p := s.place(c)
	g, ok := p.targetGroups.get(arn)
	if !ok {
		return nil
	}
	if len(g.LoadBalancers) > 0 {
		return refuse("ResourceInUse", "Target group '%s' is currently in use by a listener or a rule", arn)
	}
	run := s.groups[arn]
	for _, t := range run.targets() {
		s.dropTarget(t)
	}
	drop(s, p.targetGroups, arn)
	s.at(s.now.Add(s.keep), func() { delete(s.groups, arn) })
	s.board.take(arn)
	s.emit(p, Event{Kind: TargetGroupChanged, Subject: arn, Of: g.VPC, Was: "available"})
	return nil
}

// ModifyTargetGroup changes the health check; zero fields stay as they are.
func (s *Store) ModifyTargetGroup(c Caller, arn string, check HealthCheck) (TargetGroup, error) {
	defer s.enter()()
	p := s.place(c)
	g, ok := p.targetGroups.get(arn)
	if !ok {
		return TargetGroup{}, noTargetGroup(arn)
	}
	h, old := check, g.HealthCheck
	if h.Protocol == "" {
		h.Protocol = old.Protocol
	}
	if h.Port == "" {
		h.Port = old.Port
	}
	if h.Interval == 0 {
		h.Interval = old.Interval
	}
	if h.Timeout == 0 {
		h.Timeout = old.Timeout
	}
	if h.Healthy == 0 {
		h.Healthy = old.Healthy
	}
	if h.Unhealthy == 0 {
		h.Unhealthy = old.Unhealthy
	}
	if h.Protocol != "TCP" {
		if h.Path == "" {
			h.Path = old.Path
		}
		if h.Matcher == "" {
			h.Matcher = old.Matcher
		}
	}
	h, err := h.complete(g.Protocol)
	if err != nil {
		return TargetGroup{}, err
	}
	g.HealthCheck = h
	set(s, p.targetGroups, arn, g)
	s.emit(p, Event{Kind: TargetGroupChanged, Subject: arn, Of: g.VPC, Was: "available", Now: "available", Extra: "health check"})
	return g, nil
}

// ModifyTargetGroupAttributes sets attributes and returns all of them.
func (s *Store) ModifyTargetGroupAttributes(c Caller, arn string, attributes map[string]string) (map[string]string, error) {
	defer s.enter()()
	p := s.place(c)
	g, ok := p.targetGroups.get(arn)
	if !ok {
		return nil, noTargetGroup(arn)
	}
	a, err := withAttributes(g.Attributes, attributes, "Target group")
	if err != nil {
		return nil, err
	}
	for name, value := range attributes {
		if as, ok := notCarried[name]; ok && value != as {
			return nil, refuse("InvalidConfigurationRequest", "The lab's load balancers have target group attribute '%s' as '%s' only, and not '%s'", name, as, value)
		}
	}
	if n, _ := strconv.Atoi(a["deregistration_delay.timeout_seconds"]); n > 3600 {
		return nil, refuse("ValidationError", "Target group attribute 'deregistration_delay.timeout_seconds' must be from 0 to 3600")
	}
	interval, _ := strconv.Atoi(a["target_health_state.unhealthy.draining_interval_seconds"])
	if interval > 360000 {
		return nil, refuse("ValidationError", "Target group attribute 'target_health_state.unhealthy.draining_interval_seconds' must be from 0 to 360000")
	}
	if interval > 0 && a["target_health_state.unhealthy.connection_termination.enabled"] == "true" {
		return nil, refuse("InvalidConfigurationRequest", "An unhealthy draining interval needs unhealthy connection termination to be off")
	}
	g.Attributes = a
	set(s, p.targetGroups, arn, g)
	s.emit(p, Event{Kind: TargetGroupChanged, Subject: arn, Of: g.VPC, Was: "available", Now: "available", Extra: "attributes"})
	return a, nil
}

// notCarried are the attributes that change what happens to connections and
// that the lab's load balancers do not follow, with the value by which they
// act: any other would be believed and have no effect.
var notCarried = map[string]string{
	"proxy_protocol_v2.enabled":  "false",
	"stickiness.enabled":         "false",
	"preserve_client_ip.enabled": "false",
	"target_group_health.dns_failover.minimum_healthy_targets.count":                 "1",
	"target_group_health.dns_failover.minimum_healthy_targets.percentage":            "off",
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count":      "1",
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}

// DescribeTargetGroupAttributes returns all attributes.
func (s *Store) DescribeTargetGroupAttributes(c Caller, arn string) (map[string]string, error) {
	defer s.enter()()
	g, ok := one(s, c, s.place(c).targetGroups, arn)
	if !ok {
		return nil, noTargetGroup(arn)
	}
	return g.Attributes, nil
}

// seconds reads an attribute that is a number of seconds.
func (g TargetGroup) seconds(attribute string) time.Duration {
	n, _ := strconv.Atoi(g.Attributes[attribute])
	return time.Duration(n) * time.Second
}

func noTargetGroup(arn string) error {
	if !strings.Contains(arn, ":targetgroup/") {
		return refuse("ValidationError", "'%s' is not a valid target group ARN", arn)
	}
	return refuse("TargetGroupNotFound", "One or more target groups not found")
}
