# With example.tfvars, and with whatever links another file has besides: the
# inventory's.

mock_provider "aws" {
  alias = "us"

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111111111111" }
  }
  mock_data "aws_vpc" {
    defaults = { cidr_block_associations = [{ association_id = "a", cidr_block = "10.100.0.0/16", state = "associated" }] }
  }
}

mock_provider "aws" {
  alias = "eu"

  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111111111111" }
  }
  mock_data "aws_vpc" {
    defaults = { cidr_block_associations = [{ association_id = "a", cidr_block = "10.100.0.0/16", state = "associated" }] }
  }
}

run "every_link" {
  command = plan

  assert {
    condition     = length(var.links) > 0 && toset(keys(output.endpoints)) == toset(keys(var.links))
    error_message = "an endpoint for each link: ${jsonencode(keys(output.endpoints))}"
  }
  assert {
    condition     = alltrue([for key, e in output.endpoints : lower(e.host) == lower(var.links[key].endpoint_host)])
    error_message = "each by its cluster's own host: ${jsonencode(output.endpoints)}"
  }
  assert {
    condition     = alltrue([for key in keys(module.hub_endpoints_us.endpoints) : var.links[key].region == "us-east-1"]) && alltrue([for key in keys(module.hub_endpoints_eu.endpoints) : var.links[key].region == "eu-west-1"])
    error_message = "each in its own region"
  }
}

run "a_region_without_blocks" {
  command = plan
  variables {
    links = { a = { cluster = "a", region = "ap-south-1", vpc_id = "vpc-0a", endpoint_host = "a.example.org", service_name = "com.amazonaws.vpce.ap-south-1.vpce-svc-0a", zone_ids = ["aps1-az1", "aps1-az2"] } }
  }
  expect_failures = [var.links]
}
