# The cluster's side.

data "aws_eks_cluster" "this" {
  provider = aws.spoke
  name     = var.cluster
}

data "aws_vpc" "this" {
  provider = aws.spoke
  id       = data.aws_eks_cluster.this.vpc_config[0].vpc_id
}

data "aws_subnets" "this" {
  provider = aws.spoke

  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.this.id]
  }
}

data "aws_subnet" "this" {
  provider = aws.spoke
  for_each = toset(data.aws_subnets.this.ids)
  id       = each.key
}

data "aws_network_interfaces" "this" {
  provider = aws.spoke

  filter {
    name   = "description"
    values = ["Amazon EKS ${var.cluster}"]
  }
}

locals {
  host    = trimprefix(data.aws_eks_cluster.this.endpoint, "https://")
  subnets = { for s in data.aws_subnet.this : s.availability_zone_id => s }
  # The zones that both sides have.
  zones = setintersection(keys(local.subnets), data.aws_availability_zones.endpoints.zone_ids)
}

resource "aws_security_group" "balancer" {
  provider    = aws.spoke
  name_prefix = "link-"
  description = "The load balancer"
  vpc_id      = data.aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "hub" {
  provider          = aws.spoke
  security_group_id = aws_security_group.balancer.id
  cidr_ipv4         = aws_vpc.hub.cidr_block
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "cluster" {
  provider                     = aws.spoke
  security_group_id            = aws_security_group.balancer.id
  referenced_security_group_id = data.aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_ingress_rule" "cluster" {
  provider                     = aws.spoke
  security_group_id            = data.aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_lb" "this" {
  provider                                                     = aws.spoke
  name                                                         = "link"
  internal                                                     = true
  load_balancer_type                                           = "network"
  security_groups                                              = [aws_security_group.balancer.id]
  enforce_security_group_inbound_rules_on_private_link_traffic = "on"
  enable_cross_zone_load_balancing                             = true

  dynamic "subnet_mapping" {
    for_each = local.subnets

    content {
      subnet_id            = subnet_mapping.value.id
      private_ipv4_address = cidrhost(subnet_mapping.value.cidr_block, 10)
    }
  }
}

resource "aws_lb_target_group" "this" {
  provider               = aws.spoke
  name                   = "link"
  target_type            = "ip"
  protocol               = "TCP"
  port                   = 443
  vpc_id                 = data.aws_vpc.this.id
  preserve_client_ip     = false
  connection_termination = true
  deregistration_delay   = 60

  health_check {
    protocol            = "HTTPS"
    path                = "/readyz"
    matcher             = "200"
    interval            = 10
    timeout             = 6
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  tags = {
    "postern:cluster"  = var.cluster
    "postern:managed"  = "true"
    "postern:endpoint" = local.host
  }

  lifecycle {
    ignore_changes = [tags["postern:marks"], tags_all["postern:marks"]]
  }
}

resource "aws_lb_listener" "this" {
  provider          = aws.spoke
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_vpc_endpoint_service" "this" {
  provider                   = aws.spoke
  acceptance_required        = true
  network_load_balancer_arns = [aws_lb.this.arn]
  supported_regions          = [data.aws_region.endpoints.name]
}

resource "aws_vpc_endpoint_service_allowed_principal" "hub" {
  provider                = aws.spoke
  vpc_endpoint_service_id = aws_vpc_endpoint_service.this.id
  principal_arn           = "arn:${data.aws_partition.hub.partition}:iam::${data.aws_caller_identity.hub.account_id}:root"
}

resource "aws_vpc_endpoint_connection_accepter" "this" {
  provider                = aws.spoke
  vpc_endpoint_service_id = aws_vpc_endpoint_service.this.id
  vpc_endpoint_id         = aws_vpc_endpoint.this.id
}
