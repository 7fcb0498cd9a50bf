# A root for cluster-link against moto: what the module is given is made here, since moto's EKS
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
module "link" {
  source              = "./modules/cluster-link"
  providers           = { aws.cluster = aws.moto }
  clusters            = { prod = { facts = { endpoint = "https://0123456789abcdef0123456789abcdef.gr7.us-east-1.eks.amazonaws.com", vpc_id = aws_vpc.spoke.id, security_group_id = aws_security_group.spoke.id }, subnet_ids = { for z, s in aws_subnet.spoke : z => s.id } } }
  client_cidrs        = ["10.100.0.0/16"]
  allowed_principals  = ["arn:aws:iam::123456789012:root"]
  deletion_protection = false
}
