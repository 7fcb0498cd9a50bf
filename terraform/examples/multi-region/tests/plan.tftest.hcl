# With example.tfvars.

mock_provider "aws" {
  alias = "hub_us"

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
  alias = "hub_eu"

  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
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
      endpoint   = "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com"
      vpc_config = [{ vpc_id = "vpc-0cluster", subnet_ids = ["subnet-0a", "subnet-0b"], cluster_security_group_id = "sg-0cluster", endpoint_private_access = true }]
    }
  }
}

mock_provider "aws" {
  alias = "a_us"

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "222222222222" }
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
  override_data {
    target = module.links_a_us.data.aws_subnet.this["prod-us/subnet-0a"]
    values = { id = "subnet-0a", availability_zone_id = "use1-az1", vpc_id = "vpc-0cluster", available_ip_address_count = 200 }
  }
  override_data {
    target = module.links_a_us.data.aws_subnet.this["prod-us/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az2", vpc_id = "vpc-0cluster", available_ip_address_count = 200 }
  }
  override_data {
    target = module.links_a_us.data.aws_subnet.this["more-us/subnet-0a"]
    values = { id = "subnet-0a", availability_zone_id = "use1-az1", vpc_id = "vpc-0cluster", available_ip_address_count = 200 }
  }
  override_data {
    target = module.links_a_us.data.aws_subnet.this["more-us/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az2", vpc_id = "vpc-0cluster", available_ip_address_count = 200 }
  }
}

mock_provider "aws" {
  alias = "a_eu"

  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "222222222222" }
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
}

mock_provider "aws" {
  alias = "b_eu"

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
    target = module.links_b_eu.data.aws_subnet.this["prod-eu/subnet-0a"]
    values = { id = "subnet-0a", availability_zone_id = "euw1-az1", vpc_id = "vpc-0cluster", available_ip_address_count = 200 }
  }
  override_data {
    target = module.links_b_eu.data.aws_subnet.this["prod-eu/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "euw1-az2", vpc_id = "vpc-0cluster", available_ip_address_count = 200 }
  }
}

# The package is pinned in a bucket here, since no build has to come before.
variables {
  package = { s3_bucket = "example-artifacts", s3_key = "postern-sync.zip", sha256 = "0000000000000000000000000000000000000000000000000000000000000000" }
}

run "one_apply" {
  command = plan

  assert {
    condition     = keys(output.endpoints) == ["payments-eu", "prod-eu", "prod-us"]
    error_message = "three clusters, one of which does not exist yet"
  }
  assert {
    condition     = module.links_a_eu.links["payments-eu"].zone_ids == tolist(["euw1-az1", "euw1-az2"])
    error_message = "the zones of a cluster that is made here are known at once"
  }
  assert {
    condition     = module.endpoint_vpc_eu.vpc.region == "eu-west-1" && module.endpoint_vpc_eu.hub_vpcs["tools"].region == "us-east-1"
    error_message = "the peering is between regions"
  }
}

run "a_fourth_cluster_is_one_entry" {
  command = plan

  variables {
    clusters = {
      a_us = { prod-us = { name = "prod" }, more-us = { name = "more" } }
      b_eu = { prod-eu = { name = "prod" } }
    }
  }
  # Every mocked cluster has the same host, which hub-endpoints would refuse.
  override_data {
    target = module.links_a_us.data.aws_eks_cluster.this["more-us"]
    values = {
      endpoint   = "https://B.gr7.us-east-1.eks.amazonaws.com"
      vpc_config = [{ vpc_id = "vpc-0cluster", subnet_ids = ["subnet-0a", "subnet-0b"], cluster_security_group_id = "sg-0cluster", endpoint_private_access = true }]
    }
  }
  assert {
    condition     = keys(output.endpoints) == ["more-us", "payments-eu", "prod-eu", "prod-us"]
    error_message = "the entry is all it takes"
  }
}

run "a_cluster_less" {
  command = plan

  variables {
    clusters = {
      a_us = {}
      b_eu = { prod-eu = { name = "prod" } }
    }
  }
  assert {
    condition     = keys(output.endpoints) == ["payments-eu", "prod-eu"]
    error_message = "the others stay as they are"
  }
}
