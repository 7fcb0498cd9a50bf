locals {
  in_cluster = "${var.region}:${var.cluster_account}"
  boundary   = "arn:aws:iam::${var.cluster_account}:policy/postern-boundary"
  sync_roles = "arn:aws:iam::${var.cluster_account}:role/postern-sync-*"

  cluster_statements = [
    {
      Sid       = "Look"
      Effect    = "Allow"
      Resource  = "*" # listings know no narrower resource
      Condition = local.here
      Action = [
        "eks:DescribeCluster",
        "ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeAccountAttributes", "ec2:DescribeInternetGateways",
        "ec2:DescribeVpcEndpointServiceConfigurations", "ec2:DescribeVpcEndpointServicePermissions", "ec2:DescribeVpcEndpointConnections",
        "elasticloadbalancing:Describe*",
        "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource",
        "logs:DescribeLogGroups", "logs:ListTagsForResource",
        "ssm:DescribeParameters",
        "tag:GetResources", # postern unlink
      ]
    },
    {
      Sid       = "Link"
      Effect    = "Allow"
      Resource  = "*"
      Condition = local.here
      Action = [
        "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:ModifyLoadBalancerAttributes",
        "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
        "elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:CreateListener", "elasticloadbalancing:DeleteListener", "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyListenerAttributes",
        "elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags",
        "ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup", "ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress", "ec2:ModifySecurityGroupRules",
        "ec2:CreateVpcEndpointServiceConfiguration", "ec2:DeleteVpcEndpointServiceConfigurations", "ec2:ModifyVpcEndpointServiceConfiguration",
        "ec2:ModifyVpcEndpointServicePermissions", "ec2:RejectVpcEndpointConnections",
        "ec2:CreateTags", "ec2:DeleteTags",
      ]
    },
    {
      Sid      = "Function"
      Effect   = "Allow"
      Resource = "arn:aws:lambda:${local.in_cluster}:function:postern-sync"
      Action = [
        "lambda:CreateFunction", "lambda:GetFunction", "lambda:DeleteFunction", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration",
        "lambda:GetFunctionCodeSigningConfig", "lambda:ListVersionsByFunction", "lambda:ListTags", "lambda:TagResource", "lambda:UntagResource",
        "lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency",
        "lambda:PutFunctionEventInvokeConfig", "lambda:UpdateFunctionEventInvokeConfig", "lambda:GetFunctionEventInvokeConfig", "lambda:DeleteFunctionEventInvokeConfig",
        "lambda:AddPermission", "lambda:RemovePermission", "lambda:GetPolicy",
      ]
    },
    {
      Sid    = "Wake"
      Effect = "Allow"
      Resource = [
        "arn:aws:scheduler:${local.in_cluster}:schedule/default/postern-sync-*",
        "arn:aws:events:${local.in_cluster}:rule/postern-sync-*",
      ]
      Action = [
        "scheduler:CreateSchedule", "scheduler:GetSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule",
        "events:PutRule", "events:DescribeRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets", "events:ListTargetsByRule",
        "events:ListTagsForResource", "events:TagResource", "events:UntagResource",
      ]
    },
    {
      Sid    = "Report"
      Effect = "Allow"
      Resource = [
        "arn:aws:logs:${local.in_cluster}:log-group:/aws/lambda/postern-sync",
        "arn:aws:logs:${local.in_cluster}:log-group:/aws/lambda/postern-sync:*",
        "arn:aws:cloudwatch:${local.in_cluster}:alarm:postern-sync-*",
        "arn:aws:sns:${local.in_cluster}:postern-sync-alarms",
        "arn:aws:ssm:${local.in_cluster}:parameter/postern/links/*",
      ]
      Action = [
        "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy", "logs:TagResource", "logs:UntagResource",
        "cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms", "cloudwatch:TagResource", "cloudwatch:UntagResource",
        "sns:CreateTopic", "sns:DeleteTopic", "sns:GetTopicAttributes", "sns:SetTopicAttributes", "sns:ListTagsForResource", "sns:TagResource", "sns:UntagResource",
        "ssm:PutParameter", "ssm:GetParameter", "ssm:GetParameters", "ssm:DeleteParameter", "ssm:ListTagsForResource", "ssm:AddTagsToResource", "ssm:RemoveTagsFromResource",
      ]
    },
    {
      Sid       = "RolesWithinTheBoundary"
      Effect    = "Allow"
      Resource  = local.sync_roles
      Action    = ["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy"]
      Condition = { StringEquals = { "iam:PermissionsBoundary" = local.boundary } }
    },
    {
      Sid      = "Roles"
      Effect   = "Allow"
      Resource = local.sync_roles
      Action = [
        "iam:GetRole", "iam:DeleteRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy", "iam:GetRolePolicy", "iam:ListRolePolicies",
        "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:TagRole", "iam:UntagRole",
      ]
    },
    {
      Sid       = "PassRoles"
      Effect    = "Allow"
      Resource  = local.sync_roles
      Action    = "iam:PassRole"
      Condition = { StringEquals = { "iam:PassedToService" = ["lambda.amazonaws.com", "scheduler.amazonaws.com"] } }
    },
  ]

  boundary_statements = [
    {
      Sid      = "Sync"
      Effect   = "Allow"
      Resource = "*"
      Action = [
        "tag:GetResources",
        "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetHealth", "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets",
        "eks:DescribeCluster", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs",
      ]
    },
    {
      Sid       = "Marks"
      Effect    = "Allow"
      Resource  = "*"
      Action    = "elasticloadbalancing:AddTags"
      Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["postern:marks"] }, Null = { "aws:TagKeys" = "false" } }
    },
    {
      Sid      = "Run"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "lambda:InvokeFunction"]
      Resource = ["arn:aws:logs:${local.in_cluster}:log-group:/aws/lambda/postern-sync:*", "arn:aws:lambda:${local.in_cluster}:function:postern-sync"]
    },
  ]

  hub_statements = [
    {
      Sid       = "Look"
      Effect    = "Allow"
      Resource  = "*"
      Condition = local.here
      Action = [
        "ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeNetworkAcls", "ec2:DescribeSecurityGroups",
        "ec2:DescribeSecurityGroupRules", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcEndpointServices",
        "ec2:DescribePrefixLists", "ec2:DescribeNetworkInterfaces",
      ]
    },
    {
      Sid       = "Endpoints"
      Effect    = "Allow"
      Resource  = "*"
      Condition = local.here
      Action = [
        "ec2:CreateVpc", "ec2:DeleteVpc", "ec2:ModifyVpcAttribute", "ec2:CreateSubnet", "ec2:DeleteSubnet", "ec2:ModifySubnetAttribute",
        "ec2:CreateRouteTable", "ec2:DeleteRouteTable", "ec2:AssociateRouteTable", "ec2:DisassociateRouteTable", "ec2:ReplaceRouteTableAssociation",
        "ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:DeleteRoute",
        "ec2:CreateVpcPeeringConnection", "ec2:AcceptVpcPeeringConnection", "ec2:DeleteVpcPeeringConnection", "ec2:ModifyVpcPeeringConnectionOptions",
        "ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup", "ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress", "ec2:ModifySecurityGroupRules",
        "ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint", "ec2:DeleteVpcEndpoints",
        "ec2:CreateTags", "ec2:DeleteTags",
      ]
    },
    {
      Sid      = "Names" # Route 53 has no region
      Effect   = "Allow"
      Resource = "*"
      Action = [
        "route53:CreateHostedZone", "route53:GetHostedZone", "route53:DeleteHostedZone", "route53:UpdateHostedZoneComment", "route53:ListHostedZonesByVPC",
        "route53:AssociateVPCWithHostedZone", "route53:DisassociateVPCFromHostedZone",
        "route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets", "route53:GetChange",
        "route53:ListTagsForResource", "route53:ChangeTagsForResource",
      ]
    },
    {
      Sid      = "Handover"
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = "arn:aws:iam::${var.cluster_account}:role/postern-handover"
    },
  ]
}
