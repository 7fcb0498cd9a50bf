# The state of one cluster account: its links and its sync. What the hub has to
# know is handed over by a parameter a link.

provider "aws" {
  region = var.region

  assume_role {
    role_arn = "arn:aws:iam::${var.account}:role/postern-deployer"
  }
}

module "links" {
  source    = "../../../modules/cluster-link"
  providers = { aws.cluster = aws }

  clusters            = var.clusters
  client_cidrs        = var.hub_cidrs
  allowed_principals  = ["arn:aws:iam::${var.hub_account}:root"]
  deletion_protection = var.deletion_protection
}

module "sync" {
  source    = "../../../modules/target-sync"
  providers = { aws.sync = aws }

  package                  = var.package
  schedules                = { all = { expect = length(var.clusters) } }
  permissions_boundary_arn = "arn:aws:iam::${var.account}:policy/postern-boundary"
}

resource "aws_ssm_parameter" "link" {
  for_each = var.clusters

  name        = "/postern/links/${each.key}"
  description = "A link of Postern, as hub-endpoints takes it"
  type        = "String"
  value       = jsonencode(module.links.links[each.key])
}

output "links" {
  description = "What the parameters hold."
  value       = module.links.links
}
