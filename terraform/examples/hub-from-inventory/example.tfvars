hub_account   = "111111111111"
deployer_role = "postern-deployer"

hub_vpc = {
  vpc_id          = "vpc-0123456789abcdef0"
  route_table_ids = { main = "rtb-0123456789abcdef0" }
}

# As postern inventory --format tfvars writes it.
links = {
  "222222222222/us-east-1/prod" = {
    cluster           = "prod"
    region            = "us-east-1"
    vpc_id            = "vpc-0123456789abcdef1"
    endpoint_host     = "0123456789abcdef0123456789abcdef.gr7.us-east-1.eks.amazonaws.com"
    service_name      = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef1"
    zone_ids          = ["use1-az1", "use1-az2", "use1-az4"]
    supported_regions = ["us-east-1"]
  }
  "333333333333/eu-west-1/prod" = {
    cluster           = "prod"
    region            = "eu-west-1"
    vpc_id            = "vpc-0123456789abcdef2"
    endpoint_host     = "fedcba9876543210fedcba9876543210.gr7.eu-west-1.eks.amazonaws.com"
    service_name      = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef2"
    zone_ids          = ["euw1-az1", "euw1-az2"]
    supported_regions = ["eu-west-1"]
  }
}
