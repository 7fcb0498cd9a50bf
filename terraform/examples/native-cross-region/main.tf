# The hub has no VPC in the cluster's region: its endpoint in us-east-1 leads to a
# service in eu-west-1 by native cross-region PrivateLink. The caller's role needs
# vpce:AllowMultiRegion, which many organisations' policies lack.

provider "aws" {
  alias  = "hub"
  region = var.hub_region

  assume_role {
    role_arn = "arn:aws:iam::${var.accounts.hub}:role/${var.deployer_role}"
  }
}

provider "aws" {
  alias  = "cluster"
  region = var.cluster_region

  assume_role {
    role_arn = "arn:aws:iam::${var.accounts.cluster}:role/${var.deployer_role}"
  }
}

module "endpoint_vpc" {
  source    = "../../modules/endpoint-vpc"
  providers = { aws.endpoint = aws.hub, aws.hub = aws.hub }

  hub_vpcs    = { tools = { vpc_id = var.hub_vpc_id } }
  use_hub_vpc = { name = "tools", subnet_ids = var.hub_subnet_ids }
}

module "links" {
  source    = "../../modules/cluster-link"
  providers = { aws.cluster = aws.cluster }

  clusters            = var.clusters
  client_cidrs        = module.endpoint_vpc.client_cidrs
  allowed_principals  = ["arn:aws:iam::${var.accounts.hub}:root"]
  supported_regions   = [var.hub_region]
  deletion_protection = var.deletion_protection
}

module "hub_endpoints" {
  source    = "../../modules/hub-endpoints"
  providers = { aws.endpoint = aws.hub, aws.hub = aws.hub }

  links        = module.links.links
  vpc          = module.endpoint_vpc.vpc
  hub_vpcs     = module.endpoint_vpc.hub_vpcs
  client_cidrs = module.endpoint_vpc.client_cidrs
}

module "sync" {
  source    = "../../modules/target-sync"
  providers = { aws.sync = aws.cluster }

  package   = var.package
  schedules = { all = { expect = length(var.clusters) } }
}

output "endpoints" {
  description = "What clients use: each cluster's own host."
  value       = module.hub_endpoints.endpoints
}
