# A hub and a link as they stand in state.json. Each file of cases changes inputs
# of these blocks, and says in its first lines what the plan then makes anew:
# whatever it does not name is changed in place or not at all. There is no account
# behind it: make terraform plans each case without a refresh.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}

provider "aws" {
  alias                       = "eu"
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}

module "links" {
  source    = "../modules/cluster-link"
  providers = { aws.cluster = aws }

  clusters = {
    prod = {
      facts      = { endpoint = "https://ABC.gr7.us-east-1.eks.amazonaws.com", vpc_id = "vpc-0c", security_group_id = "sg-0c" }
      subnet_ids = { use1-az1 = "subnet-0c1", use1-az2 = "subnet-0c2" }
    }
  }
  client_cidrs       = ["10.100.0.0/16"]
  allowed_principals = ["arn:aws:iam::111111111111:root"]
}

module "evpc" {
  source    = "../modules/endpoint-vpc"
  providers = { aws.endpoint = aws, aws.hub = aws }

  cidr     = "10.101.0.0/20"
  subnets  = { use1-az1 = "10.101.0.0/24", use1-az2 = "10.101.1.0/24" }
  hub_vpcs = { tools = { vpc_id = "vpc-0hub", cidrs = ["10.100.0.0/16"], route_table_ids = { main = "rtb-0hub" } } }
}

module "hub" {
  source    = "../modules/hub-endpoints"
  providers = { aws.endpoint = aws, aws.hub = aws }

  links        = module.links.links
  vpc          = module.evpc.vpc
  hub_vpcs     = module.evpc.hub_vpcs
  client_cidrs = ["10.100.0.0/16"]
}

module "sync" {
  source    = "../modules/target-sync"
  providers = { aws.sync = aws }

  package = { filename = "../modules/target-sync/tests/function.zip", sha256 = "65f6e3c1bb28545f40d8a6629df58a7540d3264e460bc6a7346f557d385c98cc" }
}
