output "arn" {
  description = "The role's ARN: `role_arn` of the scopes."
  value       = aws_iam_role.this.arn
}

output "name" {
  description = "The role's name."
  value       = aws_iam_role.this.name
}

output "policy" {
  description = "The policy that lets sync work, as JSON."
  value       = local.policy
}
