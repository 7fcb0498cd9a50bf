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
  mock_data "aws_lb" {
    defaults = { internal = true, load_balancer_type = "network", vpc_id = "vpc-0cluster" }
  }
}

# The package is pinned in a bucket here, since no build has to come before.
variables {
  package = { s3_bucket = "example-artifacts", s3_key = "postern-sync.zip", sha256 = "0000000000000000000000000000000000000000000000000000000000000000" }
}

run "observe" {
  command = plan

  assert {
    condition     = local.settings[var.stage] == { POSTERN_DRY_RUN = "true" } && keys(output.endpoints) == ["prod-us"]
    error_message = "the first stage only looks"
  }
  assert {
    condition     = output.tag_commands == ["aws elbv2 add-tags --region us-east-1 --resource-arns arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/prod-api/0123456789abcdef --tags Key=postern:cluster,Value=prod"]
    error_message = "the owners' part: ${jsonencode(output.tag_commands)}"
  }
}

run "register" {
  command = plan
  variables {
    stage = "register"
  }
  assert {
    condition     = local.settings[var.stage] == { POSTERN_REGISTER_ONLY = "true", POSTERN_MARKS = "memory" }
    error_message = "the second stage adds and never removes"
  }
}

run "manage" {
  command = plan
  variables {
    stage = "manage"
  }
  assert {
    condition     = local.settings[var.stage] == {} && strcontains(output.tag_commands[0], "Key=postern:managed,Value=true")
    error_message = "the third stage is sync as it is meant"
  }
}

run "stage_of_no_kind" {
  command = plan
  variables {
    stage = "adopt"
  }
  expect_failures = [var.stage]
}

run "balancer_of_another_kind" {
  command = plan
  override_data {
    target = data.aws_lb.this["prod-us"]
    values = { internal = false, load_balancer_type = "network", vpc_id = "vpc-0cluster" }
  }
  expect_failures = [data.aws_lb.this] # the load balancer of prod-us is not an
}

run "balancer_of_another_vpc" {
  command = plan
  override_data {
    target = data.aws_lb.this["prod-us"]
    values = { internal = true, load_balancer_type = "network", vpc_id = "vpc-0other" }
  }
  expect_failures = [data.aws_lb.this] # the load balancer of prod-us is not in
}
