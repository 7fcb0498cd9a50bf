# A cluster that is made in the same apply as its link. What the link has to know
# is passed on as facts, so that nothing is looked up before it exists. Its CIDR
# is that of the other clusters: nobody minds.

locals {
  payments_subnets = { euw1-az1 = "10.0.0.0/24", euw1-az2 = "10.0.1.0/24" }

  payments = {
    name       = aws_eks_cluster.payments.name
    subnet_ids = { for zone, s in aws_subnet.payments : zone => s.id }
    facts = {
      endpoint          = aws_eks_cluster.payments.endpoint
      vpc_id            = aws_vpc.payments.id
      security_group_id = aws_eks_cluster.payments.vpc_config[0].cluster_security_group_id
    }
  }
}

resource "aws_vpc" "payments" {
  provider = aws.a_eu

  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true # EKS asks for both
  tags                 = { Name = "payments" }
}

resource "aws_subnet" "payments" {
  for_each = local.payments_subnets
  provider = aws.a_eu

  vpc_id               = aws_vpc.payments.id
  availability_zone_id = each.key
  cidr_block           = each.value
  tags                 = { Name = "payments-${each.key}" }
}

resource "aws_iam_role" "payments" {
  provider = aws.a_eu

  name = "payments-cluster"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect    = "Allow"
    Action    = ["sts:AssumeRole", "sts:TagSession"]
    Principal = { Service = "eks.amazonaws.com" }
  }] })
}

resource "aws_iam_role_policy_attachment" "payments" {
  provider = aws.a_eu

  role       = aws_iam_role.payments.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_eks_cluster" "payments" {
  provider = aws.a_eu

  name     = "payments"
  role_arn = aws_iam_role.payments.arn

  access_config {
    authentication_mode = "API"
  }

  vpc_config {
    subnet_ids              = values(aws_subnet.payments)[*].id
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  depends_on = [aws_iam_role_policy_attachment.payments]
}
