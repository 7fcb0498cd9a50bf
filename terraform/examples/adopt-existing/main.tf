# Clusters, load balancers and target groups that exist already, made by somebody
# else's Terraform or by hand. They are offered to the hub and filled, and nothing
# of theirs is changed. How far sync goes is said by `stage`.

provider "aws" {
  alias  = "hub"
  region = var.region

  assume_role {
    role_arn = "arn:aws:iam::${var.accounts.hub}:role/${var.deployer_role}"
  }
}

provider "aws" {
  alias  = "cluster"
  region = var.region

  assume_role {
    role_arn = "arn:aws:iam::${var.accounts.cluster}:role/${var.deployer_role}"
  }
}

data "aws_eks_cluster" "this" {
  for_each = var.links
  provider = aws.cluster

  name = each.value.cluster
}

data "aws_lb" "this" {
  for_each = var.links
  provider = aws.cluster

  arn = each.value.load_balancer_arn

  lifecycle {
    postcondition {
      condition     = self.internal && self.load_balancer_type == "network"
      error_message = "links: the load balancer of ${each.key} is not an internal network load balancer, and cannot be offered. Name another, or make one with cluster-link."
    }
    postcondition {
      condition     = self.vpc_id == data.aws_eks_cluster.this[each.key].vpc_config[0].vpc_id
      error_message = "links: the load balancer of ${each.key} is not in the cluster's own VPC. Sync would refuse its group: name another."
    }
  }
}

resource "aws_vpc_endpoint_service" "this" {
  for_each = var.links
  provider = aws.cluster

  network_load_balancer_arns = [each.value.load_balancer_arn]
  acceptance_required        = false
  allowed_principals         = ["arn:aws:iam::${var.accounts.hub}:root"]
  tags                       = { Name = "postern-${each.key}", "postern:cluster" = each.value.cluster }
}

module "endpoint_vpc" {
  source    = "../../modules/endpoint-vpc"
  providers = { aws.endpoint = aws.hub, aws.hub = aws.hub }

  cidr     = var.endpoint_vpc.cidr
  subnets  = var.endpoint_vpc.subnets
  hub_vpcs = { tools = var.hub_vpc }
}

module "hub_endpoints" {
  source    = "../../modules/hub-endpoints"
  providers = { aws.endpoint = aws.hub, aws.hub = aws.hub }

  links = { for key, l in var.links : key => {
    cluster       = l.cluster
    region        = var.region
    vpc_id        = data.aws_eks_cluster.this[key].vpc_config[0].vpc_id
    endpoint_host = trimprefix(data.aws_eks_cluster.this[key].endpoint, "https://")
    service_name  = aws_vpc_endpoint_service.this[key].service_name
    zone_ids      = l.zone_ids
  } }
  vpc          = module.endpoint_vpc.vpc
  hub_vpcs     = module.endpoint_vpc.hub_vpcs
  client_cidrs = module.endpoint_vpc.client_cidrs
}

# Each stage gives sync one right more. The groups' tags are their owners' to set:
# postern:cluster from the start, postern:managed = true for the last stage.
locals {
  settings = {
    observe  = { POSTERN_DRY_RUN = "true" }
    register = { POSTERN_REGISTER_ONLY = "true", POSTERN_MARKS = "memory" }
    manage   = {}
  }
}

module "sync" {
  source    = "../../modules/target-sync"
  providers = { aws.sync = aws.cluster }

  package                         = var.package
  schedules                       = { all = { expect = length(var.links) } }
  settings                        = local.settings[var.stage]
  register_only_target_group_arns = var.stage == "register" ? values(var.links)[*].target_group_arn : []
}

output "endpoints" {
  description = "What clients use: each cluster's own host."
  value       = module.hub_endpoints.endpoints
}

output "tag_commands" {
  description = "What the groups' owners run before the stage, if their Terraform does not set the tags."
  value = [for l in values(var.links) : join(" ", concat(
    ["aws elbv2 add-tags --region ${var.region} --resource-arns ${l.target_group_arn} --tags Key=postern:cluster,Value=${l.cluster}"],
    var.stage == "manage" ? ["Key=postern:managed,Value=true"] : [],
  ))]
}
