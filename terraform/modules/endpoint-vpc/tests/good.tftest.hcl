# What the module makes, a feature a run.

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

run "peered" {
  command = plan

  assert {
    condition     = aws_vpc_peering_connection.this["tools"].peer_vpc_id == "vpc-0hub" && aws_vpc_peering_connection.this["tools"].peer_region == "us-east-1" && aws_vpc_peering_connection.this["tools"].peer_owner_id == "111111111111" && !aws_vpc_peering_connection.this["tools"].auto_accept
    error_message = "the peering asks the hub's VPC, in its region and account"
  }
  assert {
    condition     = aws_vpc_peering_connection_accepter.this["tools"].auto_accept
    error_message = "the hub accepts"
  }
  assert {
    condition     = aws_route.from_hub["tools/private"].destination_cidr_block == "10.101.0.0/20" && aws_route.from_hub["tools/private"].route_table_id == "rtb-0hub"
    error_message = "the hub's named table leads here"
  }
  assert {
    condition     = { for k, r in aws_route.to_hub : k => r.destination_cidr_block } == { "tools/10.100.0.0/16" = "10.100.0.0/16", "tools/100.64.0.0/20" = "100.64.0.0/20" }
    error_message = "and back to every CIDR that the hub has now: ${jsonencode(keys(aws_route.to_hub))}"
  }
  assert {
    condition     = aws_subnet.this["euw1-az1"].availability_zone_id == "euw1-az1" && aws_subnet.this["euw1-az1"].cidr_block == "10.101.0.0/24"
    error_message = "a subnet a zone, by its ID"
  }
  assert {
    condition     = output.client_cidrs == tolist(["10.100.0.0/16", "100.64.0.0/20"]) && output.vpc.vpc_id == "vpc-0endpoint" && keys(output.vpc.subnet_ids) == ["euw1-az1", "euw1-az2"] && output.vpc.region == "eu-west-1" && output.vpc.hub_vpc == null
    error_message = "the outputs are what the next modules take"
  }
}

run "hub_made_in_the_same_apply" {
  command = plan

  variables {
    hub_vpcs = {
      tools = { vpc_id = "vpc-0hub", cidrs = ["10.100.0.0/16"], route_table_ids = { a = "rtb-0a", b = "rtb-0b" } }
      ci    = { vpc_id = "vpc-0ci", cidrs = ["10.110.0.0/16"], route_table_ids = { a = "rtb-0c" } }
    }
  }
  assert {
    condition     = length(data.aws_vpc.hub) == 0
    error_message = "nothing is looked up"
  }
  assert {
    condition     = length(aws_vpc_peering_connection.this) == 2 && length(aws_route.from_hub) == 3 && length(aws_route.to_hub) == 2
    error_message = "each of the hub's VPCs is peered"
  }
}

run "transit_gateway_of_ones_own" {
  command = plan

  variables {
    connectivity = "none"
    hub_vpcs     = { tools = { vpc_id = "vpc-0hub" } }
  }
  assert {
    condition     = length(aws_vpc_peering_connection.this) == 0 && length(aws_route.from_hub) == 0 && length(aws_route.to_hub) == 0 && output.route_table_id == "rtb-0endpoint"
    error_message = "no peering and no route, but the table for one's own"
  }
}

run "the_hubs_own_vpc" {
  command = plan

  variables {
    cidr        = null
    subnets     = {}
    use_hub_vpc = { name = "tools", subnet_ids = { use1-az1 = "subnet-0a", use1-az2 = "subnet-0b" } }
  }
  assert {
    condition     = length(aws_vpc.this) == 0 && length(aws_subnet.this) == 0 && length(aws_vpc_peering_connection.this) == 0 && length(aws_route.to_hub) == 0
    error_message = "nothing is made"
  }
  assert {
    condition     = output.vpc.vpc_id == "vpc-0hub" && output.vpc.hub_vpc == "tools" && output.vpc.subnet_ids == tomap({ use1-az1 = "subnet-0a", use1-az2 = "subnet-0b" }) && output.route_table_id == null
    error_message = "the outputs say the same of the hub's VPC"
  }
}

run "neighbours_that_only_touch" {
  command = plan

  variables {
    cidr        = "10.99.240.0/20"
    subnets     = { euw1-az1 = "10.99.240.0/28", euw1-az2 = "10.99.240.16/28" }
    other_cidrs = { us = "10.99.224.0/20" }
  }
  assert {
    condition     = aws_vpc.this[0].cidr_block == "10.99.240.0/20"
    error_message = "10.99.240.0/20 ends where 10.100.0.0/16 begins"
  }
}
