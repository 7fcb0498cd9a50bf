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
  alias = "handover"

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
  mock_data "aws_ssm_parameter" {
    defaults = {
      value = "{\"cluster\":\"prod\",\"endpoint_host\":\"A.gr7.us-east-1.eks.amazonaws.com\",\"region\":\"us-east-1\",\"service_name\":\"com.amazonaws.vpce.us-east-1.vpce-svc-0a\",\"supported_regions\":[\"us-east-1\"],\"vpc_id\":\"vpc-0c1\",\"zone_ids\":[\"use1-az1\",\"use1-az2\"]}"
    }
  }
}

run "from_the_parameters" {
  command = plan

  assert {
    condition     = output.endpoints["prod-us"].host == "A.gr7.us-east-1.eks.amazonaws.com" && output.endpoints["prod-us"].zone_ids == tolist(["use1-az1", "use1-az2"])
    error_message = "the parameter is all that the hub has to know"
  }
}
