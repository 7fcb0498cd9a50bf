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

# The policies as they come out, which internal/e2e/rights runs sync with: each
# statement is needed there, and nothing is missing.
run "least_privilege" {
  command = plan
  variables {
    external_id                     = "example"
    register_only_target_group_arns = ["arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/old/0123456789abcdef"]
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.sync[0].policy) == jsondecode(file("tests/rights.json")).policy && output.policy == aws_iam_role_policy.sync[0].policy
    error_message = "tests/rights.json has another policy: ${aws_iam_role_policy.sync[0].policy}"
  }
  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy) == jsondecode(file("tests/rights.json")).trust
    error_message = "tests/rights.json has another trust: ${aws_iam_role.this.assume_role_policy}"
  }
}

run "neither_external_id_nor_fleet" {
  command = plan

  assert {
    condition     = jsondecode(aws_iam_role_policy.sync[0].policy).Statement[*].Sid == ["Read", "Targets", "Marks"]
    error_message = "the policy: ${aws_iam_role_policy.sync[0].policy}"
  }
  assert {
    condition     = !can(jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition)
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
    condition     = length(aws_iam_role_policy.sync) == 0 && jsondecode(aws_iam_role.this.assume_role_policy) == jsondecode(file("tests/rights.json")).functionTrust
    error_message = "a function that only assumes other roles has no right of its own"
  }
}
