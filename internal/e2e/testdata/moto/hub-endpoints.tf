# A root for hub-endpoints against moto: what the module is given is made here, since moto's EKS
# has neither a VPC nor a security group.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}
provider "aws" {
  alias                       = "moto"
  region                      = "us-east-1"
  max_retries                 = 2
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}
resource "aws_vpc" "spoke" {
  provider   = aws.moto
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "spoke" {
  provider             = aws.moto
  for_each             = { use1-az1 = 0, use1-az2 = 1 }
  vpc_id               = aws_vpc.spoke.id
  cidr_block           = cidrsubnet(aws_vpc.spoke.cidr_block, 4, each.value)
  availability_zone_id = each.key
}
resource "aws_security_group" "spoke" {
  provider = aws.moto
  name     = "spoke"
  vpc_id   = aws_vpc.spoke.id
}
resource "aws_vpc" "hub" {
  provider   = aws.moto
  cidr_block = "10.100.0.0/16"
}
resource "aws_subnet" "hub" {
  provider             = aws.moto
  for_each             = { use1-az1 = 0, use1-az2 = 1 }
  vpc_id               = aws_vpc.hub.id
  cidr_block           = cidrsubnet(aws_vpc.hub.cidr_block, 4, each.value)
  availability_zone_id = each.key
}
resource "aws_security_group" "hub" {
  provider = aws.moto
  name     = "hub"
  vpc_id   = aws_vpc.hub.id
}
resource "aws_vpc" "tools" {
  provider   = aws.moto
  cidr_block = "10.104.0.0/16"
}
resource "aws_lb" "this" {
  provider           = aws.moto
  name               = "prod"
  internal           = true
  load_balancer_type = "network"
  subnets            = [for s in aws_subnet.spoke : s.id]
}
resource "aws_vpc_endpoint_service" "this" {
  provider                   = aws.moto
  acceptance_required        = false
  network_load_balancer_arns = [aws_lb.this.arn]
}
module "hub" {
  source       = "./modules/hub-endpoints"
  providers    = { aws.hub = aws.moto, aws.endpoint = aws.moto }
  links        = { prod = { service_name = aws_vpc_endpoint_service.this.service_name, endpoint_host = "0123456789abcdef0123456789abcdef.gr7.us-east-1.eks.amazonaws.com", vpc_id = aws_vpc.spoke.id, region = "us-east-1", cluster = "prod", zone_ids = ["use1-az1", "use1-az2"], supported_regions = ["us-east-1"] } }
  vpc          = { vpc_id = aws_vpc.hub.id, region = "us-east-1", subnet_ids = { for z, s in aws_subnet.hub : z => s.id } }
  hub_vpcs     = { tools = { vpc_id = aws_vpc.tools.id, region = "us-east-1" } }
  client_cidrs = ["10.104.0.0/16"]
}
