# The two valid pairs, and no other. Inbound rules enforced: the load balancer's
# group admits the hub's hosts, and the cluster's group admits that group. Not
# enforced: AWS matches PrivateLink traffic at the targets by the load
# balancer's addresses, so that the cluster's group admits exactly those.
# Source: Network Load Balancers guide, register targets, target security
# groups.

resource "aws_security_group" "this" {
  for_each = local.clusters
  provider = aws.cluster

  name        = local.names[each.key]
  description = "Load balancer of the Postern link to cluster ${each.value.name}"
  vpc_id      = each.value.vpc_id
  tags        = merge(var.tags, { Name = local.names[each.key], "postern:cluster" = each.value.name })
}

locals {
  clients = merge([for key, c in local.clusters : {
    for cidr in var.client_cidrs : "${key}/${cidr}" => { cluster = key, cidr = cidr }
  } if c.enforced]...)

  balancer_addresses = merge([for key, c in local.clusters : {
    for zone, address in c.addresses : "${key}/${zone}" => { cluster = key, address = address, zone = zone }
  } if !c.enforced]...)
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = local.clients
  provider = aws.cluster

  security_group_id = aws_security_group.this[each.value.cluster].id
  description       = "Hosts of the hub"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# Requests and health checks, to the cluster's network interfaces alone.
resource "aws_vpc_security_group_egress_rule" "cluster" {
  for_each = local.clusters
  provider = aws.cluster

  security_group_id            = aws_security_group.this[each.key].id
  description                  = "API servers of the cluster"
  referenced_security_group_id = each.value.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_ingress_rule" "from_group" {
  for_each = { for key, c in local.clusters : key => c if c.enforced }
  provider = aws.cluster

  security_group_id            = each.value.security_group_id
  description                  = "Load balancer of Postern"
  referenced_security_group_id = aws_security_group.this[each.key].id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  lifecycle {
    # A group that a rule names cannot be deleted: the rule goes first.
    replace_triggered_by = [aws_security_group.this[each.key].id]
  }
}

resource "aws_vpc_security_group_ingress_rule" "from_addresses" {
  for_each = local.balancer_addresses
  provider = aws.cluster

  security_group_id = local.clusters[each.value.cluster].security_group_id
  description       = "Load balancer of Postern in ${each.value.zone}"
  cidr_ipv4         = "${each.value.address}/32"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
