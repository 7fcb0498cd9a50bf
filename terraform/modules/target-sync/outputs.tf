output "function_arn" {
  description = "The function's ARN."
  value       = aws_lambda_function.this.arn
}

output "function_name" {
  description = "The function's name, for an invocation by hand."
  value       = aws_lambda_function.this.function_name
}

output "role_arn" {
  description = "The function's role: `trusted_role_arns` of target-sync/role in the other accounts."
  value       = module.role.arn
}

output "log_group_name" {
  description = "Where the function logs."
  value       = aws_cloudwatch_log_group.this.name
}

output "alarm_topic_arn" {
  description = "The topic that alarms tell, to subscribe to; null with `alarm_action_arns` or without alarms."
  value       = one(aws_sns_topic.alarms[*].arn)
}
