# Another CIDR of one subnet. The endpoint follows in place.
#
# replaces module.evpc.aws_route_table_association.this["use1-az2"]
# replaces module.evpc.aws_subnet.this["use1-az2"]
module "evpc" {
  subnets = { use1-az1 = "10.101.0.0/24", use1-az2 = "10.101.2.0/24" }
}
