# The security-group pair of fixed addresses.
#
# creates module.links.aws_vpc_security_group_ingress_rule.from_addresses["prod/use1-az1"]
# creates module.links.aws_vpc_security_group_ingress_rule.from_addresses["prod/use1-az2"]
# destroys module.links.aws_vpc_security_group_ingress_rule.clients["prod/10.100.0.0/16"]
# destroys module.links.aws_vpc_security_group_ingress_rule.from_group["prod"]
# replaces module.hub.aws_vpc_endpoint.this["prod"]
# replaces module.links.aws_lb.this["prod"]
# replaces module.links.aws_lb_listener.this["prod"]
# replaces module.links.aws_vpc_endpoint_service.this["prod"]
# replaces module.links.terraform_data.addresses["prod"]
module "links" {
  clusters = {
    prod = {
      facts                 = { endpoint = "https://ABC.gr7.us-east-1.eks.amazonaws.com", vpc_id = "vpc-0c", security_group_id = "sg-0c" }
      subnet_ids            = { use1-az1 = "subnet-0c1", use1-az2 = "subnet-0c2" }
      addresses             = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" }
      enforce_inbound_rules = false
    }
  }
  client_cidrs = []
}
