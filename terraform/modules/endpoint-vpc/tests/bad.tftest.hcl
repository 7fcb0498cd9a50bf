# What the module refuses, a validation a run.

mock_provider "aws" {
  alias           = "endpoint"
  override_during = plan

  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_resource "aws_vpc" {
    defaults = { id = "vpc-0endpoint" }
  }
  mock_resource "aws_route_table" {
    defaults = { id = "rtb-0endpoint" }
  }
  mock_resource "aws_vpc_peering_connection" {
    defaults = { id = "pcx-01" }
  }
}

mock_provider "aws" {
  alias           = "hub"
  override_during = plan

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111111111111" }
  }
  mock_data "aws_vpc" {
    defaults = { cidr_block_associations = [
      { association_id = "a", cidr_block = "10.100.0.0/16", state = "associated" },
      { association_id = "b", cidr_block = "100.64.0.0/20", state = "associated" },
      { association_id = "c", cidr_block = "10.101.0.0/16", state = "disassociated" },
    ] }
  }
  mock_resource "aws_vpc_peering_connection_accepter" {
    defaults = { id = "pcx-01" }
  }
}

variables {
  cidr     = "10.101.0.0/20"
  subnets  = { euw1-az1 = "10.101.0.0/24", euw1-az2 = "10.101.1.0/24" }
  hub_vpcs = { tools = { vpc_id = "vpc-0hub", route_table_ids = { private = "rtb-0hub" } } }
}

run "name_of_none" {
  command = plan
  variables {
    name = ""
  }
  expect_failures = [var.name]
}

run "neither_cidr_nor_hub_vpc" {
  command = plan
  variables {
    cidr = null
  }
  expect_failures = [var.cidr] # set exactly one of cidr
}

run "both_cidr_and_hub_vpc" {
  command = plan
  variables {
    subnets     = {}
    use_hub_vpc = { name = "tools", subnet_ids = { use1-az1 = "subnet-0a", use1-az2 = "subnet-0b" } }
  }
  expect_failures = [var.cidr] # set exactly one of cidr
}

run "cidr_with_host_bits" {
  command = plan
  variables {
    cidr = "10.101.0.1/20"
  }
  expect_failures = [var.cidr] # cidr is not an IPv4
}

run "cidr_too_wide" {
  command = plan
  variables {
    cidr    = "10.0.0.0/15"
    subnets = { euw1-az1 = "10.0.0.0/24", euw1-az2 = "10.0.1.0/24" }
  }
  expect_failures = [var.cidr] # a VPC's prefix is /16
}

run "cidr_in_a_wide_neighbour" {
  command = plan
  variables {
    other_cidrs = { us = "10.0.0.0/8" }
  }
  expect_failures = [var.cidr] # cidr overlaps one of other_cidrs
}

run "cidr_around_a_small_neighbour" {
  command = plan
  variables {
    other_cidrs = { us = "10.101.15.240/28" }
  }
  expect_failures = [var.cidr] # cidr overlaps one of other_cidrs
}

run "zone_name_in_place_of_its_id" {
  command = plan
  variables {
    subnets = { eu-west-1a = "10.101.0.0/24", eu-west-1b = "10.101.1.0/24" }
  }
  expect_failures = [var.subnets] # a key is not an
}

run "one_zone" {
  command = plan
  variables {
    subnets = { euw1-az1 = "10.101.0.0/24" }
  }
  expect_failures = [var.subnets] # name at least two zones
}

run "subnets_in_the_hubs_vpc" {
  command = plan
  variables {
    cidr        = null
    use_hub_vpc = { name = "tools", subnet_ids = { use1-az1 = "subnet-0a", use1-az2 = "subnet-0b" } }
  }
  expect_failures = [var.subnets] # or none with use_hub_vpc
}

run "zone_without_privatelink" {
  command = plan
  variables {
    subnets = { use1-az1 = "10.101.0.0/24", use1-az3 = "10.101.1.0/24" }
  }
  expect_failures = [var.subnets] # PrivateLink is not offered everywhere
}

run "subnet_too_small" {
  command = plan
  variables {
    subnets = { euw1-az1 = "10.101.0.0/29", euw1-az2 = "10.101.1.0/24" }
  }
  expect_failures = [var.subnets] # a prefix of at most /28
}

run "subnet_outside" {
  command = plan
  variables {
    subnets = { euw1-az1 = "10.101.0.0/24", euw1-az2 = "10.101.16.0/24" }
  }
  expect_failures = [var.subnets] # a subnet is not inside
}

