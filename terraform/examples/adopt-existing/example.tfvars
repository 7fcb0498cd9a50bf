accounts      = { hub = "111111111111", cluster = "222222222222" }
deployer_role = "postern-deployer"
region        = "us-east-1"
stage         = "observe"

links = {
  prod-us = {
    cluster           = "prod"
    load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:222222222222:loadbalancer/net/prod-api/0123456789abcdef"
    target_group_arn  = "arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/prod-api/0123456789abcdef"
    zone_ids          = ["use1-az1", "use1-az2"]
  }
}

hub_vpc = {
  vpc_id          = "vpc-0123456789abcdef0"
  route_table_ids = { main = "rtb-0123456789abcdef0" }
}

endpoint_vpc = {
  cidr    = "10.101.0.0/20"
  subnets = { use1-az1 = "10.101.0.0/24", use1-az2 = "10.101.1.0/24" }
}

package = {
  filename = "../../../dist/postern-sync-arm64.zip"
  sha256   = "0000000000000000000000000000000000000000000000000000000000000000" # of dist/postern-sync-arm64.zip.sha256
}
