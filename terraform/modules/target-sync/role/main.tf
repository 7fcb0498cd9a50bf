# The role with which sync works in one account: in target-sync's own it is the
# function's, elsewhere the function assumes it.

data "aws_caller_identity" "current" {
  provider = aws.cluster
}

data "aws_partition" "current" {
  provider = aws.cluster
}

locals {
  partition     = var.partition != null ? var.partition : data.aws_partition.current.partition
  target_groups = [for region in sort(var.regions) : "arn:${local.partition}:elasticloadbalancing:${region}:${data.aws_caller_identity.current.account_id}:targetgroup/*/*"]

  trust = concat(
    [for service in [var.trusted_service] : {
      Sid       = "Service"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = service }
    } if service != null],
    [for arns in [sort(var.trusted_role_arns)] : merge({
      Sid       = "Sync"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = arns }
    }, { for id in [var.external_id] : "Condition" => { StringEquals = { "sts:ExternalId" = id } } if id != null }) if length(arns) > 0],
  )

  managed = { "aws:ResourceTag/postern:managed" = "true" }

  statements = concat([
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
      Condition = { StringEquals = { "aws:RequestedRegion" = sort(var.regions) } }
    },
    {
      Sid       = "Targets"
      Effect    = "Allow"
      Action    = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
      Resource  = local.target_groups
      Condition = { StringEquals = local.managed }
    },
    {
      # Its marks and no other tag, so that the role cannot give itself more
      # groups.
      Sid      = "Marks"
      Effect   = "Allow"
      Action   = "elasticloadbalancing:AddTags"
      Resource = local.target_groups
      Condition = {
        StringEquals                = local.managed
        "ForAllValues:StringEquals" = { "aws:TagKeys" = ["postern:marks"] }
        Null                        = { "aws:TagKeys" = "false" }
      }
    },
    ], [for arns in [sort(var.register_only_target_group_arns)] : {
      Sid      = "RegisterInUnmanagedGroups"
      Effect   = "Allow"
      Action   = "elasticloadbalancing:RegisterTargets"
      Resource = arns
  } if length(arns) > 0])

  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}

resource "aws_iam_role" "this" {
  provider = aws.cluster

  name                 = var.name
  path                 = var.path
  description          = "Sync of Postern: registers the addresses of API servers"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = local.trust })
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy" "sync" {
  count    = length(var.regions) > 0 ? 1 : 0
  provider = aws.cluster

  name   = "sync"
  role   = aws_iam_role.this.name
  policy = local.policy
}
