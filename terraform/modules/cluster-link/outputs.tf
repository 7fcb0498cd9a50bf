output "links" {
  description = "The links by the clusters' keys, as hub-endpoints takes them; those of several accounts by merge()."
  value = { for key, c in local.clusters : key => {
    cluster           = c.name
    region            = data.aws_region.current.name
    vpc_id            = c.vpc_id
    endpoint_host     = c.host
    service_name      = aws_vpc_endpoint_service.this[key].service_name
    supported_regions = sort(setunion(var.supported_regions, [data.aws_region.current.name]))
    zone_ids          = sort(keys(c.subnet_ids))
  } }
}

output "target_group_arns" {
  description = "The target groups that sync fills, by the clusters' keys."
  value       = { for key, g in aws_lb_target_group.this : key => g.arn }
}

output "load_balancer_security_group_ids" {
  description = "The load balancers' security groups, by the clusters' keys."
  value       = { for key, g in aws_security_group.this : key => g.id }
}

output "service_ids" {
  description = "The endpoint services, by the clusters' keys: what `postern unlink` empties before a destroy."
  value       = { for key, s in aws_vpc_endpoint_service.this : key => s.id }
}
