package state

import (
	"strings"
)

// ResourceTags returns the tags that the resource with an ARN has now, without
// lag, as policies see them; none for one that is not there.
func (s *Store) ResourceTags(arn string) Tags {
	defer s.enter()()
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 {
		return nil
	}
	service, account, rest := parts[2], parts[4], parts[5]
	if service == "iam" {
		return s.entityTags(account, arn, rest)
	}
	p := s.places[placeKey{account, parts[3]}]
	if p == nil {
		return nil
	}
	switch service {
	case "elasticloadbalancing":
		tags, err := balancingTags(s, Caller{}, p, arn)
		if err != nil {
			return nil
		}
		return tags
	case "ec2":
		_, id, _ := strings.Cut(rest, "/")
		return p.networkTags(id)
	}
	return p.ownTags(service, arn, rest)
}

func (s *Store) entityTags(account, arn, rest string) Tags {
	if strings.HasPrefix(rest, "role/") {
		r, _ := s.iam.roles.get(roleKey(account, rest[strings.LastIndexByte(rest, '/')+1:]))
		return r.Tags
	}
	p, _ := s.iam.policies.get(arn)
	return p.Tags
}

// networkTags returns the tags of what EC2 calls by an ID.
func (p *place) networkTags(id string) Tags {
	kind := id[:max(0, strings.LastIndexByte(id, '-'))]
	switch kind {
	case "vpc":
		v, _ := p.vpcs.get(id)
		return v.Tags
	case "subnet":
		v, _ := p.subnets.get(id)
		return v.Tags
	case "sg":
		v, _ := p.securityGroups.get(id)
		return v.Tags
	case "rtb":
		v, _ := p.routeTables.get(id)
		return v.Tags
	case "eni":
		v, _ := p.interfaces.get(id)
		return v.Tags
	case "acl":
		v, _ := p.networkACLs.get(id)
		return v.Tags
	case "pcx":
		v, _ := p.peerings.get(id)
		return v.Tags
	case "vpce":
		v, _ := p.endpoints.get(id)
		return v.Tags
	case "vpce-svc":
		v, _ := p.services.get(id)
		return v.Tags
	}
	return nil
}

// ownTags returns the tags of the resources of the other services.
func (p *place) ownTags(service, arn, rest string) Tags {
	_, name, _ := strings.Cut(rest, ":")
	_, path, _ := strings.Cut(rest, "/")
	switch service {
	case "eks":
		v, _ := p.clusters.get(path)
		return v.Tags
	case "lambda":
		v, _ := p.functions.get(name)
		return v.Tags
	case "events":
		v, _ := p.rules.get(path)
		return v.Tags
	case "scheduler":
		v, _ := p.scheduleGroups.get(path)
		return v.Tags
	case "logs":
		v, _ := p.logGroups.get(strings.TrimSuffix(name, ":log-stream:"))
		return v.Tags
	case "sns":
		v, _ := p.topics.get(arn)
		return v.Tags
	case "cloudwatch":
		v, _ := p.alarms.get(name)
		return v.Tags
	case "ssm":
		for _, key := range []string{"/" + path, path} {
			if v, ok := p.parameters.get(key); ok {
				return v.Tags
			}
		}
	}
	return nil
}
