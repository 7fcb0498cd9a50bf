# A provider for each account and region: Terraform cannot choose one by a map's
# key.

locals {
  deployers = { for name, account in var.accounts : name => "arn:aws:iam::${account}:role/${var.deployer_role}" }
}

provider "aws" {
  alias  = "hub_us"
  region = "us-east-1"

  assume_role {
    role_arn = local.deployers.hub
  }
}

provider "aws" {
  alias  = "hub_eu"
  region = "eu-west-1"

  assume_role {
    role_arn = local.deployers.hub
  }
}

provider "aws" {
  alias  = "a_us"
  region = "us-east-1"

  assume_role {
    role_arn = local.deployers.a
  }
}

provider "aws" {
  alias  = "a_eu"
  region = "eu-west-1"

  assume_role {
    role_arn = local.deployers.a
  }
}

provider "aws" {
  alias  = "b_eu"
  region = "eu-west-1"

  assume_role {
    role_arn = local.deployers.b
  }
}
