# The hub's side of the links of one region: an interface endpoint for each, and
# its name.

data "aws_caller_identity" "endpoint" {
  provider = aws.endpoint
}

data "aws_caller_identity" "hub" {
  provider = aws.hub
}

locals {
  # An endpoint's interface sends to the load balancer's node of its own zone, so
  # that only zones which both sides have are of use. A link of another region is
  # reached by native cross-region PrivateLink, where AWS finds the way itself.
  links = { for key, l in var.links : key => merge(l, {
    remote = l.region != var.vpc.region
    zones  = l.region != var.vpc.region ? sort(keys(var.vpc.subnet_ids)) : sort(setintersection(keys(var.vpc.subnet_ids), l.zone_ids))
  }) }

  # Native cross-region PrivateLink is not offered to endpoints in these. Source:
  # AWS PrivateLink guide, share your services, cross-region access.
  not_offered = ["use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4"]
}

resource "aws_security_group" "this" {
  provider = aws.endpoint

  name        = "${var.name_prefix}-endpoints"
  description = "Interface endpoints of Postern"
  vpc_id      = var.vpc.vpc_id
  tags        = merge(var.tags, { Name = "${var.name_prefix}-endpoints" })

  lifecycle {
    create_before_destroy = true # endpoints move to the new one, before the old one can go
  }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = toset(var.client_cidrs)
  provider = aws.endpoint

  security_group_id = aws_security_group.this.id
  description       = "Hosts of the hub"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_endpoint" "this" {
  for_each = local.links
  provider = aws.endpoint

  vpc_id              = var.vpc.vpc_id
  vpc_endpoint_type   = "Interface"
  service_name        = each.value.service_name
  service_region      = each.value.remote ? each.value.region : null
  subnet_ids          = [for zone in each.value.zones : var.vpc.subnet_ids[zone]]
  security_group_ids  = [aws_security_group.this.id]
  private_dns_enabled = false # a service cannot have EKS's name: the zones below do

  tags = merge(var.tags, {
    Name              = "${var.name_prefix}-${each.key}"
    "postern:cluster" = each.value.cluster
    }, contains(keys(var.single_zone_reasons), each.key) ? {
    "postern:single-zone" = var.single_zone_reasons[each.key]
  } : {})

  lifecycle {
    precondition {
      condition     = length(each.value.zones) >= 2 || (length(each.value.zones) == 1 && contains(keys(var.single_zone_reasons), each.key))
      error_message = "links: ${each.key} has its load balancer in ${join(", ", each.value.zone_ids)} and vpc has subnets in ${join(", ", keys(var.vpc.subnet_ids))}: fewer than two in common. Add a subnet of endpoint-vpc in one of its zones, or, with one in common, say why that is enough by single_zone_reasons."
    }
    precondition {
      condition     = !each.value.remote || contains(each.value.supported_regions, var.vpc.region)
      error_message = "links: ${each.key} is in ${each.value.region} and its service is not offered in ${var.vpc.region}. Add ${var.vpc.region} to supported_regions of its cluster-link, or use an endpoint VPC in ${each.value.region}."
    }
    precondition {
      condition     = !each.value.remote || length(setintersection(each.value.zones, local.not_offered)) == 0
      error_message = "vpc: native cross-region PrivateLink is not offered in ${join(", ", setintersection(each.value.zones, local.not_offered))}. Leave that zone's subnet out of subnet_ids."
    }
    precondition {
      condition     = !contains(concat([var.vpc.vpc_id], values(var.hub_vpcs)[*].vpc_id), each.value.vpc_id)
      error_message = "links: ${each.key} is in the cluster's own VPC here, where EKS's own private zone has its name already and no link is needed. Take it out of links, or that VPC out of hub_vpcs."
    }
  }
}
