# With example.tfvars.

mock_provider "aws" {
  alias           = "cluster"
  override_during = plan
}

mock_provider "aws" {
  alias           = "hub"
  override_during = plan

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111111111111:role/postern-deployer" }
  }
}

run "least_privilege" {
  command = plan

  assert {
    condition = alltrue([for s in jsondecode(aws_iam_role_policy.cluster_deployer.policy).Statement :
      try(s.Condition.StringEquals["iam:PermissionsBoundary"], "") == "arn:aws:iam::222222222222:policy/postern-boundary"
      if contains(flatten([s.Action]), "iam:CreateRole") || contains(flatten([s.Action]), "iam:PutRolePolicy")
    ])
    error_message = "a deployer makes roles only within the boundary"
  }
  assert {
    condition = alltrue(flatten([for p in [aws_iam_role_policy.cluster_deployer.policy, aws_iam_role_policy.hub_deployer.policy, aws_iam_policy.boundary.policy] : [
      for s in jsondecode(p).Statement : [for a in flatten([s.Action]) : !endswith(a, ":*") && a != "*"]
    ]]))
    error_message = "no policy has a whole service"
  }
  assert {
    condition     = alltrue([for s in jsondecode(aws_iam_policy.boundary.policy).Statement : !anytrue([for a in flatten([s.Action]) : startswith(a, "iam:") || startswith(a, "sts:")])])
    error_message = "sync's roles cannot widen themselves"
  }
  assert {
    condition     = jsondecode(aws_iam_role.handover.assume_role_policy).Statement[0].Principal == { AWS = "arn:aws:iam::111111111111:role/postern-deployer" }
    error_message = "the hub alone reads the links"
  }
}

run "everybody_deploys" {
  command = plan
  variables {
    deployed_by_arns = ["*"]
  }
  expect_failures = [var.deployed_by_arns]
}
