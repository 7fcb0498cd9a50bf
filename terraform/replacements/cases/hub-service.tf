# Another service under the same key.
#
# replaces module.hub.aws_vpc_endpoint.this["prod"]
module "hub" {
  links = { prod = { cluster = "prod", region = "us-east-1", vpc_id = "vpc-0c", zone_ids = ["use1-az1", "use1-az2"], endpoint_host = "abc.gr7.us-east-1.eks.amazonaws.com", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0d" } }
}
