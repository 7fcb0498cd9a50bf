# The policy is the one of docs/security.md, narrowed to the account's groups and
# to the regions.

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

run "least_privilege" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.sync[0].policy).Statement == [
      {
        Sid    = "Read"
        Effect = "Allow"
        Action = [
          "tag:GetResources",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeLoadBalancers",
          "elasticloadbalancing:DescribeTargetHealth",
          "elasticloadbalancing:DescribeTags",
          "eks:DescribeCluster",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeVpcs",
        ]
        Resource  = "*"
        Condition = { StringEquals = { "aws:RequestedRegion" = ["eu-west-1", "us-east-1"] } }
      },
      {
        Sid    = "Targets"
        Effect = "Allow"
        Action = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
        Resource = [
          "arn:aws:elasticloadbalancing:eu-west-1:222222222222:targetgroup/*/*",
          "arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/*/*",
        ]
        Condition = { StringEquals = { "aws:ResourceTag/postern:managed" = "true" } }
      },
      {
        Sid    = "Marks"
        Effect = "Allow"
        Action = "elasticloadbalancing:AddTags"
        Resource = [
          "arn:aws:elasticloadbalancing:eu-west-1:222222222222:targetgroup/*/*",
          "arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/*/*",
        ]
        Condition = {
          StringEquals                = { "aws:ResourceTag/postern:managed" = "true" }
          "ForAllValues:StringEquals" = { "aws:TagKeys" = ["postern:marks"] }
          Null                        = { "aws:TagKeys" = "false" }
        }
      },
    ]
    error_message = "the policy: ${aws_iam_role_policy.sync[0].policy}"
  }
  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Sid       = "Sync"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = ["arn:aws:iam::111111111111:role/postern-sync-us-east-1"] }
    }]
    error_message = "the trust: ${aws_iam_role.this.assume_role_policy}"
  }
}

run "external_id" {
  command = plan
  variables {
    external_id = "example"
  }
  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition == { StringEquals = { "sts:ExternalId" = "example" } }
    error_message = "the trust: ${aws_iam_role.this.assume_role_policy}"
  }
}

run "boundary_partition_and_fleet" {
  command = plan
  variables {
    permissions_boundary_arn        = "arn:aws-us-gov:iam::222222222222:policy/boundary"
    partition                       = "aws-us-gov"
    path                            = "/platform/"
    regions                         = ["us-gov-west-1"]
    trusted_role_arns               = ["arn:aws-us-gov:iam::111111111111:role/postern-sync-us-gov-west-1"]
    register_only_target_group_arns = ["arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:222222222222:targetgroup/old/0123456789abcdef"]
  }
  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws-us-gov:iam::222222222222:policy/boundary" && aws_iam_role.this.path == "/platform/"
    error_message = "the boundary holds"
  }
  assert {
    condition     = jsondecode(output.policy).Statement[1].Resource == ["arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:222222222222:targetgroup/*/*"]
    error_message = "the partition is in the ARNs"
  }
  assert {
    condition = jsondecode(output.policy).Statement[3] == {
      Sid      = "RegisterInUnmanagedGroups"
      Effect   = "Allow"
      Action   = "elasticloadbalancing:RegisterTargets"
      Resource = ["arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:222222222222:targetgroup/old/0123456789abcdef"]
    }
    error_message = "in a foreign group sync may register and nothing else"
  }
}

run "no_region_no_right" {
  command = plan
  variables {
    regions           = []
    trusted_role_arns = []
    trusted_service   = "lambda.amazonaws.com"
  }
  assert {
    condition     = length(aws_iam_role_policy.sync) == 0 && jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal == { Service = "lambda.amazonaws.com" }
    error_message = "a function that only assumes other roles has no right of its own"
  }
}
