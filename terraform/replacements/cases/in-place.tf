# Everything else at once: what is there stays, and is changed in place.
#
# creates module.evpc.aws_route.from_hub["ci/main"]
# creates module.evpc.aws_route.from_hub["tools/more"]
# creates module.evpc.aws_route.to_hub["ci/10.110.0.0/16"]
# creates module.evpc.aws_route.to_hub["tools/100.64.0.0/20"]
# creates module.evpc.aws_route_table_association.this["use1-az4"]
# creates module.evpc.aws_subnet.this["use1-az4"]
# creates module.evpc.aws_vpc_peering_connection.this["ci"]
# creates module.evpc.aws_vpc_peering_connection_accepter.this["ci"]
# creates module.hub.aws_route53_zone_association.this["prod/ci"]
# creates module.hub.aws_vpc_security_group_ingress_rule.clients["10.110.0.0/16"]
# creates module.links.aws_vpc_security_group_ingress_rule.clients["prod/10.110.0.0/16"]
module "links" {
  clusters = {
    prod = {
      facts               = { endpoint = "https://ABC.gr7.us-east-1.eks.amazonaws.com", vpc_id = "vpc-0c", security_group_id = "sg-0c" }
      subnet_ids          = { use1-az1 = "subnet-0c1", use1-az2 = "subnet-0c2", use1-az4 = "subnet-0c4" }
      health_check        = "any-answer"
      deletion_protection = false
    }
  }
  client_cidrs        = ["10.100.0.0/16", "10.110.0.0/16"]
  allowed_principals  = ["arn:aws:iam::111111111111:root", "arn:aws:iam::444444444444:root"]
  acceptance_required = true
  supported_regions   = ["eu-west-1"]
  load_balancer_quota = 60
  tags                = { team = "platform" }
}

module "evpc" {
  subnets     = { use1-az1 = "10.101.0.0/24", use1-az2 = "10.101.1.0/24", use1-az4 = "10.101.2.0/24" }
  name        = "edge"
  other_cidrs = { eu-west-1 = "10.102.0.0/20" }
  hub_vpcs = {
    tools = { vpc_id = "vpc-0hub", cidrs = ["10.100.0.0/16", "100.64.0.0/20"], route_table_ids = { main = "rtb-0hub", more = "rtb-0more" } }
    ci    = { vpc_id = "vpc-0ci", cidrs = ["10.110.0.0/16"], route_table_ids = { main = "rtb-0ci" } }
  }
  peering_quota = 125
  tags          = { team = "platform" }
}

module "hub" {
  client_cidrs   = ["10.100.0.0/16", "10.110.0.0/16"]
  endpoint_quota = 60
  zone_quota     = 600
  tags           = { team = "platform" }
}

module "sync" {
  package                         = { s3_bucket = "example-artifacts", s3_key = "postern-sync-2.zip", sha256 = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" }
  schedules                       = { all = { minutes = 2, expect = 1 } }
  settings                        = { POSTERN_GRACE = "180s" }
  register_only_target_group_arns = ["arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/old/0123456789abcdef"]
  vpc                             = { subnet_ids = ["subnet-0f"], security_group_ids = ["sg-0f"] }
  reserved_concurrency            = 2
  memory_mb                       = 256
  timeout_seconds                 = 50
  log_retention_days              = 90
  permissions_boundary_arn        = "arn:aws:iam::111111111111:policy/boundary"
  tags                            = { team = "platform" }
}
