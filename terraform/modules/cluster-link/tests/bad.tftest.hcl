# What the module refuses, a validation a run.

mock_provider "aws" {
  alias           = "cluster"
  override_during = plan

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_data "aws_eks_cluster" {
    defaults = {
      endpoint = "https://a.example"
      vpc_config = [{
        vpc_id                    = "vpc-0c1"
        subnet_ids                = ["subnet-0a", "subnet-0b"]
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
    values = { id = "subnet-0a", availability_zone_id = "use1-az1", vpc_id = "vpc-0c1", available_ip_address_count = 200 }
  }
  override_data {
    target = data.aws_subnet.this["prod/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az2", vpc_id = "vpc-0c1", available_ip_address_count = 200 }
  }
}

variables {
  clusters           = { prod = {} }
  client_cidrs       = ["10.100.0.0/16"]
  allowed_principals = ["arn:aws:iam::111111111111:root"]
}

run "name_that_eks_refuses" {
  command = plan
  variables {
    clusters = { "222222222222/us-east-1/prod" = {} }
  }
  expect_failures = [var.clusters] # an EKS name has 1
}

run "one_cluster_twice" {
  command = plan
  variables {
    clusters = { prod = {}, again = { name = "prod" } }
  }
  expect_failures = [var.clusters] # two entries name the same
}

run "more_than_the_quota" {
  command = plan
  variables {
    load_balancer_quota = 1
    clusters = {
      a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" } }
      b = { facts = { endpoint = "https://b.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" } }
    }
  }
  expect_failures = [var.clusters] # there are more than load_balancer_quota
}

run "facts_without_subnets" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" } } }
  }
  expect_failures = [var.clusters] # facts without subnet_ids
}

run "zone_name_in_place_of_its_id" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" }, subnet_ids = { us-east-1a = "subnet-1", us-east-1b = "subnet-2" } } }
  }
  expect_failures = [var.clusters] # a key of subnet_ids is
}

run "one_zone" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" }, subnet_ids = { use1-az1 = "subnet-1" } } }
  }
  expect_failures = [var.clusters] # subnet_ids has fewer than two
}

run "zone_without_privatelink" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2", use1-az3 = "subnet-3" } } }
  }
  expect_failures = [var.clusters] # subnet_ids has a zone where
}

run "not_enforced_without_addresses" {
  command = plan
  variables {
    clusters = { prod = {}, a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, enforce_inbound_rules = false } }
  }
  expect_failures = [var.clusters] # enforce_inbound_rules and addresses do not
}

run "enforced_with_addresses" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, addresses = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" } } }
  }
  expect_failures = [var.clusters] # enforce_inbound_rules and addresses do not
}

run "addresses_in_other_zones" {
  command = plan
  variables {
    client_cidrs = []
    clusters     = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, addresses = { use1-az1 = "10.0.0.10", use1-az4 = "10.0.1.10" }, enforce_inbound_rules = false } }
  }
  expect_failures = [var.clusters] # addresses and subnet_ids do not
}

run "addresses_without_subnets" {
  command = plan
  variables {
    client_cidrs = []
    clusters     = { prod = { addresses = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" }, enforce_inbound_rules = false } }
  }
  expect_failures = [var.clusters] # addresses and subnet_ids do not
}

run "address_with_a_prefix_length" {
  command = plan
  variables {
    client_cidrs = []
    clusters     = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, addresses = { use1-az1 = "10.0.0.10/32", use1-az2 = "10.0.1.10" }, enforce_inbound_rules = false } }
  }
  expect_failures = [var.clusters] # addresses holds something that is
}

run "health_check_of_no_kind" {
  command = plan
  variables {
    clusters = { prod = { health_check = "livez" } }
  }
  expect_failures = [var.clusters] # health_check is one of readyz
}

run "client_cidr_with_host_bits" {
  command = plan
  variables {
    client_cidrs = ["10.100.0.1/16"]
  }
  expect_failures = [var.client_cidrs] # every entry is an IPv4
}

run "client_cidr_of_everybody" {
  command = plan
  variables {
    client_cidrs = ["0.0.0.0/0"]
  }
  expect_failures = [var.client_cidrs] # a prefix is shorter than
}

run "enforced_without_clients" {
  command = plan
  variables {
    client_cidrs = []
  }
  expect_failures = [var.client_cidrs] # client_cidrs is empty
}

