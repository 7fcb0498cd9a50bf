# Sync as a function: what runs it, what wakes it, what it may do, and who hears
# when it does not.
#
# function.tf   the function and its log
# wake.tf       schedules, and the events that only hasten them
# access.tf     the roles
# alarms.tf     alarms that stay silent while all is well

data "aws_region" "current" {
  provider = aws.sync
}

data "aws_caller_identity" "current" {
  provider = aws.sync
}

data "aws_partition" "current" {
  provider = aws.sync
}

locals {
  region    = data.aws_region.current.name
  account   = data.aws_caller_identity.current.account_id
  partition = var.partition != null ? var.partition : data.aws_partition.current.partition

  scopes = flatten([for s in values(var.schedules) : s.scopes == null ? [{
    account     = local.account
    regions     = [local.region]
    role_arn    = tostring(null)
    external_id = tostring(null)
  }] : s.scopes])

  # By the account, which is known when a plan is made; a role that is made in the
  # same apply is not.
  foreign     = [for c in local.scopes : c if c.account != local.account]
  own_regions = distinct(flatten([for c in local.scopes : c.regions if c.account == local.account]))
  slowest     = max([for s in values(var.schedules) : s.minutes]...)
}
