# The hub's VPCs are of another account than the endpoints: each association is
# authorised first.

mock_provider "aws" {
  alias           = "endpoint"
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "111111111111" }
  }
  mock_resource "aws_route53_zone" {
    defaults = { zone_id = "Z0123456789ABCDEFGHIJ" }
  }
  mock_resource "aws_vpc_endpoint" {
    defaults = { dns_entry = [{ dns_name = "vpce-0.us-east-1.vpce.amazonaws.com", hosted_zone_id = "Z7HUB22UULQXV" }] }
  }
}

mock_provider "aws" {
  alias           = "hub"
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "444444444444" }
  }
}

run "authorised_first" {
  command = plan

  variables {
    links = {
      prod-us = {
        cluster       = "prod"
        region        = "us-east-1"
        vpc_id        = "vpc-0c1"
        endpoint_host = "A.gr7.us-east-1.eks.amazonaws.com"
        service_name  = "com.amazonaws.vpce.us-east-1.vpce-svc-0a"
        zone_ids      = ["use1-az1", "use1-az2"]
      }
    }
    vpc          = { vpc_id = "vpc-0endpoint", region = "us-east-1", subnet_ids = { use1-az1 = "subnet-1", use1-az2 = "subnet-2" } }
    hub_vpcs     = { tools = { vpc_id = "vpc-0hub", region = "us-east-1" } }
    client_cidrs = ["10.100.0.0/16"]
  }
  assert {
    condition     = aws_route53_vpc_association_authorization.this["prod-us/tools"].vpc_id == "vpc-0hub" && aws_route53_zone_association.this["prod-us/tools"].vpc_id == "vpc-0hub"
    error_message = "both, for each of the hub's VPCs"
  }
}
