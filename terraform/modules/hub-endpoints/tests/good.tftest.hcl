# What the module makes, a feature a run.

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

run "an_endpoint_a_link" {
  command = plan

  assert {
    condition     = aws_vpc_endpoint.this["prod-us"].subnet_ids == toset(["subnet-1", "subnet-2", "subnet-4"]) && aws_vpc_endpoint.this["payments"].subnet_ids == toset(["subnet-2", "subnet-4"])
    error_message = "in the zones that both sides have"
  }
  assert {
    condition     = alltrue([for e in values(aws_vpc_endpoint.this) : e.vpc_endpoint_type == "Interface" && e.vpc_id == "vpc-0endpoint" && !e.private_dns_enabled && e.security_group_ids == toset(["sg-0endpoints"])])
    error_message = "an interface endpoint with our group"
  }
  assert {
    condition     = aws_vpc_endpoint.this["payments"].service_name == "com.amazonaws.vpce.us-east-1.vpce-svc-0b" && aws_vpc_endpoint.this["payments"].tags["postern:cluster"] == "payments"
    error_message = "of its own service"
  }
  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.clients) == ["10.100.0.0/16", "10.110.0.0/16"]
    error_message = "the hub's hosts are admitted"
  }
}

run "a_zone_at_the_clusters_own_name" {
  command = plan

  assert {
    condition     = aws_route53_zone.this["prod-us"].name == "a.gr7.us-east-1.eks.amazonaws.com" && aws_route53_record.this["prod-us"].name == "a.gr7.us-east-1.eks.amazonaws.com" && aws_route53_record.this["prod-us"].type == "A"
    error_message = "zone and record are at the full host name, as Route 53 writes it"
  }
  assert {
    condition     = one(aws_route53_record.this["prod-us"].alias).name == "vpce-0123456789abcdef0-abcdefgh.vpce-svc-0.us-east-1.vpce.amazonaws.com" && !one(aws_route53_record.this["prod-us"].alias).evaluate_target_health
    error_message = "the record leads to the regional name"
  }
  assert {
    condition     = one(aws_route53_zone.this["prod-us"].vpc).vpc_id == "vpc-0endpoint"
    error_message = "the zone begins with the endpoint VPC"
  }
  assert {
    condition     = length(aws_route53_zone_association.this) == 4 && aws_route53_zone_association.this["payments/ci"].vpc_id == "vpc-0ci" && aws_route53_zone_association.this["payments/ci"].vpc_region == "eu-west-1"
    error_message = "each of the hub's VPCs sees it, in its own region"
  }
  assert {
    condition     = length(aws_route53_vpc_association_authorization.this) == 0
    error_message = "in one account nothing is to be authorised"
  }
  assert {
    condition     = output.endpoints["payments"].host == "B.gr7.us-east-1.eks.amazonaws.com" && output.endpoint_ids["payments"] == "vpce-0123456789abcdef0"
    error_message = "the outputs say what clients need"
  }
}

run "without_zones" {
  command = plan

  variables {
    private_zones = false
  }
  assert {
    condition     = length(aws_route53_zone.this) == 0 && length(aws_route53_record.this) == 0 && length(aws_route53_zone_association.this) == 0 && length(aws_vpc_endpoint.this) == 2
    error_message = "endpoints, and no names"
  }
}

run "in_the_hubs_own_vpc" {
  command = plan

  variables {
    vpc = { vpc_id = "vpc-0hub", region = "us-east-1", subnet_ids = { use1-az2 = "subnet-2", use1-az4 = "subnet-4" }, hub_vpc = "tools" }
  }
  assert {
    condition     = keys(aws_route53_zone_association.this) == ["payments/ci", "prod-us/ci"]
    error_message = "the VPC that the zone begins with is not associated twice"
  }
}

run "one_zone_for_a_reason" {
  command = plan

  variables {
    vpc                 = { vpc_id = "vpc-0endpoint", region = "us-east-1", subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" } }
    single_zone_reasons = { payments = "a test cluster: it may go down with its zone" }
  }
  assert {
    condition     = aws_vpc_endpoint.this["payments"].subnet_ids == toset(["subnet-2"]) && aws_vpc_endpoint.this["payments"].tags["postern:single-zone"] == "a test cluster: it may go down with its zone"
    error_message = "the reason stands on the endpoint"
  }
}

run "another_region" {
  command = plan

  variables {
    links = {
      prod-eu = {
        cluster           = "prod"
        region            = "eu-west-1"
        vpc_id            = "vpc-0c3"
        endpoint_host     = "C.gr7.eu-west-1.eks.amazonaws.com"
        service_name      = "com.amazonaws.vpce.eu-west-1.vpce-svc-0c"
        supported_regions = ["eu-west-1", "us-east-1"]
        zone_ids          = ["euw1-az1", "euw1-az2"]
      }
    }
  }
  assert {
    condition     = aws_vpc_endpoint.this["prod-eu"].service_region == "eu-west-1" && length(aws_vpc_endpoint.this["prod-eu"].subnet_ids) == 3
    error_message = "native cross-region PrivateLink, in every zone of this side"
  }
}
