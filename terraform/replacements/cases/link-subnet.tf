# Another subnet in a zone: a load balancer cannot swap them.
#
# replaces module.hub.aws_vpc_endpoint.this["prod"]
# replaces module.links.aws_lb.this["prod"]
# replaces module.links.aws_lb_listener.this["prod"]
# replaces module.links.aws_vpc_endpoint_service.this["prod"]
module "links" {
  clusters = {
    prod = {
      facts      = { endpoint = "https://ABC.gr7.us-east-1.eks.amazonaws.com", vpc_id = "vpc-0c", security_group_id = "sg-0c" }
      subnet_ids = { use1-az1 = "subnet-0c1", use1-az2 = "subnet-0c3" }
    }
  }

}
