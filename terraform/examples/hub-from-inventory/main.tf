# The hub's side of a fleet whose clusters' sides are made elsewhere: the links
# are what `postern inventory` found. A cluster more is a few lines more in
# links.auto.tfvars, and a pull request.

locals {
  hub_vpcs      = { tools = var.hub_vpc }
  regions_cidrs = { us-east-1 = "10.101.0.0/20", eu-west-1 = "10.102.0.0/20" }
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"

  assume_role {
    role_arn = "arn:aws:iam::${var.hub_account}:role/${var.deployer_role}"
  }
}

provider "aws" {
  alias  = "eu"
  region = "eu-west-1"

  assume_role {
    role_arn = "arn:aws:iam::${var.hub_account}:role/${var.deployer_role}"
  }
}

module "endpoint_vpc_us" {
  source    = "../../modules/endpoint-vpc"
  providers = { aws.endpoint = aws.us, aws.hub = aws.us }

  cidr        = local.regions_cidrs["us-east-1"]
  subnets     = { use1-az1 = "10.101.0.0/24", use1-az2 = "10.101.1.0/24" }
  hub_vpcs    = local.hub_vpcs
  other_cidrs = { for region, cidr in local.regions_cidrs : region => cidr if region != "us-east-1" }
}

module "endpoint_vpc_eu" {
  source    = "../../modules/endpoint-vpc"
  providers = { aws.endpoint = aws.eu, aws.hub = aws.us }

  cidr        = local.regions_cidrs["eu-west-1"]
  subnets     = { euw1-az1 = "10.102.0.0/24", euw1-az2 = "10.102.1.0/24" }
  hub_vpcs    = local.hub_vpcs
  other_cidrs = { for region, cidr in local.regions_cidrs : region => cidr if region != "eu-west-1" }
}

# A block for each region, with the links that are in it.

module "hub_endpoints_us" {
  source    = "../../modules/hub-endpoints"
  providers = { aws.endpoint = aws.us, aws.hub = aws.us }

  links        = { for key, l in var.links : key => l if l.region == "us-east-1" }
  vpc          = module.endpoint_vpc_us.vpc
  hub_vpcs     = module.endpoint_vpc_us.hub_vpcs
  client_cidrs = module.endpoint_vpc_us.client_cidrs
}

module "hub_endpoints_eu" {
  source    = "../../modules/hub-endpoints"
  providers = { aws.endpoint = aws.eu, aws.hub = aws.us }

  links        = { for key, l in var.links : key => l if l.region == "eu-west-1" }
  vpc          = module.endpoint_vpc_eu.vpc
  hub_vpcs     = module.endpoint_vpc_eu.hub_vpcs
  client_cidrs = module.endpoint_vpc_us.client_cidrs
}

output "endpoints" {
  description = "What clients use: each cluster's own host."
  value       = merge(module.hub_endpoints_us.endpoints, module.hub_endpoints_eu.endpoints)
}
