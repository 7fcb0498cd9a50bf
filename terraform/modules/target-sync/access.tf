# The function's role: what sync needs in its own account is in the module role,
# what only the function needs is here.

module "role" {
  source    = "./role"
  providers = { aws.cluster = aws.sync }

  name                            = "${var.name}-${local.region}"
  path                            = var.path
  regions                         = local.own_regions
  trusted_service                 = "lambda.amazonaws.com"
  register_only_target_group_arns = var.register_only_target_group_arns
  permissions_boundary_arn        = var.permissions_boundary_arn
  partition                       = var.partition
  tags                            = var.tags
}

locals {
  function_arn = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}"

  interface_writes = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]

  function_statements = concat(
    [{
      Sid      = "Log"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.this.arn}:*"
    }],
    [for scopes in [local.foreign] : {
      Sid      = "Assume"
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = sort(distinct(compact(scopes[*].role_arn)))
    } if length(scopes) > 0],
    # Lambda itself attaches the function to a VPC with the function's role; the
    # function's own code may not. Source: Lambda developer guide, VPC access.
    [for v in [var.vpc] : {
      Sid      = "Attach"
      Effect   = "Allow"
      Action   = concat(local.interface_writes, ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"])
      Resource = "*"
    } if v != null],
    [for v in [var.vpc] : {
      Sid       = "OnlyLambdaAttaches"
      Effect    = "Deny"
      Action    = local.interface_writes
      Resource  = "*"
      Condition = { ArnEquals = { "lambda:SourceFunctionArn" = local.function_arn } }
    } if v != null],
  )
}

resource "aws_iam_role_policy" "function" {
  provider = aws.sync

  name   = "function"
  role   = module.role.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.function_statements })
}

resource "aws_iam_role" "scheduler" {
  provider = aws.sync

  name        = "${var.name}-${local.region}-invoke"
  path        = var.path
  description = "Schedules of Postern's sync: invoke its function"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid       = "Scheduler"
    Effect    = "Allow"
    Action    = "sts:AssumeRole"
    Principal = { Service = "scheduler.amazonaws.com" }
    Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
  }] })
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy" "scheduler" {
  provider = aws.sync

  name = "invoke"
  role = aws_iam_role.scheduler.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid      = "Invoke"
    Effect   = "Allow"
    Action   = "lambda:InvokeFunction"
    Resource = local.function_arn
  }] })
}