run "clients_that_nothing_checks" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, addresses = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" }, enforce_inbound_rules = false } }
  }
  expect_failures = [var.client_cidrs] # client_cidrs is set
}

run "nobody_allowed" {
  command = plan
  variables {
    allowed_principals = []
  }
  expect_failures = [var.allowed_principals] # allowed_principals is empty
}

run "everybody_allowed" {
  command = plan
  variables {
    allowed_principals = ["*"]
  }
  expect_failures = [var.allowed_principals] # every entry is the ARN
}

run "every_role_allowed" {
  command = plan
  variables {
    allowed_principals = ["arn:aws:iam::111111111111:role/*"]
  }
  expect_failures = [var.allowed_principals] # every entry is the ARN
}

run "principal_that_is_no_arn" {
  command = plan
  variables {
    allowed_principals = ["111111111111"]
  }
  expect_failures = [var.allowed_principals] # every entry is the ARN
}

run "accepted_without_acceptance" {
  command = plan
  variables {
    accepted_endpoint_ids = { prod = "vpce-0123456789abcdef0" }
  }
  expect_failures = [var.accepted_endpoint_ids] # accepted_endpoint_ids is set
}

run "accepted_for_nobody" {
  command = plan
  variables {
    acceptance_required   = true
    accepted_endpoint_ids = { other = "vpce-0123456789abcdef0" }
  }
  expect_failures = [var.accepted_endpoint_ids] # accepted_endpoint_ids has a key that
}

run "region_that_is_a_zone" {
  command = plan
  variables {
    supported_regions = ["us-east-1a"]
  }
  expect_failures = [var.supported_regions]
}

run "name_prefix_too_long" {
  command = plan
  variables {
    name_prefix = "platform-edges"
  }
  expect_failures = [var.name_prefix]
}

run "name_prefix_that_load_balancers_refuse" {
  command = plan
  variables {
    name_prefix = "internal-x"
  }
  expect_failures = [var.name_prefix]
}

run "quota_of_none" {
  command = plan
  variables {
    load_balancer_quota = 0.5
  }
  expect_failures = [var.load_balancer_quota]
}

run "tags_of_sync" {
  command = plan
  variables {
    tags = { "postern:managed" = "false" }
  }
  expect_failures = [var.tags]
}

run "public_only" {
  command = plan
  override_data {
    target = data.aws_eks_cluster.this["prod"]
    values = { vpc_config = [{ vpc_id = "vpc-0c1", subnet_ids = ["subnet-0a", "subnet-0b"], endpoint_private_access = false }] }
  }
  expect_failures = [data.aws_eks_cluster.this]
}

run "one_zone_found" {
  command = plan
  override_data {
    target = data.aws_subnet.this["prod/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az1", vpc_id = "vpc-0c1", available_ip_address_count = 200 }
  }
  expect_failures = [terraform_data.zones] # prod has subnets in fewer
}

run "one_zone_left" {
  command = plan
  override_data {
    target = data.aws_subnet.this["prod/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az3", vpc_id = "vpc-0c1", available_ip_address_count = 200 }
  }
  expect_failures = [terraform_data.zones] # prod has subnets in fewer
}

run "no_room" {
  command = plan
  override_data {
    target = data.aws_subnet.this["prod/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az2", vpc_id = "vpc-0c1", available_ip_address_count = 12 }
  }
  expect_failures = [terraform_data.zones] # has fewer than 13 free addresses
}

run "subnet_in_another_zone" {
  command = plan
  variables {
    clusters = { prod = { subnet_ids = { use1-az1 = "subnet-0a", use1-az4 = "subnet-0b" } } }
  }
  override_data {
    target = data.aws_subnet.this["prod/use1-az1"]
    values = { id = "subnet-0a", availability_zone_id = "use1-az1", vpc_id = "vpc-0c1", available_ip_address_count = 200 }
  }
  override_data {
    target = data.aws_subnet.this["prod/use1-az4"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az2", vpc_id = "vpc-0c1", available_ip_address_count = 200 }
  }
  expect_failures = [data.aws_subnet.this] # subnet subnet-0b is in use1-az2
}

run "subnet_of_another_vpc" {
  command = plan
  override_data {
    target = data.aws_subnet.this["prod/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az2", vpc_id = "vpc-0other", available_ip_address_count = 200 }
  }
  expect_failures = [data.aws_subnet.this] # is not in the cluster's VPC
}
