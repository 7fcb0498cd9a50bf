# The empty VPC of one region that holds the hub's interface endpoints, and its
# peerings with the VPCs where the tools run. With use_hub_vpc nothing is made:
# the outputs say the same of the hub's own VPC.

data "aws_region" "endpoint" {
  provider = aws.endpoint
}

data "aws_region" "hub" {
  provider = aws.hub
}

data "aws_caller_identity" "hub" {
  provider = aws.hub
}

data "aws_vpc" "hub" {
  for_each = { for name, v in var.hub_vpcs : name => v.vpc_id if v.cidrs == null }
  provider = aws.hub

  id = each.value
}

locals {
  made   = var.use_hub_vpc == null
  peered = local.made && var.connectivity == "peering"

  hub_cidrs = { for name, v in var.hub_vpcs : name => v.cidrs != null ? v.cidrs : [
    for a in data.aws_vpc.hub[name].cidr_block_associations : a.cidr_block if a.state == "associated"
  ] }

  # Two prefixes overlap when the shorter of them holds both.
  overlaps = local.made ? flatten([for name, cidrs in local.hub_cidrs : [for c in cidrs : "${c} of ${name}" if(
    cidrsubnet("${split("/", var.cidr)[0]}/${min(split("/", var.cidr)[1], split("/", c)[1])}", 0, 0) ==
    cidrsubnet("${split("/", c)[0]}/${min(split("/", var.cidr)[1], split("/", c)[1])}", 0, 0)
  )]]) : []

  hub_routes = local.peered ? merge([for name, v in var.hub_vpcs : {
    for table, id in v.route_table_ids : "${name}/${table}" => { vpc = name, route_table_id = id }
  }]...) : {}
  endpoint_routes = local.peered ? merge([for name, cidrs in local.hub_cidrs : {
    for c in cidrs : "${name}/${c}" => { vpc = name, cidr = c }
  }]...) : {}
}

resource "aws_vpc" "this" {
  count    = local.made ? 1 : 0
  provider = aws.endpoint

  cidr_block = var.cidr
  tags       = merge(var.tags, { Name = var.name })

  lifecycle {
    precondition {
      condition     = length(local.overlaps) == 0
      error_message = "cidr ${coalesce(var.cidr, "-")} overlaps ${join(", ", local.overlaps)}, and such VPCs cannot be peered. Choose a CIDR that none of hub_vpcs has."
    }
    precondition {
      condition     = alltrue([for cidrs in values(local.hub_cidrs) : length(cidrs) > 0])
      error_message = "hub_vpcs: a VPC has no CIDR. Name them by cidrs."
    }
  }
}

resource "aws_subnet" "this" {
  for_each = var.subnets
  provider = aws.endpoint

  vpc_id               = aws_vpc.this[0].id
  availability_zone_id = each.key
  cidr_block           = each.value
  tags                 = merge(var.tags, { Name = "${var.name}-${each.key}" })
}

resource "aws_route_table" "this" {
  count    = local.made ? 1 : 0
  provider = aws.endpoint

  vpc_id = aws_vpc.this[0].id
  tags   = merge(var.tags, { Name = var.name })
}

resource "aws_route_table_association" "this" {
  for_each = var.subnets
  provider = aws.endpoint

  subnet_id      = aws_subnet.this[each.key].id
  route_table_id = aws_route_table.this[0].id
}

resource "aws_vpc_peering_connection" "this" {
  for_each = local.peered ? var.hub_vpcs : {}
  provider = aws.endpoint

  vpc_id        = aws_vpc.this[0].id
  peer_vpc_id   = each.value.vpc_id
  peer_owner_id = data.aws_caller_identity.hub.account_id
  peer_region   = data.aws_region.hub.name
  auto_accept   = false
  tags          = merge(var.tags, { Name = "${var.name} to ${each.key}" })
}

resource "aws_vpc_peering_connection_accepter" "this" {
  for_each = aws_vpc_peering_connection.this
  provider = aws.hub

  vpc_peering_connection_id = each.value.id
  auto_accept               = true
  tags                      = merge(var.tags, { Name = "${var.name} to ${each.key}" })
}

# The routes name the accepter, so that they wait until the peering is active.

resource "aws_route" "from_hub" {
  for_each = local.hub_routes
  provider = aws.hub

  route_table_id            = each.value.route_table_id
  destination_cidr_block    = var.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.this[each.value.vpc].id
}

resource "aws_route" "to_hub" {
  for_each = local.endpoint_routes
  provider = aws.endpoint

  route_table_id            = aws_route_table.this[0].id
  destination_cidr_block    = each.value.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.this[each.value.vpc].id
}
