resource "aws_vpc_endpoint_service" "this" {
  for_each = local.clusters
  provider = aws.cluster

  network_load_balancer_arns = [aws_lb.this[each.key].arn]
  acceptance_required        = var.acceptance_required
  allowed_principals         = var.allowed_principals
  supported_regions          = length(var.supported_regions) == 0 ? null : setunion(var.supported_regions, [data.aws_region.current.name])

  tags = merge(var.tags, { Name = local.names[each.key], "postern:cluster" = each.value.name })

  # Offered when the way is open, and withdrawn first: a destroy that AWS refuses,
  # because the hub is still connected, has then cut nobody off.
  depends_on = [
    aws_lb_listener.this,
    aws_vpc_security_group_ingress_rule.clients,
    aws_vpc_security_group_egress_rule.cluster,
    aws_vpc_security_group_ingress_rule.from_group,
    aws_vpc_security_group_ingress_rule.from_addresses,
  ]

  lifecycle {
    # A load balancer cannot leave a service that has endpoints, nor be deleted
    # while it is in one.
    replace_triggered_by = [aws_lb.this[each.key].arn]
  }
}

resource "aws_vpc_endpoint_connection_accepter" "this" {
  for_each = var.accepted_endpoint_ids
  provider = aws.cluster

  vpc_endpoint_service_id = aws_vpc_endpoint_service.this[each.key].id
  vpc_endpoint_id         = each.value
}
