# A root for target-sync against moto.

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
module "sync" {
  source    = "./modules/target-sync"
  providers = { aws.sync = aws.moto }
  package   = { filename = "./modules/target-sync/tests/function.zip", sha256 = "65f6e3c1bb28545f40d8a6629df58a7540d3264e460bc6a7346f557d385c98cc" }
}
