# Another CIDR.
#
# replaces module.evpc.aws_route.from_hub["tools/main"]
# replaces module.evpc.aws_route.to_hub["tools/10.100.0.0/16"]
# replaces module.evpc.aws_route_table.this[0]
# replaces module.evpc.aws_route_table_association.this["use1-az1"]
# replaces module.evpc.aws_route_table_association.this["use1-az2"]
# replaces module.evpc.aws_subnet.this["use1-az1"]
# replaces module.evpc.aws_subnet.this["use1-az2"]
# replaces module.evpc.aws_vpc.this[0]
# replaces module.evpc.aws_vpc_peering_connection.this["tools"]
# replaces module.evpc.aws_vpc_peering_connection_accepter.this["tools"]
# replaces module.hub.aws_route53_record.this["prod"]
# replaces module.hub.aws_route53_zone.this["prod"]
# replaces module.hub.aws_route53_zone_association.this["prod/tools"]
# replaces module.hub.aws_security_group.this
# replaces module.hub.aws_vpc_endpoint.this["prod"]
# replaces module.hub.aws_vpc_security_group_ingress_rule.clients["10.100.0.0/16"]
# replaces module.hub.terraform_data.vpc
module "evpc" {
  cidr    = "10.111.0.0/20"
  subnets = { use1-az1 = "10.111.0.0/24", use1-az2 = "10.111.1.0/24" }
}
