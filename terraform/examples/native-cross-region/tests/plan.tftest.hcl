# With example.tfvars.

mock_provider "aws" {
  alias = "hub"

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111111111111" }
  }
  mock_data "aws_vpc" {
    defaults = { cidr_block_associations = [{ association_id = "a", cidr_block = "10.100.0.0/16", state = "associated" }] }
  }
  mock_data "aws_eks_cluster" {
    defaults = {
      endpoint   = "https://0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com"
      vpc_config = [{ vpc_id = "vpc-0cluster", subnet_ids = ["subnet-0a", "subnet-0b"], cluster_security_group_id = "sg-0cluster", endpoint_private_access = true }]
    }
  }
}

mock_provider "aws" {
  alias = "cluster"

  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "333333333333" }
  }
  mock_data "aws_vpc" {
    defaults = { cidr_block_associations = [{ association_id = "a", cidr_block = "10.100.0.0/16", state = "associated" }] }
  }
  mock_data "aws_eks_cluster" {
    defaults = {
      endpoint   = "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com"
      vpc_config = [{ vpc_id = "vpc-0cluster", subnet_ids = ["subnet-0a", "subnet-0b"], cluster_security_group_id = "sg-0cluster", endpoint_private_access = true }]
    }
  }
  override_data {
    target = module.links.data.aws_subnet.this["prod-eu/subnet-0a"]
    values = { id = "subnet-0a", availability_zone_id = "euw1-az1", vpc_id = "vpc-0cluster", available_ip_address_count = 200 }
  }
  override_data {
    target = module.links.data.aws_subnet.this["prod-eu/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "euw1-az2", vpc_id = "vpc-0cluster", available_ip_address_count = 200 }
  }
}

# The package is pinned in a bucket here, since no build has to come before.
variables {
  package = { s3_bucket = "example-artifacts", s3_key = "postern-sync.zip", sha256 = "0000000000000000000000000000000000000000000000000000000000000000" }
}

run "no_vpc_in_the_clusters_region" {
  command = plan

  assert {
    condition     = module.links.links["prod-eu"].supported_regions == tolist(["eu-west-1", "us-east-1"])
    error_message = "the service is offered in the hub's region"
  }
  assert {
    condition     = module.hub_endpoints.endpoints["prod-eu"].zone_ids == tolist(["use1-az1", "use1-az2"])
    error_message = "the endpoint is in the hub's zones"
  }
}

run "one_region_is_another_example" {
  command = plan

  variables {
    cluster_region = "us-east-1"
  }
  expect_failures = [var.cluster_region]
}
