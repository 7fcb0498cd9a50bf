# What is known of a cluster: by its name alone, or from facts. Nothing is
# looked up for a cluster with facts, so that it may be made in the same apply.

data "aws_region" "current" {
  provider = aws.cluster
}

data "aws_eks_cluster" "this" {
  for_each = { for key, c in var.clusters : key => coalesce(c.name, key) if c.facts == null }
  provider = aws.cluster

  name = each.value

  lifecycle {
    postcondition {
      condition     = self.vpc_config[0].endpoint_private_access
      error_message = "clusters: the endpoint of ${each.value} is public only, so that it has no private address to link. Turn on private access: aws eks update-cluster-config --name ${each.value} --resources-vpc-config endpointPrivateAccess=true"
    }
  }
}

locals {
  # AZ IDs where PrivateLink or EKS's control plane is not offered. Sources:
  # AWS PrivateLink guide, share your services; EKS user guide, network
  # requirements.
  not_offered = ["use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4", "cac1-az3"]

  # A load balancer takes an address in each zone and asks for 8 free ones; an
  # upgrade of the cluster needs 5. Sources: Network Load Balancers guide,
  # availability zones; EKS user guide, update a cluster.
  room = 8 + 5

  named_subnets = merge([for key in keys(data.aws_eks_cluster.this) : {
    for zone, id in var.clusters[key].subnet_ids : "${key}/${zone}" => { cluster = key, id = id, zone = zone }
  } if var.clusters[key].subnet_ids != null]...)
  own_subnets = merge([for key, c in data.aws_eks_cluster.this : {
    for id in c.vpc_config[0].subnet_ids : "${key}/${id}" => { cluster = key, id = id, zone = null }
  } if var.clusters[key].subnet_ids == null]...)
}

data "aws_subnet" "this" {
  for_each = merge(local.named_subnets, local.own_subnets)
  provider = aws.cluster

  id = each.value.id

  lifecycle {
    postcondition {
      condition     = each.value.zone == null || self.availability_zone_id == each.value.zone
      error_message = "clusters: subnet ${self.id} is in ${self.availability_zone_id}, and not in the zone that subnet_ids says (${each.key}). Put it under its own AZ ID."
    }
    postcondition {
      condition     = self.vpc_id == data.aws_eks_cluster.this[each.value.cluster].vpc_config[0].vpc_id
      error_message = "clusters: subnet ${self.id} (${each.key}) is not in the cluster's VPC. Name a subnet of ${data.aws_eks_cluster.this[each.value.cluster].vpc_config[0].vpc_id}."
    }
  }
}

locals {
  # The first subnet of each zone: a load balancer takes one a zone.
  found = { for key in keys(data.aws_eks_cluster.this) : key => {
    for zone, subnets in { for s in data.aws_subnet.this : s.availability_zone_id => {
      id   = s.id
      free = s.available_ip_address_count
    }... if contains([for k, w in merge(local.named_subnets, local.own_subnets) : w.id if w.cluster == key], s.id) } :
    zone => [for s in subnets : s if s.id == sort(subnets[*].id)[0]][0] if !contains(local.not_offered, zone)
  } }
}

# The choice of subnets, and the room in them, as they were when the link was
# made. Later plans see this and not what has changed since: a zone in use
# cannot be taken away, and the load balancer itself uses up room.
resource "terraform_data" "zones" {
  for_each = local.found

  input = each.value

  lifecycle {
    ignore_changes = [input]

    postcondition {
      condition     = length(self.input) >= 2
      error_message = "clusters: ${each.key} has subnets in fewer than two zones where PrivateLink is offered. Name subnets of its VPC in at least two by subnet_ids."
    }
    postcondition {
      condition     = alltrue([for zone in values(self.input) : zone.free >= local.room])
      error_message = "clusters: a subnet of ${each.key} has fewer than ${local.room} free addresses (8 for the load balancer, 5 for an upgrade of EKS): ${join(", ", [for zone in values(self.input) : "${zone.id} has ${zone.free}" if zone.free < local.room])}. Name roomier subnets of its VPC by subnet_ids."
    }
  }
}

locals {
  clusters = { for key, c in var.clusters : key => {
    name              = coalesce(c.name, key)
    host              = trimprefix(c.facts != null ? c.facts.endpoint : data.aws_eks_cluster.this[key].endpoint, "https://")
    vpc_id            = c.facts != null ? c.facts.vpc_id : data.aws_eks_cluster.this[key].vpc_config[0].vpc_id
    security_group_id = c.facts != null ? c.facts.security_group_id : data.aws_eks_cluster.this[key].vpc_config[0].cluster_security_group_id
    subnet_ids        = c.subnet_ids != null ? c.subnet_ids : { for zone, s in terraform_data.zones[key].input : zone => s.id }
    enforced          = c.enforce_inbound_rules
    addresses         = c.addresses
    health_check      = local.health_checks[c.health_check]
    protected         = coalesce(c.deletion_protection, var.deletion_protection)
  } }

  # Load balancers and target groups have 32 characters, EKS names up to 100.
  names = { for key, c in local.clusters : key => join("-", [
    var.name_prefix,
    trim(substr(lower(replace(c.name, "_", "-")), 0, 32 - length(var.name_prefix) - 10), "-"),
    substr(sha256(c.name), 0, 8),
  ]) }

  tags = { for key, c in local.clusters : key => merge(var.tags, {
    Name               = local.names[key]
    "postern:cluster"  = c.name
    "postern:managed"  = "true"
    "postern:endpoint" = c.host
  }) }
}
