# The links that postern inventory found, as the variable links of hub-endpoints.
locals {
  links = {
    "222222222222/us-east-1/prod" = {
      cluster           = "prod"
      region            = "us-east-1"
      vpc_id            = "vpc-0prod"
      endpoint_host     = "prod2.gr7.us-east-1.eks.amazonaws.com"
      service_name      = "com.amazonaws.vpce.us-east-1.vpce-svc-0prod2"
      zone_ids          = ["use1-az1", "use1-az2"]
      supported_regions = ["eu-west-1", "us-east-1"]
    }
    "333333333333/eu-west-1/prod" = {
      cluster           = "prod"
      region            = "eu-west-1"
      vpc_id            = "vpc-0prod"
      endpoint_host     = "prod3.gr7.eu-west-1.eks.amazonaws.com"
      service_name      = "com.amazonaws.vpce.eu-west-1.vpce-svc-0prod3"
      zone_ids          = ["euw1-az1", "euw1-az2"]
      supported_regions = ["eu-west-1", "us-east-1"]
    }
  }
}
