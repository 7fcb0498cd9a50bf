# What the module makes, a feature a run.

mock_provider "aws" {
  alias           = "cluster"
  override_during = plan

  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_data "aws_eks_cluster" {
    defaults = {
      endpoint = "https://0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com"
      vpc_config = [{
        vpc_id                    = "vpc-0c1"
        subnet_ids                = ["subnet-0a", "subnet-0b", "subnet-0c", "subnet-0d"]
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
  mock_resource "aws_vpc_endpoint_service" {
    defaults = { id = "vpce-svc-0123456789abcdef0", service_name = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0" }
  }
  mock_resource "aws_security_group" {
    defaults = { id = "sg-0balancer" }
  }

  # use1-az3 has no PrivateLink; two subnets share use1-az1.
  override_data {
    target = data.aws_subnet.this["prod/subnet-0a"]
    values = { id = "subnet-0a", availability_zone_id = "use1-az3", vpc_id = "vpc-0c1", available_ip_address_count = 200 }
  }
  override_data {
    target = data.aws_subnet.this["prod/subnet-0b"]
    values = { id = "subnet-0b", availability_zone_id = "use1-az1", vpc_id = "vpc-0c1", available_ip_address_count = 200 }
  }
  override_data {
    target = data.aws_subnet.this["prod/subnet-0c"]
    values = { id = "subnet-0c", availability_zone_id = "use1-az2", vpc_id = "vpc-0c1", available_ip_address_count = 13 }
  }
  override_data {
    target = data.aws_subnet.this["prod/subnet-0d"]
    values = { id = "subnet-0d", availability_zone_id = "use1-az1", vpc_id = "vpc-0c1", available_ip_address_count = 200 }
  }
}

variables {
  clusters           = { prod = {} }
  client_cidrs       = ["10.100.0.0/16"]
  allowed_principals = ["arn:aws:iam::111111111111:root"]
}

run "from_the_name_alone" {
  command = plan

  assert {
    condition     = aws_lb.this["prod"].subnets == toset(["subnet-0b", "subnet-0c"])
    error_message = "one subnet a zone, the first, and none where PrivateLink is not offered"
  }
  assert {
    condition     = output.links["prod"].zone_ids == tolist(["use1-az1", "use1-az2"])
    error_message = "the zones are AZ IDs"
  }
  assert {
    condition     = output.links["prod"].endpoint_host == "0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com" && output.links["prod"].vpc_id == "vpc-0c1" && output.links["prod"].region == "us-east-1" && output.links["prod"].cluster == "prod"
    error_message = "the output says what hub-endpoints needs"
  }
  assert {
    condition     = output.links["prod"].service_name == "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0" && output.links["prod"].supported_regions == tolist(["us-east-1"])
    error_message = "the output names the service"
  }
  assert {
    condition     = aws_lb.this["prod"].internal && aws_lb.this["prod"].load_balancer_type == "network" && aws_lb.this["prod"].enable_cross_zone_load_balancing && aws_lb.this["prod"].enable_deletion_protection
    error_message = "an internal network load balancer, across zones, protected"
  }
  assert {
    condition     = aws_lb_target_group.this["prod"].target_type == "ip" && aws_lb_target_group.this["prod"].protocol == "TCP" && aws_lb_target_group.this["prod"].port == 443 && aws_lb_target_group.this["prod"].connection_termination && !aws_lb_target_group.this["prod"].target_health_state[0].enable_unhealthy_connection_termination && aws_lb_target_group.this["prod"].target_health_state[0].unhealthy_draining_interval == 15 && aws_lb_target_group.this["prod"].preserve_client_ip == "false"
    error_message = "the target group is what sync accepts"
  }
  assert {
    condition = alltrue([for h in aws_lb_target_group.this["prod"].health_check :
    h.protocol == "HTTPS" && h.path == "/readyz" && h.matcher == "200" && h.interval == 10 && h.healthy_threshold == 2 && h.unhealthy_threshold == 2])
    error_message = "readiness decides"
  }
  assert {
    condition = aws_lb_target_group.this["prod"].tags == tomap({
      Name               = "postern-prod-6754af96",
      "postern:cluster"  = "prod"
      "postern:managed"  = "true"
      "postern:endpoint" = "0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com"
    })
    error_message = "the tags are sync's: ${jsonencode(aws_lb_target_group.this["prod"].tags)}"
  }
  assert {
    condition     = !aws_vpc_endpoint_service.this["prod"].acceptance_required && aws_vpc_endpoint_service.this["prod"].allowed_principals == toset(["arn:aws:iam::111111111111:root"])
    error_message = "principals are named, and nothing waits"
  }
}

run "enforced_pair" {
  command = plan

  assert {
    condition     = aws_lb.this["prod"].enforce_security_group_inbound_rules_on_private_link_traffic == "on" && length(aws_lb.this["prod"].subnet_mapping) == 0
    error_message = "enforced, with no fixed addresses"
  }
  assert {
    condition     = [for r in values(aws_vpc_security_group_ingress_rule.clients) : r.cidr_ipv4] == ["10.100.0.0/16"] && aws_vpc_security_group_ingress_rule.clients["prod/10.100.0.0/16"].security_group_id == "sg-0balancer"
    error_message = "the load balancer's group admits the hub's hosts"
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.from_group["prod"].referenced_security_group_id == "sg-0balancer" && aws_vpc_security_group_ingress_rule.from_group["prod"].security_group_id == "sg-0cluster"
    error_message = "the cluster's group admits the load balancer's"
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.from_addresses) == 0
    error_message = "and no addresses"
  }
  assert {
    condition     = aws_vpc_security_group_egress_rule.cluster["prod"].referenced_security_group_id == "sg-0cluster" && aws_vpc_security_group_egress_rule.cluster["prod"].security_group_id == "sg-0balancer" && aws_vpc_security_group_egress_rule.cluster["prod"].from_port == 443
    error_message = "the load balancer reaches the cluster and nothing else"
  }
}

run "descriptions_that_ec2_takes" {
  command = plan

  # Source: Amazon EC2 API reference, CreateSecurityGroup and IpRange.
  assert {
    condition = alltrue([for d in concat(values(aws_security_group.this)[*].description, values(aws_vpc_security_group_ingress_rule.clients)[*].description, values(aws_vpc_security_group_egress_rule.cluster)[*].description, values(aws_vpc_security_group_ingress_rule.from_group)[*].description) :
    can(regex("^[0-9A-Za-z ._:/()#,@\\[\\]+=&;{}!$*-]{1,255}$", d))])
    error_message = "EC2 takes no apostrophe, among others"
  }
}

run "not_enforced_pair" {
  command = plan

  variables {
    client_cidrs = []
    clusters = {
      prod = {
        facts                 = { endpoint = "https://a.example", vpc_id = "vpc-0c1", security_group_id = "sg-0cluster" }
        subnet_ids            = { use1-az1 = "subnet-0b", use1-az2 = "subnet-0c" }
        addresses             = { use1-az1 = "10.0.0.10", use1-az2 = "10.0.1.10" }
        enforce_inbound_rules = false
      }
    }
  }
  assert {
    condition     = aws_lb.this["prod"].enforce_security_group_inbound_rules_on_private_link_traffic == "off"
    error_message = "not enforced"
  }
  assert {
    condition     = { for m in aws_lb.this["prod"].subnet_mapping : m.subnet_id => m.private_ipv4_address } == { subnet-0b = "10.0.0.10", subnet-0c = "10.0.1.10" }
    error_message = "fixed addresses"
  }
  assert {
    condition     = { for k, r in aws_vpc_security_group_ingress_rule.from_addresses : k => r.cidr_ipv4 } == { "prod/use1-az1" = "10.0.0.10/32", "prod/use1-az2" = "10.0.1.10/32" }
    error_message = "the cluster's group admits them"
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.from_group) == 0 && length(aws_vpc_security_group_ingress_rule.clients) == 0
    error_message = "and no group, which would be healthy and dead"
  }
}

run "facts_look_nothing_up" {
  command = plan

  variables {
    clusters = {
      made = {
        name       = "payments"
        facts      = { endpoint = "https://a.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" }
        subnet_ids = { euw1-az1 = "subnet-1", euw1-az2 = "subnet-2", euw1-az3 = "subnet-3" }
      }
    }
  }
  assert {
    condition     = length(data.aws_eks_cluster.this) == 0 && length(data.aws_subnet.this) == 0
    error_message = "no lookup"
  }
  assert {
    condition     = output.links["made"].endpoint_host == "a.example" && output.links["made"].vpc_id == "vpc-0c2" && length(output.links["made"].zone_ids) == 3 && output.links["made"].cluster == "payments"
    error_message = "the facts are used"
  }
}

run "long_names" {
  command = plan

  variables {
    name_prefix = "platform-edg"
    clusters = {
      long = {
        name       = "a_cluster_with_a_very_long_name_that_says_its_team_and_stage_and_even_more_of_what_one_can_know_of_1"
        facts      = { endpoint = "https://a.example", vpc_id = "vpc-0c2", security_group_id = "sg-0c2" }
        subnet_ids = { euw1-az1 = "subnet-1", euw1-az2 = "subnet-2" }
      }
      other = {
        name       = "a_cluster_with_a_very_long_name_that_says_its_team_and_stage_and_even_more_of_what_one_can_know_of_2"
        facts      = { endpoint = "https://b.example", vpc_id = "vpc-0c3", security_group_id = "sg-0c3" }
        subnet_ids = { euw1-az1 = "subnet-4", euw1-az2 = "subnet-5" }
      }
    }
  }
  assert {
    condition     = alltrue([for lb in values(aws_lb.this) : length(lb.name) <= 32 && can(regex("^platform-edg-a-cluster[0-9a-z-]*-[0-9a-f]{8}$", lb.name))]) && aws_lb.this["long"].name != aws_lb.this["other"].name
    error_message = "names fit, and differ: ${jsonencode(values(aws_lb.this)[*].name)}"
  }
}

run "named_subnets_of_a_known_cluster" {
  command = plan

  variables {
    clusters = { prod = { subnet_ids = { use1-az4 = "subnet-0e", use1-az5 = "subnet-0f" }, health_check = "tcp", deletion_protection = false } }
  }
  override_data {
    target = data.aws_subnet.this["prod/use1-az4"]
    values = { id = "subnet-0e", availability_zone_id = "use1-az4", vpc_id = "vpc-0c1", available_ip_address_count = 20 }
  }
  override_data {
    target = data.aws_subnet.this["prod/use1-az5"]
    values = { id = "subnet-0f", availability_zone_id = "use1-az5", vpc_id = "vpc-0c1", available_ip_address_count = 20 }
  }
  assert {
    condition     = aws_lb.this["prod"].subnets == toset(["subnet-0e", "subnet-0f"])
    error_message = "the subnets are the named ones"
  }
  assert {
    condition     = alltrue([for h in aws_lb_target_group.this["prod"].health_check : h.protocol == "TCP"])
    error_message = "a port that answers is enough"
  }
  assert {
    condition     = !aws_lb.this["prod"].enable_deletion_protection
    error_message = "a cluster's own choice comes first"
  }
}

run "acceptance_and_regions" {
  command = plan

  variables {
    acceptance_required   = true
    accepted_endpoint_ids = { prod = "vpce-0123456789abcdef0" }
    supported_regions     = ["eu-west-1"]
  }
  assert {
    condition     = aws_vpc_endpoint_service.this["prod"].acceptance_required && aws_vpc_endpoint_connection_accepter.this["prod"].vpc_endpoint_id == "vpce-0123456789abcdef0" && aws_vpc_endpoint_connection_accepter.this["prod"].vpc_endpoint_service_id == "vpce-svc-0123456789abcdef0"
    error_message = "the endpoint is accepted"
  }
  assert {
    condition     = aws_vpc_endpoint_service.this["prod"].supported_regions == toset(["eu-west-1", "us-east-1"]) && output.links["prod"].supported_regions == tolist(["eu-west-1", "us-east-1"])
    error_message = "the service's own region is always one of its regions"
  }
}

run "hardened" {
  command = plan

  variables {
    clusters = { prod = { health_check = "any-answer" } }
  }
  assert {
    condition     = alltrue([for h in aws_lb_target_group.this["prod"].health_check : h.protocol == "HTTPS" && h.matcher == "200,401,403"])
    error_message = "a refusal is an answer too"
  }
}
