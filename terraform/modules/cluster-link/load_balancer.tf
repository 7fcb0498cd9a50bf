locals {
  # What tells the load balancer that an API server takes requests.
  health_checks = {
    readyz       = { protocol = "HTTPS", path = "/readyz", matcher = "200" }
    "any-answer" = { protocol = "HTTPS", path = "/readyz", matcher = "200,401,403" }
    tcp          = { protocol = "TCP", path = null, matcher = null }
  }
}

# The provider would change these in place, and AWS cannot: the addresses of a load
# balancer are those that it was made with. With the wrong ones its targets would
# be healthy and answer nobody.
resource "terraform_data" "addresses" {
  for_each = local.clusters

  triggers_replace = { enforced = each.value.enforced, addresses = each.value.addresses }
}

resource "aws_lb" "this" {
  for_each = local.clusters
  provider = aws.cluster

  name               = local.names[each.key]
  internal           = true
  load_balancer_type = "network"
  security_groups    = [aws_security_group.this[each.key].id]
  subnets            = each.value.enforced ? values(each.value.subnet_ids) : null

  enable_cross_zone_load_balancing                             = true
  enable_deletion_protection                                   = each.value.protected
  enforce_security_group_inbound_rules_on_private_link_traffic = each.value.enforced ? "on" : "off"

  dynamic "subnet_mapping" {
    for_each = each.value.enforced ? {} : each.value.subnet_ids
    content {
      subnet_id            = subnet_mapping.value
      private_ipv4_address = each.value.addresses[subnet_mapping.key]
    }
  }

  tags = local.tags[each.key]

  lifecycle {
    replace_triggered_by = [terraform_data.addresses[each.key]]
  }
}

# Sync registers the targets, which are EKS's network interfaces.
resource "aws_lb_target_group" "this" {
  for_each = local.clusters
  provider = aws.cluster

  name        = local.names[each.key]
  target_type = "ip"
  protocol    = "TCP"
  port        = 443
  vpc_id      = each.value.vpc_id

  # Watches are open for hours: without this they would stay at an address that
  # has left.
  connection_termination = true
  preserve_client_ip     = "false"

  # An API server that shuts down in good order says so at /readyz first: what is
  # under way there may finish.
  target_health_state {
    enable_unhealthy_connection_termination = false
    unhealthy_draining_interval             = 15
  }

  health_check {
    protocol            = each.value.health_check.protocol
    path                = each.value.health_check.path
    matcher             = each.value.health_check.matcher
    port                = "traffic-port"
    interval            = 10
    timeout             = 10
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  tags = local.tags[each.key]

  lifecycle {
    # Sync keeps its running grace periods there.
    ignore_changes = [tags["postern:marks"], tags_all["postern:marks"]]
  }
}

resource "aws_lb_listener" "this" {
  for_each = local.clusters
  provider = aws.cluster

  load_balancer_arn = aws_lb.this[each.key].arn
  protocol          = "TCP"
  port              = 443

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }

  tags = local.tags[each.key]
}
