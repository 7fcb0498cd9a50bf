# A root for endpoint-vpc against moto.

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
resource "aws_route_table" "hub" {
  provider = aws.moto
  vpc_id   = aws_vpc.hub.id
}
module "vpc" {
  source    = "./modules/endpoint-vpc"
  providers = { aws.hub = aws.moto, aws.endpoint = aws.moto }
  cidr      = "10.101.0.0/20"
  subnets   = { use1-az1 = "10.101.0.0/24", use1-az2 = "10.101.1.0/24" }
  hub_vpcs  = { tools = { vpc_id = aws_vpc.hub.id, cidrs = ["10.100.0.0/16"], route_table_ids = { private = aws_route_table.hub.id } } }
}
