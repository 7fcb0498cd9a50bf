output "endpoints" {
  description = "What clients use: each cluster's own host."
  value       = merge(module.hub_endpoints_us.endpoints, module.hub_endpoints_eu.endpoints)
}

output "alarm_topic_arn" {
  description = "Subscribe to it."
  value       = module.sync.alarm_topic_arn
}
