# A hub in us-east-1 reaches three clusters in two accounts and two regions, whose
# CIDRs overlap. Each region has an empty VPC with the endpoints, peered with the
# hub's. One of the clusters is made here, in the same apply as its link.

locals {
  hub_vpcs      = { tools = var.hub_vpc }
  regions_cidrs = { us-east-1 = "10.101.0.0/20", eu-west-1 = "10.102.0.0/20" }
}

module "endpoint_vpc_us" {
  source    = "../../modules/endpoint-vpc"
  providers = { aws.endpoint = aws.hub_us, aws.hub = aws.hub_us }

  cidr        = local.regions_cidrs["us-east-1"]
  subnets     = { use1-az1 = "10.101.0.0/24", use1-az2 = "10.101.1.0/24" }
  hub_vpcs    = local.hub_vpcs
  other_cidrs = { for region, cidr in local.regions_cidrs : region => cidr if region != "us-east-1" }
}

module "endpoint_vpc_eu" {
  source    = "../../modules/endpoint-vpc"
  providers = { aws.endpoint = aws.hub_eu, aws.hub = aws.hub_us }

  cidr        = local.regions_cidrs["eu-west-1"]
  subnets     = { euw1-az1 = "10.102.0.0/24", euw1-az2 = "10.102.1.0/24" }
  hub_vpcs    = local.hub_vpcs
  other_cidrs = { for region, cidr in local.regions_cidrs : region => cidr if region != "eu-west-1" }
}

# The clusters' side: a block for each account and region.

locals {
  allowed_principals = ["arn:aws:iam::${var.accounts.hub}:root"]
  client_cidrs       = module.endpoint_vpc_us.client_cidrs
}

module "links_a_us" {
  source    = "../../modules/cluster-link"
  providers = { aws.cluster = aws.a_us }

  clusters            = var.clusters.a_us
  client_cidrs        = local.client_cidrs
  allowed_principals  = local.allowed_principals
  deletion_protection = var.deletion_protection
}

module "links_b_eu" {
  source    = "../../modules/cluster-link"
  providers = { aws.cluster = aws.b_eu }

  clusters            = var.clusters.b_eu
  client_cidrs        = local.client_cidrs
  allowed_principals  = local.allowed_principals
  deletion_protection = var.deletion_protection
}

module "links_a_eu" {
  source    = "../../modules/cluster-link"
  providers = { aws.cluster = aws.a_eu }

  clusters            = { payments-eu = local.payments }
  client_cidrs        = local.client_cidrs
  allowed_principals  = local.allowed_principals
  deletion_protection = var.deletion_protection
}

# The hub's side: a block for each region.

module "hub_endpoints_us" {
  source    = "../../modules/hub-endpoints"
  providers = { aws.endpoint = aws.hub_us, aws.hub = aws.hub_us }

  links        = module.links_a_us.links
  vpc          = module.endpoint_vpc_us.vpc
  hub_vpcs     = module.endpoint_vpc_us.hub_vpcs
  client_cidrs = local.client_cidrs
}

module "hub_endpoints_eu" {
  source    = "../../modules/hub-endpoints"
  providers = { aws.endpoint = aws.hub_eu, aws.hub = aws.hub_us }

  links        = merge(module.links_a_eu.links, module.links_b_eu.links)
  vpc          = module.endpoint_vpc_eu.vpc
  hub_vpcs     = module.endpoint_vpc_eu.hub_vpcs
  client_cidrs = local.client_cidrs
}
