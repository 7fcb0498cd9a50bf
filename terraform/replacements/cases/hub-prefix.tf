# Other names.
#
# replaces module.hub.aws_security_group.this
# replaces module.hub.aws_vpc_security_group_ingress_rule.clients["10.100.0.0/16"]
module "hub" {
  name_prefix = "edge"
}
