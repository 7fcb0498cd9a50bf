# The cluster was made anew in another VPC.
#
# replaces module.hub.aws_route53_record.this["prod"]
# replaces module.hub.aws_route53_zone.this["prod"]
# replaces module.hub.aws_route53_zone_association.this["prod/tools"]
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
  clusters = {
    prod = {
      facts      = { endpoint = "https://DEF.gr7.us-east-1.eks.amazonaws.com", vpc_id = "vpc-0d", security_group_id = "sg-0d" }
      subnet_ids = { use1-az1 = "subnet-0d1", use1-az2 = "subnet-0d2" }
    }
  }

}
