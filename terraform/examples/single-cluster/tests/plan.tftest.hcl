# With example.tfvars.

mock_provider "aws" {

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
    target = module.links.data.aws_subnet.this["prod/subnet-0a"]
    values = { id = "subnet-0a", availability_zone_id = "use1-az1", vpc_id = "vpc-0cluster", available_ip_address_count = 200 }
  }
  override_data {
    target = module.links.data.aws_subnet.this["prod/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az2", vpc_id = "vpc-0cluster", available_ip_address_count = 200 }
  }
}

# The package is pinned in a bucket here, since no build has to come before.
variables {
  package = { s3_bucket = "example-artifacts", s3_key = "postern-sync.zip", sha256 = "0000000000000000000000000000000000000000000000000000000000000000" }
}

run "one_apply" {
  command = plan

  assert {
    condition     = length(module.links.links) == 1 && module.links.links["prod"].zone_ids == tolist(["use1-az1", "use1-az2"])
    error_message = "the link is found by the cluster's name alone"
  }
  assert {
    condition     = module.endpoint_vpc.vpc.vpc_id == "vpc-0123456789abcdef0" && module.endpoint_vpc.client_cidrs == tolist(["10.100.0.0/16"])
    error_message = "the tools' own VPC holds the endpoint"
  }
  assert {
    condition     = keys(output.endpoints) == ["prod"] && output.endpoints["prod"].host == "0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com"
    error_message = "clients use the cluster's own host"
  }
}
