# Other names.
#
# replaces module.hub.aws_vpc_endpoint.this["prod"]
# replaces module.links.aws_lb.this["prod"]
# replaces module.links.aws_lb_listener.this["prod"]
# replaces module.links.aws_lb_target_group.this["prod"]
# replaces module.links.aws_security_group.this["prod"]
# replaces module.links.aws_vpc_endpoint_service.this["prod"]
# replaces module.links.aws_vpc_security_group_egress_rule.cluster["prod"]
# replaces module.links.aws_vpc_security_group_ingress_rule.clients["prod/10.100.0.0/16"]
# replaces module.links.aws_vpc_security_group_ingress_rule.from_group["prod"]
module "links" {
  name_prefix = "edge"
}