run "subnet_wider_than_the_vpc" {
  command = plan
  variables {
    subnets = { euw1-az1 = "10.101.0.0/16", euw1-az2 = "10.101.1.0/24" }
  }
  expect_failures = [var.subnets] # a subnet is not inside | two of them overlap
}

run "subnets_overlap" {
  command = plan
  variables {
    subnets = { euw1-az1 = "10.101.0.0/23", euw1-az2 = "10.101.1.0/24" }
  }
  expect_failures = [var.subnets] # two of them overlap
}

run "no_hub" {
  command = plan
  variables {
    hub_vpcs = {}
  }
  expect_failures = [var.hub_vpcs] # name at least one VPC
}

run "more_hubs_than_peerings" {
  command = plan
  variables {
    peering_quota = 1
    hub_vpcs      = { a = { vpc_id = "vpc-0hub", cidrs = ["10.100.0.0/16"], route_table_ids = { private = "rtb-0hub" } }, b = { vpc_id = "vpc-0b", cidrs = ["10.110.0.0/16"], route_table_ids = { private = "rtb-0b" } } }
  }
  expect_failures = [var.hub_vpcs] # no more than peering_quota
}

run "hub_cidr_malformed" {
  command = plan
  variables {
    hub_vpcs = { tools = { vpc_id = "vpc-0hub", cidrs = ["10.100.0.0"], route_table_ids = { private = "rtb-0hub" } } }
  }
  expect_failures = [var.hub_vpcs] # every entry of cidrs is
}

run "hub_without_route_tables" {
  command = plan
  variables {
    hub_vpcs = { tools = { vpc_id = "vpc-0hub", cidrs = ["10.100.0.0/16"] } }
  }
  expect_failures = [var.connectivity] # connectivity is peering
}

run "hub_vpc_of_no_name" {
  command = plan
  variables {
    cidr        = null
    subnets     = {}
    use_hub_vpc = { name = "other", subnet_ids = { use1-az1 = "subnet-0a", use1-az2 = "subnet-0b" } }
  }
  expect_failures = [var.use_hub_vpc] # name is not a key
}

run "hub_vpc_in_one_zone" {
  command = plan
  variables {
    cidr        = null
    subnets     = {}
    use_hub_vpc = { name = "tools", subnet_ids = { use1-az1 = "subnet-0a" } }
  }
  expect_failures = [var.use_hub_vpc] # name a subnet in at
}

run "hub_vpc_that_others_cannot_reach" {
  command = plan
  variables {
    cidr        = null
    subnets     = {}
    hub_vpcs    = { tools = { vpc_id = "vpc-0hub", cidrs = ["10.100.0.0/16"], route_table_ids = { private = "rtb-0hub" } }, b = { vpc_id = "vpc-0b", cidrs = ["10.110.0.0/16"], route_table_ids = { private = "rtb-0b" } } }
    use_hub_vpc = { name = "tools", subnet_ids = { use1-az1 = "subnet-0a", use1-az2 = "subnet-0b" } }
  }
  expect_failures = [var.connectivity] # connectivity is peering
}

run "connectivity_of_no_kind" {
  command = plan
  variables {
    connectivity = "vpn"
  }
  expect_failures = [var.connectivity] # connectivity is peering or none
}

run "other_cidr_malformed" {
  command = plan
  variables {
    other_cidrs = { us = "10.102.0.0" }
  }
  expect_failures = [var.other_cidrs]
}

run "peering_quota_beyond_aws" {
  command = plan
  variables {
    peering_quota = 126
  }
  expect_failures = [var.peering_quota]
}

run "tags_of_sync" {
  command = plan
  variables {
    tags = { "postern:managed" = "true" }
  }
  expect_failures = [var.tags]
}

run "hub_overlaps_as_looked_up" {
  command = plan
  variables {
    cidr    = "100.64.8.0/24"
    subnets = { euw1-az1 = "100.64.8.0/28", euw1-az2 = "100.64.8.16/28" }
  }
  expect_failures = [aws_vpc.this] # cidr 100.64.8.0/24 overlaps 100.64.0.0/20 of
}

run "hub_overlaps_as_given" {
  command = plan
  variables {
    hub_vpcs = { tools = { vpc_id = "vpc-0hub", cidrs = ["10.0.0.0/8"], route_table_ids = { private = "rtb-0hub" } } }
  }
  expect_failures = [aws_vpc.this] # cidr 10.101.0.0/20 overlaps 10.0.0.0/8 of
}

run "hub_without_cidrs" {
  command = plan
  variables {
    hub_vpcs = { tools = { vpc_id = "vpc-0hub", cidrs = [], route_table_ids = { private = "rtb-0hub" } } }
  }
  expect_failures = [aws_vpc.this] # a VPC has no CIDR
}
