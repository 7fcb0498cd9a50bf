# The roles with which the two states are applied, each with the least that it
# needs. An administrator applies this once for each pair of accounts.

provider "aws" {
  alias  = "cluster"
  region = var.region

  assume_role {
    role_arn = "arn:aws:iam::${var.cluster_account}:role/${var.administrator_role}"
  }
}

provider "aws" {
  alias  = "hub"
  region = var.region

  assume_role {
    role_arn = "arn:aws:iam::${var.hub_account}:role/${var.administrator_role}"
  }
}

locals {
  here = { StringEquals = { "aws:RequestedRegion" = var.region } }

  may_deploy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid       = "Deploy"
    Effect    = "Allow"
    Action    = "sts:AssumeRole"
    Principal = { AWS = var.deployed_by_arns }
  }] })
}

# ---- the cluster account

resource "aws_iam_role" "cluster_deployer" {
  provider = aws.cluster

  name               = "postern-deployer"
  description        = "Applies the cluster side of Postern"
  assume_role_policy = local.may_deploy
}

resource "aws_iam_role_policy" "cluster_deployer" {
  provider = aws.cluster

  name   = "cluster"
  role   = aws_iam_role.cluster_deployer.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.cluster_statements })
}

# What any role may do at most that the cluster's deployer makes: without it the
# right to make roles would be the right to do anything.
resource "aws_iam_policy" "boundary" {
  provider = aws.cluster

  name        = "postern-boundary"
  description = "The most that the roles of Postern's sync may do"
  policy      = jsonencode({ Version = "2012-10-17", Statement = local.boundary_statements })
}

# The hub's state reads the links with this role, and nothing else.
resource "aws_iam_role" "handover" {
  provider = aws.cluster

  name        = "postern-handover"
  description = "Reads the links of this account for the hub"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid       = "Hub"
    Effect    = "Allow"
    Action    = "sts:AssumeRole"
    Principal = { AWS = aws_iam_role.hub_deployer.arn }
  }] })
}

resource "aws_iam_role_policy" "handover" {
  provider = aws.cluster

  name = "links"
  role = aws_iam_role.handover.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid      = "Links"
    Effect   = "Allow"
    Action   = "ssm:GetParameter"
    Resource = "arn:aws:ssm:${var.region}:${var.cluster_account}:parameter/postern/links/*"
  }] })
}

# ---- the hub's account

resource "aws_iam_role" "hub_deployer" {
  provider = aws.hub

  name               = "postern-deployer"
  description        = "Applies the hub side of Postern"
  assume_role_policy = local.may_deploy
}

resource "aws_iam_role_policy" "hub_deployer" {
  provider = aws.hub

  name   = "hub"
  role   = aws_iam_role.hub_deployer.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.hub_statements })
}

output "role_arns" {
  description = "The deployers of the two states."
  value       = { cluster = aws_iam_role.cluster_deployer.arn, hub = aws_iam_role.hub_deployer.arn }
}
