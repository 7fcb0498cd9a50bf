# What the module refuses, a validation a run.

mock_provider "aws" {
  alias           = "cluster"
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "222222222222" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::222222222222:role/postern-sync" }
  }
}

variables {
  regions           = ["eu-west-1", "us-east-1"]
  trusted_role_arns = ["arn:aws:iam::111111111111:role/postern-sync-us-east-1"]
}

run "name_that_iam_refuses" {
  command = plan
  variables {
    name = "postern sync"
  }
  expect_failures = [var.name]
}

run "path_without_a_slash" {
  command = plan
  variables {
    path = "platform"
  }
  expect_failures = [var.path]
}

run "region_that_is_a_zone" {
  command = plan
  variables {
    regions = ["us-east-1a"]
  }
  expect_failures = [var.regions]
}

run "everybody_trusted" {
  command = plan
  variables {
    trusted_role_arns = ["*"]
  }
  expect_failures = [var.trusted_role_arns] # every entry is the ARN
}

run "account_trusted" {
  command = plan
  variables {
    trusted_role_arns = ["arn:aws:iam::111111111111:root"]
  }
  expect_failures = [var.trusted_role_arns] # every entry is the ARN
}

run "nobody_trusted" {
  command = plan
  variables {
    trusted_role_arns = []
  }
  expect_failures = [var.trusted_role_arns] # name the function's role
}

run "role_and_service_trusted" {
  command = plan
  variables {
    trusted_service = "lambda.amazonaws.com"
  }
  expect_failures = [var.trusted_role_arns] # name the function's role
}

run "other_service_trusted" {
  command = plan
  variables {
    trusted_role_arns = []
    trusted_service   = "ec2.amazonaws.com"
  }
  expect_failures = [var.trusted_service]
}

run "external_id_too_short" {
  command = plan
  variables {
    external_id = "x"
  }
  expect_failures = [var.external_id]
}

run "every_group_adopted" {
  command = plan
  variables {
    register_only_target_group_arns = ["arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/*"]
  }
  expect_failures = [var.register_only_target_group_arns]
}

run "boundary_that_is_a_name" {
  command = plan
  variables {
    permissions_boundary_arn = "boundary"
  }
  expect_failures = [var.permissions_boundary_arn]
}

run "partition_of_no_name" {
  command = plan
  variables {
    partition = "gov cloud"
  }
  expect_failures = [var.partition]
}
