# Another name of the function.
#
# replaces module.sync.aws_cloudwatch_event_rule.this["clusters"]
# replaces module.sync.aws_cloudwatch_event_rule.this["interfaces"]
# replaces module.sync.aws_cloudwatch_event_target.this["clusters"]
# replaces module.sync.aws_cloudwatch_event_target.this["interfaces"]
# replaces module.sync.aws_cloudwatch_log_group.this
# replaces module.sync.aws_cloudwatch_metric_alarm.this["failed"]
# replaces module.sync.aws_cloudwatch_metric_alarm.this["heartbeat"]
# replaces module.sync.aws_cloudwatch_metric_alarm.this["held"]
# replaces module.sync.aws_cloudwatch_metric_alarm.this["missing"]
# replaces module.sync.aws_cloudwatch_metric_alarm.this["no-target"]
# replaces module.sync.aws_cloudwatch_metric_alarm.this["unread"]
# replaces module.sync.aws_iam_role.scheduler
# replaces module.sync.aws_iam_role_policy.function
# replaces module.sync.aws_iam_role_policy.scheduler
# replaces module.sync.aws_lambda_function.this
# replaces module.sync.aws_lambda_function_event_invoke_config.this
# replaces module.sync.aws_lambda_permission.events["clusters"]
# replaces module.sync.aws_lambda_permission.events["interfaces"]
# replaces module.sync.aws_scheduler_schedule.this["all"]
# replaces module.sync.aws_sns_topic.alarms[0]
# replaces module.sync.module.role.aws_iam_role.this
# replaces module.sync.module.role.aws_iam_role_policy.sync[0]
module "sync" {
  name = "edge-sync"
}
