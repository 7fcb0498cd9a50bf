# Another path of the roles.
#
# replaces module.sync.aws_iam_role.scheduler
# replaces module.sync.module.role.aws_iam_role.this
module "sync" {
  path = "/platform/"
}
