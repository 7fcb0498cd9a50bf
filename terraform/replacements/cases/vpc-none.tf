# The endpoint VPC goes, the hub holds the endpoints itself.
#
# destroys module.evpc.aws_route.from_hub["tools/main"]
# destroys module.evpc.aws_route.to_hub["tools/10.100.0.0/16"]
# destroys module.evpc.aws_route_table.this[0]
# destroys module.evpc.aws_route_table_association.this["use1-az1"]
# destroys module.evpc.aws_route_table_association.this["use1-az2"]
# destroys module.evpc.aws_subnet.this["use1-az1"]
# destroys module.evpc.aws_subnet.this["use1-az2"]
# destroys module.evpc.aws_vpc.this[0]
# destroys module.evpc.aws_vpc_peering_connection.this["tools"]
# destroys module.evpc.aws_vpc_peering_connection_accepter.this["tools"]
# destroys module.hub.aws_route53_zone_association.this["prod/tools"]
# replaces module.hub.aws_route53_record.this["prod"]
# replaces module.hub.aws_route53_zone.this["prod"]
# replaces module.hub.aws_security_group.this
# replaces module.hub.aws_vpc_endpoint.this["prod"]
# replaces module.hub.aws_vpc_security_group_ingress_rule.clients["10.100.0.0/16"]
# replaces module.hub.terraform_data.vpc
module "evpc" {
  cidr        = null
  subnets     = {}
  use_hub_vpc = { name = "tools", subnet_ids = { use1-az1 = "subnet-0h1", use1-az2 = "subnet-0h2" } }
}
