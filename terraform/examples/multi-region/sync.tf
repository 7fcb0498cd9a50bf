# One function in the hub's account works in every account and region, by a role
# in each account and a schedule for each region.

module "sync" {
  source    = "../../modules/target-sync"
  providers = { aws.sync = aws.hub_us }

  package = var.package
  schedules = {
    us = {
      expect = length(var.clusters.a_us)
      scopes = [{ account = var.accounts.a, regions = ["us-east-1"], role_arn = module.role_a.arn, external_id = var.external_id }]
    }
    eu = {
      expect = length(var.clusters.b_eu) + 1
      scopes = [
        { account = var.accounts.a, regions = ["eu-west-1"], role_arn = module.role_a.arn, external_id = var.external_id },
        { account = var.accounts.b, regions = ["eu-west-1"], role_arn = module.role_b.arn, external_id = var.external_id },
      ]
    }
  }
}

module "role_a" {
  source    = "../../modules/target-sync/role"
  providers = { aws.cluster = aws.a_us }

  regions           = ["us-east-1", "eu-west-1"]
  trusted_role_arns = [module.sync.role_arn]
  external_id       = var.external_id
}

module "role_b" {
  source    = "../../modules/target-sync/role"
  providers = { aws.cluster = aws.b_eu }

  regions           = ["eu-west-1"]
  trusted_role_arns = [module.sync.role_arn]
  external_id       = var.external_id
}
