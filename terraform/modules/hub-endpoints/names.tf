# Each cluster's own host name, for the hub's VPCs: a private zone at exactly that
# name, so that no other cluster of the same region is hidden by it, and the
# endpoint at its apex.

locals {
  # Route 53 gives names back in lower case, and EKS has capitals in its own.
  zones = var.private_zones ? { for key, l in local.links : key => merge(l, { host = lower(l.endpoint_host) }) } : {}

  # The VPC that holds the endpoints is the zones' first, since it is always
  # there and always of the zones' account: hub_vpcs can change without a new
  # zone.
  associations = merge([for key in keys(local.zones) : {
    for name, v in var.hub_vpcs : "${key}/${name}" => { link = key, vpc_id = v.vpc_id, region = v.region } if name != var.vpc.hub_vpc
  }]...)

  other_account = data.aws_caller_identity.hub.account_id != data.aws_caller_identity.endpoint.account_id
}

resource "terraform_data" "vpc" {
  triggers_replace = var.vpc.vpc_id
}

resource "aws_route53_zone" "this" {
  for_each = local.zones
  provider = aws.endpoint

  name    = each.value.host
  comment = "Postern: cluster ${each.value.cluster} in ${each.value.region}"

  vpc {
    vpc_id     = var.vpc.vpc_id
    vpc_region = var.vpc.region
  }

  tags = merge(var.tags, { Name = "${var.name_prefix}-${each.key}", "postern:cluster" = each.value.cluster })

  lifecycle {
    ignore_changes       = [vpc] # the associations below are seen there too
    replace_triggered_by = [terraform_data.vpc]
  }
}

resource "aws_route53_record" "this" {
  for_each = local.zones
  provider = aws.endpoint

  zone_id = aws_route53_zone.this[each.key].zone_id
  name    = each.value.host
  type    = "A"

  alias {
    # The first name is the regional one: it leads to every zone's interface.
    name                   = aws_vpc_endpoint.this[each.key].dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.this[each.key].dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}

# A VPC of another account has to be authorised by the zone's account first. The
# reverse holds for a destroy, so that no authorisation outlives its use.

resource "aws_route53_vpc_association_authorization" "this" {
  for_each = local.other_account ? local.associations : {}
  provider = aws.endpoint

  zone_id    = aws_route53_zone.this[each.value.link].zone_id
  vpc_id     = each.value.vpc_id
  vpc_region = each.value.region
}

resource "aws_route53_zone_association" "this" {
  for_each = local.associations
  provider = aws.hub

  zone_id    = aws_route53_zone.this[each.value.link].zone_id
  vpc_id     = each.value.vpc_id
  vpc_region = each.value.region

  depends_on = [aws_route53_vpc_association_authorization.this]
}
