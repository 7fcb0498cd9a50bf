# Most of what Postern's modules are made of, as one root: a hub VPC in one
# region, an endpoint VPC in another, and a link to a cluster of another account
# that is there already. TestTerraform applies it.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "cluster" {
  description = "Name of the cluster."
  type        = string
}

variable "spoke_access_key" {
  description = "Key of the cluster's account; the hub's is in the environment."
  type        = string
}

variable "spoke_secret_key" {
  description = "The secret that belongs to it."
  type        = string
}

provider "aws" {
  region      = "us-east-1"
  max_retries = 2

  default_tags {
    tags = { team = "platform" }
  }
}

provider "aws" {
  alias       = "endpoints"
  region      = "eu-west-1"
  max_retries = 2
}

provider "aws" {
  alias       = "spoke"
  region      = "eu-west-1"
  max_retries = 2
  access_key  = var.spoke_access_key
  secret_key  = var.spoke_secret_key

  default_tags {
    tags = { team = "payments" }
  }
}

data "aws_caller_identity" "hub" {}

data "aws_partition" "hub" {}

data "aws_region" "endpoints" {
  provider = aws.endpoints
}

data "aws_availability_zones" "endpoints" {
  provider = aws.endpoints
  state    = "available"
}

output "host" {
  description = "The cluster's host name, as the hub asks for it."
  value       = local.host
}

output "hub_vpc" {
  description = "The VPC that asks."
  value       = aws_vpc.hub.id
}

output "target_group" {
  description = "The link's target group."
  value       = aws_lb_target_group.this.arn
}

output "interfaces" {
  description = "How many interfaces the cluster's control plane has."
  value       = length(data.aws_network_interfaces.this.ids)
}
