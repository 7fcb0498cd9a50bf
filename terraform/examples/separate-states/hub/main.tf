# The hub's state: the endpoints of one region. The links come from the cluster
# account's parameters, which this state may read and nothing else there.

provider "aws" {
  alias  = "hub"
  region = var.region

  assume_role {
    role_arn = "arn:aws:iam::${var.hub_account}:role/postern-deployer"
  }
}

# One such provider for each cluster account: Terraform cannot choose one by a
# map's key. The hub's deployer alone may assume the role, so that one leads to the
# other.
provider "aws" {
  alias  = "handover"
  region = var.region

  assume_role {
    role_arn = "arn:aws:iam::${var.hub_account}:role/postern-deployer"
  }

  assume_role {
    role_arn = "arn:aws:iam::${var.cluster_account}:role/postern-handover"
  }
}

data "aws_ssm_parameter" "link" {
  for_each = var.links
  provider = aws.handover

  name = "/postern/links/${each.key}"
}

module "endpoint_vpc" {
  source    = "../../../modules/endpoint-vpc"
  providers = { aws.endpoint = aws.hub, aws.hub = aws.hub }

  cidr     = var.endpoint_vpc.cidr
  subnets  = var.endpoint_vpc.subnets
  hub_vpcs = { tools = var.hub_vpc }
}

module "hub_endpoints" {
  source    = "../../../modules/hub-endpoints"
  providers = { aws.endpoint = aws.hub, aws.hub = aws.hub }

  links        = { for key, p in data.aws_ssm_parameter.link : key => jsondecode(nonsensitive(p.value)) }
  vpc          = module.endpoint_vpc.vpc
  hub_vpcs     = module.endpoint_vpc.hub_vpcs
  client_cidrs = module.endpoint_vpc.client_cidrs
}

output "endpoints" {
  description = "What clients use: each cluster's own host."
  value       = module.hub_endpoints.endpoints
}
