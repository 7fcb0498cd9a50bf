# One account, one region: the tools' VPC holds the endpoint itself, so that there
# is no VPC in between and nothing to peer.

provider "aws" {
  region = var.region
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

module "endpoint_vpc" {
  source    = "../../modules/endpoint-vpc"
  providers = { aws.endpoint = aws, aws.hub = aws }

  hub_vpcs    = { tools = { vpc_id = var.hub_vpc_id } }
  use_hub_vpc = { name = "tools", subnet_ids = var.hub_subnet_ids }
}

module "links" {
  source    = "../../modules/cluster-link"
  providers = { aws.cluster = aws }

  clusters            = { (var.cluster_name) = {} }
  client_cidrs        = module.endpoint_vpc.client_cidrs
  allowed_principals  = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
  deletion_protection = var.deletion_protection
}

module "hub_endpoints" {
  source    = "../../modules/hub-endpoints"
  providers = { aws.endpoint = aws, aws.hub = aws }

  links        = module.links.links
  vpc          = module.endpoint_vpc.vpc
  hub_vpcs     = module.endpoint_vpc.hub_vpcs
  client_cidrs = module.endpoint_vpc.client_cidrs
}

module "sync" {
  source    = "../../modules/target-sync"
  providers = { aws.sync = aws }

  package   = var.package
  schedules = { all = { expect = 1 } }
}

output "endpoints" {
  description = "What clients use: the cluster's own host."
  value       = module.hub_endpoints.endpoints
}

output "alarm_topic_arn" {
  description = "Subscribe to it."
  value       = module.sync.alarm_topic_arn
}
