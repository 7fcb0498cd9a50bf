# Whatever is asked for, a link's security groups are one of the two valid pairs,
# or the plan is refused: no mix that would be healthy and let nothing through
# (internal/e2e, TestGreenAndDead, shows it). All that decides is enforce_inbound_rules
# (unset, null, true, false), addresses (set or not) and client_cidrs (set or not):
# here are all sixteen, those that are taken first.

mock_provider "aws" {
  alias           = "cluster"
  override_during = plan

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:222222222222:loadbalancer/net/postern/0123456789abcdef" }
  }
  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/postern/0123456789abcdef" }
  }
  mock_resource "aws_vpc_endpoint_service" {
    defaults = { id = "vpce-svc-0123456789abcdef0", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0" }
  }
  mock_resource "aws_security_group" {
    defaults = { id = "sg-0balancer" }
  }
}

variables {
  allowed_principals = ["arn:aws:iam::111111111111:root"]
}

# With clients: unset, null and true without addresses; false with them.
run "all_that_are_taken_with_clients" {
  command = plan
  variables {
    client_cidrs = ["10.100.0.0/16", "10.104.0.0/16"]
    clusters = {
      unset = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" } }
      null  = { facts = { endpoint = "https://b.example", vpc_id = "vpc-2", security_group_id = "sg-2" }, subnet_ids = { use1-az1 = "subnet-3", use1-az2 = "subnet-4" }, enforce_inbound_rules = null, addresses = null }
      true  = { facts = { endpoint = "https://c.example", vpc_id = "vpc-3", security_group_id = "sg-3" }, subnet_ids = { use1-az1 = "subnet-5", use1-az2 = "subnet-6" }, enforce_inbound_rules = true }
      false = { facts = { endpoint = "https://d.example", vpc_id = "vpc-4", security_group_id = "sg-4" }, subnet_ids = { use1-az1 = "subnet-7", use1-az2 = "subnet-8" }, enforce_inbound_rules = false, addresses = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" } }
    }
  }
  assert {
    condition     = { for k, lb in aws_lb.this : k => lb.enforce_security_group_inbound_rules_on_private_link_traffic } == { unset = "on", null = "on", true = "on", false = "off" }
    error_message = "enforced unless told otherwise"
  }
  assert {
    condition     = { for k, r in aws_vpc_security_group_ingress_rule.from_group : k => [r.security_group_id, r.referenced_security_group_id] } == { unset = ["sg-1", "sg-0balancer"], null = ["sg-2", "sg-0balancer"], true = ["sg-3", "sg-0balancer"] }
    error_message = "enforced, and there alone: the cluster's group admits the load balancer's"
  }
  assert {
    condition     = { for k, r in aws_vpc_security_group_ingress_rule.from_addresses : k => [r.security_group_id, r.cidr_ipv4] } == { "false/use1-az1" = ["sg-4", "10.0.0.10/32"], "false/use1-az2" = ["sg-4", "10.0.1.10/32"] }
    error_message = "not enforced, and there alone: the cluster's group admits the load balancer's addresses"
  }
  assert {
    condition     = { for k, lb in aws_lb.this : k => join(" ", sort([for m in lb.subnet_mapping : m.private_ipv4_address])) } == { unset = "", null = "", true = "", false = "10.0.0.10 10.0.1.10" }
    error_message = "the admitted addresses are those that the load balancer has"
  }
  assert {
    condition     = sort(keys(aws_vpc_security_group_ingress_rule.clients)) == sort(flatten([for k in ["unset", "null", "true"] : ["${k}/10.100.0.0/16", "${k}/10.104.0.0/16"]]))
    error_message = "enforced: the hub's hosts, each of them, are admitted"
  }
}

run "all_that_are_taken_without_clients" {
  command = plan
  variables {
    clusters = { false = { facts = { endpoint = "https://d.example", vpc_id = "vpc-4", security_group_id = "sg-4" }, subnet_ids = { use1-az1 = "subnet-7", use1-az2 = "subnet-8" }, enforce_inbound_rules = false, addresses = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" } } }
  }
  assert {
    condition     = aws_lb.this["false"].enforce_security_group_inbound_rules_on_private_link_traffic == "off" && length(aws_vpc_security_group_ingress_rule.from_group) == 0 && length(aws_vpc_security_group_ingress_rule.clients) == 0
    error_message = "no half of the other pair"
  }
  assert {
    condition     = { for k, r in aws_vpc_security_group_ingress_rule.from_addresses : k => [r.security_group_id, r.cidr_ipv4] } == { "false/use1-az1" = ["sg-4", "10.0.0.10/32"], "false/use1-az2" = ["sg-4", "10.0.1.10/32"] }
    error_message = "the cluster's group admits the load balancer's addresses"
  }
}

run "unset_with_addresses_and_clients" {
  command = plan
  variables {
    client_cidrs = ["10.100.0.0/16"]
    clusters     = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, addresses = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" } } }
  }
  expect_failures = [var.clusters] # enforce_inbound_rules and addresses do not
}

run "unset_with_addresses_no_clients" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, addresses = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" } } }
  }
  expect_failures = [var.clusters] # enforce_inbound_rules and addresses do not
}

run "unset_without_addresses_no_clients" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" } } }
  }
  expect_failures = [var.client_cidrs] # client_cidrs is empty
}

run "null_with_addresses_and_clients" {
  command = plan
  variables {
    client_cidrs = ["10.100.0.0/16"]
    clusters     = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, addresses = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" }, enforce_inbound_rules = null } }
  }
  expect_failures = [var.clusters] # enforce_inbound_rules and addresses do not
}

run "null_with_addresses_no_clients" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, addresses = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" }, enforce_inbound_rules = null } }
  }
  expect_failures = [var.clusters] # enforce_inbound_rules and addresses do not
}

run "null_without_addresses_no_clients" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, enforce_inbound_rules = null } }
  }
  expect_failures = [var.client_cidrs] # client_cidrs is empty
}

run "true_with_addresses_and_clients" {
  command = plan
  variables {
    client_cidrs = ["10.100.0.0/16"]
    clusters     = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, addresses = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" }, enforce_inbound_rules = true } }
  }
  expect_failures = [var.clusters] # enforce_inbound_rules and addresses do not
}

run "true_with_addresses_no_clients" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, addresses = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" }, enforce_inbound_rules = true } }
  }
  expect_failures = [var.clusters] # enforce_inbound_rules and addresses do not
}

run "true_without_addresses_no_clients" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, enforce_inbound_rules = true } }
  }
  expect_failures = [var.client_cidrs] # client_cidrs is empty
}

run "false_with_addresses_and_clients" {
  command = plan
  variables {
    client_cidrs = ["10.100.0.0/16"]
    clusters     = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, addresses = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" }, enforce_inbound_rules = false } }
  }
  expect_failures = [var.client_cidrs] # client_cidrs is set
}

run "false_without_addresses_and_clients" {
  command = plan
  variables {
    client_cidrs = ["10.100.0.0/16"]
    clusters     = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, enforce_inbound_rules = false } }
  }
  expect_failures = [var.clusters] # enforce_inbound_rules and addresses do not
}

run "false_without_addresses_no_clients" {
  command = plan
  variables {
    clusters = { a = { facts = { endpoint = "https://a.example", vpc_id = "vpc-1", security_group_id = "sg-1" }, subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" }, enforce_inbound_rules = false } }
  }
  expect_failures = [var.clusters] # enforce_inbound_rules and addresses do not
}
