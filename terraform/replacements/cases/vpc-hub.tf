# Another VPC of the hub under the same key.
#
# replaces module.evpc.aws_vpc_peering_connection.this["tools"]
# replaces module.evpc.aws_vpc_peering_connection_accepter.this["tools"]
# replaces module.hub.aws_route53_zone_association.this["prod/tools"]
module "evpc" {
  hub_vpcs = { tools = { vpc_id = "vpc-0other", cidrs = ["10.100.0.0/16"], route_table_ids = { main = "rtb-0hub" } } }
}
