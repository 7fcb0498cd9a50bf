# What the module refuses, a validation a run.

mock_provider "aws" {
  alias           = "endpoint"
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "111111111111" }
  }
  mock_resource "aws_security_group" {
    defaults = { id = "sg-0endpoints" }
  }
  mock_resource "aws_route53_zone" {
    defaults = { zone_id = "Z0123456789ABCDEFGHIJ" }
  }
  mock_resource "aws_vpc_endpoint" {
    defaults = {
      id = "vpce-0123456789abcdef0"
      dns_entry = [
        { dns_name = "vpce-0123456789abcdef0-abcdefgh.vpce-svc-0.us-east-1.vpce.amazonaws.com", hosted_zone_id = "Z7HUB22UULQXV" },
        { dns_name = "vpce-0123456789abcdef0-abcdefgh-us-east-1a.vpce-svc-0.us-east-1.vpce.amazonaws.com", hosted_zone_id = "Z7HUB22UULQXV" },
      ]
    }
  }
}

mock_provider "aws" {
  alias           = "hub"
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "111111111111" }
  }
}

variables {
  links = {
    prod-us = {
      cluster           = "prod"
      region            = "us-east-1"
      vpc_id            = "vpc-0c1"
      endpoint_host     = "A.gr7.us-east-1.eks.amazonaws.com"
      service_name      = "com.amazonaws.vpce.us-east-1.vpce-svc-0a"
      supported_regions = ["us-east-1"]
      zone_ids          = ["use1-az1", "use1-az2", "use1-az4"]
    }
    payments = {
      cluster           = "payments"
      region            = "us-east-1"
      vpc_id            = "vpc-0c2"
      endpoint_host     = "B.gr7.us-east-1.eks.amazonaws.com"
      service_name      = "com.amazonaws.vpce.us-east-1.vpce-svc-0b"
      supported_regions = ["us-east-1"]
      zone_ids          = ["use1-az2", "use1-az4", "use1-az6"]
    }
  }
  vpc          = { vpc_id = "vpc-0endpoint", region = "us-east-1", subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2", use1-az4 = "subnet-4" } }
  hub_vpcs     = { tools = { vpc_id = "vpc-0hub", region = "us-east-1" }, ci = { vpc_id = "vpc-0ci", region = "eu-west-1" } }
  client_cidrs = ["10.100.0.0/16", "10.110.0.0/16"]
}

run "more_than_the_quota" {
  command = plan
  variables {
    endpoint_quota = 1
  }
  expect_failures = [var.links] # there are more than endpoint_quota
}

run "host_with_a_scheme" {
  command = plan
  variables {
    links = { a = { cluster = "prod", region = "us-east-1", vpc_id = "vpc-0c1", endpoint_host = "https://a.example", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0a", zone_ids = ["use1-az1", "use1-az2"] } }
  }
  expect_failures = [var.links] # endpoint_host is a host's name
}

run "one_cluster_twice" {
  command = plan
  variables {
    links = { a = { cluster = "prod", region = "us-east-1", vpc_id = "vpc-0c1", endpoint_host = "A.gr7.us-east-1.eks.amazonaws.com", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0a", zone_ids = ["use1-az1", "use1-az2"] }, b = { cluster = "prod", region = "us-east-1", vpc_id = "vpc-0c1", endpoint_host = "A.gr7.us-east-1.eks.amazonaws.com", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0a", zone_ids = ["use1-az1", "use1-az2"] } }
  }
  expect_failures = [var.links] # two entries have the same
}

run "zone_name_in_place_of_its_id" {
  command = plan
  variables {
    links = { a = { cluster = "prod", region = "us-east-1", vpc_id = "vpc-0c1", endpoint_host = "A.gr7.us-east-1.eks.amazonaws.com", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0a", zone_ids = ["us-east-1a", "us-east-1b"] } }
  }
  expect_failures = [var.links] # zone_ids holds something that is
}

run "vpc_in_one_zone" {
  command = plan
  variables {
    vpc   = { vpc_id = "vpc-0endpoint", region = "us-east-1", subnet_ids = { use1-az1 = "subnet-1" } }
    links = { a = { cluster = "prod", region = "us-east-1", vpc_id = "vpc-0c1", endpoint_host = "A.gr7.us-east-1.eks.amazonaws.com", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0a", zone_ids = ["use1-az1", "use1-az2"] } }
  }
  expect_failures = [var.vpc] # subnet_ids names a subnet in
}

run "vpc_by_zone_names" {
  command = plan
  variables {
    vpc = { vpc_id = "vpc-0endpoint", region = "us-east-1", subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2", us-east-1c = "subnet-3" } }
  }
  expect_failures = [var.vpc] # subnet_ids names a subnet in
}

run "vpc_of_no_hub_name" {
  command = plan
  variables {
    vpc = { vpc_id = "vpc-0endpoint", region = "us-east-1", subnet_ids = { use1-az2 = "subnet-2", use1-az4 = "subnet-4" }, hub_vpc = "other" }
  }
  expect_failures = [var.vpc] # hub_vpc is not a key
}

run "no_hub" {
  command = plan
  variables {
    hub_vpcs = {}
  }
  expect_failures = [var.hub_vpcs]
}

run "no_clients" {
  command = plan
  variables {
    client_cidrs = []
  }
  expect_failures = [var.client_cidrs] # name the hub's CIDRs
}

run "client_with_host_bits" {
  command = plan
  variables {
    client_cidrs = ["10.100.0.1/16"]
  }
  expect_failures = [var.client_cidrs] # name the hub's CIDRs
}

run "everybody" {
  command = plan
  variables {
    client_cidrs = ["0.0.0.0/0"]
  }
  expect_failures = [var.client_cidrs] # a prefix is shorter than
}

run "reason_for_nobody" {
  command = plan
  variables {
    single_zone_reasons = { other = "why not" }
  }
  expect_failures = [var.single_zone_reasons] # single_zone_reasons has a key that
}

run "reason_of_nothing" {
  command = plan
  variables {
    single_zone_reasons = { payments = " " }
  }
  expect_failures = [var.single_zone_reasons] # a reason is 1 to
}

run "name_that_groups_refuse" {
  command = plan
  variables {
    name_prefix = "sg-x"
  }
  expect_failures = [var.name_prefix]
}

run "endpoint_quota_of_none" {
  command = plan
  variables {
    endpoint_quota = 2.5
  }
  expect_failures = [var.endpoint_quota]
}

run "more_than_the_zones" {
  command = plan
  variables {
    zone_quota = 1
  }
  expect_failures = [var.zone_quota]
}

run "tags_of_sync" {
  command = plan
  variables {
    tags = { "postern:managed" = "true" }
  }
  expect_failures = [var.tags]
}

run "one_common_zone" {
  command = plan
  variables {
    vpc = { vpc_id = "vpc-0endpoint", region = "us-east-1", subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" } }
  }
  expect_failures = [aws_vpc_endpoint.this] # fewer than two in common
}

run "no_common_zone" {
  command = plan
  variables {
    links               = { a = { cluster = "prod", region = "us-east-1", vpc_id = "vpc-0c1", endpoint_host = "A.gr7.us-east-1.eks.amazonaws.com", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0a", zone_ids = ["use1-az5", "use1-az6"] } }
    single_zone_reasons = { a = "one would do" }
  }
  expect_failures = [aws_vpc_endpoint.this] # fewer than two in common
}

run "region_without_an_offer" {
  command = plan
  variables {
    links = { a = { cluster = "prod", region = "eu-west-1", vpc_id = "vpc-0c1", endpoint_host = "A.gr7.us-east-1.eks.amazonaws.com", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0a", zone_ids = ["euw1-az1", "euw1-az2"], supported_regions = ["eu-west-1"] } }
  }
  expect_failures = [aws_vpc_endpoint.this] # a is in eu-west-1 and
}

run "zone_without_cross_region" {
  command = plan
  variables {
    links = { a = { cluster = "prod", region = "eu-west-1", vpc_id = "vpc-0c1", endpoint_host = "A.gr7.us-east-1.eks.amazonaws.com", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0a", zone_ids = ["euw1-az1", "euw1-az2"], supported_regions = ["us-east-1"] } }
    vpc   = { vpc_id = "vpc-0endpoint", region = "us-east-1", subnet_ids = { use1-az1 = "subnet-1", use1-az3 = "subnet-3" } }
  }
  expect_failures = [aws_vpc_endpoint.this] # native cross-region PrivateLink is not
}

run "the_clusters_own_vpc" {
  command = plan
  variables {
    links = { a = { cluster = "prod", region = "us-east-1", vpc_id = "vpc-0hub", endpoint_host = "A.gr7.us-east-1.eks.amazonaws.com", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0a", zone_ids = ["use1-az1", "use1-az2"] } }
  }
  expect_failures = [aws_vpc_endpoint.this] # a is in the cluster's own VPC
}

run "endpoints_in_the_clusters_own_vpc" {
  command = plan
  variables {
    links = { a = { cluster = "prod", region = "us-east-1", vpc_id = "vpc-0endpoint", endpoint_host = "A.gr7.us-east-1.eks.amazonaws.com", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0a", zone_ids = ["use1-az1", "use1-az2"] } }
  }
  expect_failures = [aws_vpc_endpoint.this] # a is in the cluster's own VPC
}
