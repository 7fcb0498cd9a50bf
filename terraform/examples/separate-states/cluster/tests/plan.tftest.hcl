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
    target = module.links.data.aws_subnet.this["prod-us/subnet-0a"]
    values = { id = "subnet-0a", availability_zone_id = "use1-az1", vpc_id = "vpc-0cluster", available_ip_address_count = 200 }
  }
  override_data {
    target = module.links.data.aws_subnet.this["prod-us/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az2", vpc_id = "vpc-0cluster", available_ip_address_count = 200 }
  }
}

# The package is pinned in a bucket here, since no build has to come before.
variables {
  package = { s3_bucket = "example-artifacts", s3_key = "postern-sync.zip", sha256 = "0000000000000000000000000000000000000000000000000000000000000000" }
}

run "a_parameter_a_link" {
  command = plan

  assert {
    condition     = aws_ssm_parameter.link["prod-us"].name == "/postern/links/prod-us"
    error_message = "the hub finds it by the link's name"
  }
  assert {
    condition     = output.links["prod-us"].zone_ids == tolist(["use1-az1", "use1-az2"])
    error_message = "and it says what the hub needs"
  }
}
