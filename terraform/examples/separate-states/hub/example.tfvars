hub_account     = "111111111111"
cluster_account = "222222222222"
region          = "us-east-1"
links           = ["prod-us"]

hub_vpc = {
  vpc_id          = "vpc-0123456789abcdef0"
  route_table_ids = { main = "rtb-0123456789abcdef0" }
}

endpoint_vpc = {
  cidr    = "10.101.0.0/20"
  subnets = { use1-az1 = "10.101.0.0/24", use1-az2 = "10.101.1.0/24" }
}
