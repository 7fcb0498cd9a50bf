# The choice of subnets and the room in them are those of the day the link was
# made: a second plan does not move a load balancer whose zones are in use.

mock_provider "aws" {
  alias = "cluster"

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_data "aws_eks_cluster" {
    defaults = {
      endpoint = "https://a.example"
      vpc_config = [{
        vpc_id                    = "vpc-0c1"
        subnet_ids                = ["subnet-0a", "subnet-0b", "subnet-0c"]
        cluster_security_group_id = "sg-0cluster"
        endpoint_private_access   = true
      }]
    }
  }
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:222222222222:loadbalancer/net/postern/0123456789abcdef" }
  }
  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/postern/0123456789abcdef" }
  }
  override_data {
    target = data.aws_subnet.this["prod/subnet-0a"]
    values = { id = "subnet-0a", availability_zone_id = "use1-az3", vpc_id = "vpc-0c1", available_ip_address_count = 200 }
  }
  override_data {
    target = data.aws_subnet.this["prod/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az1", vpc_id = "vpc-0c1", available_ip_address_count = 13 }
  }
  override_data {
    target = data.aws_subnet.this["prod/subnet-0c"]
    values = { id = "subnet-0c", availability_zone_id = "use1-az2", vpc_id = "vpc-0c1", available_ip_address_count = 200 }
  }
}

variables {
  clusters           = { prod = {} }
  client_cidrs       = ["10.100.0.0/16"]
  allowed_principals = ["arn:aws:iam::111111111111:root"]
}

run "made" {
  command = apply
}

run "less_room_and_another_zone_change_nothing" {
  command = plan

  override_data {
    target = data.aws_subnet.this["prod/subnet-0a"]
    values = { id = "subnet-0a", availability_zone_id = "use1-az6", vpc_id = "vpc-0c1", available_ip_address_count = 200 }
  }
  override_data {
    target = data.aws_subnet.this["prod/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az1", vpc_id = "vpc-0c1", available_ip_address_count = 3 }
  }
  assert {
    condition     = aws_lb.this["prod"].subnets == toset(["subnet-0b", "subnet-0c"])
    error_message = "the load balancer stays where it is: ${jsonencode(aws_lb.this["prod"].subnets)}"
  }
}
