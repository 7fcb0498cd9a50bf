# The links that postern inventory found, as the variable links of hub-endpoints.
locals {
  links = {
    "222222222222/us-east-1/prod" = {
      cluster           = "prod"
      region            = "us-east-1"
      vpc_id            = "vpc-$${b}"
      endpoint_host     = "ab.eks.example.org"
      service_name      = "com.amazonaws.vpce.us-east-1.vpce-svc-0prod2"
      zone_ids          = ["use1-az1", "use1-az2"]
      supported_regions = ["eu-west-1", "us-east-1"]
    }
  }
}
