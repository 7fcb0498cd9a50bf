output "endpoint_ids" {
  description = "The interface endpoints, by the links' keys: what cluster-link takes as `accepted_endpoint_ids`."
  value       = { for key, e in aws_vpc_endpoint.this : key => e.id }
}

output "endpoints" {
  description = "What a client needs of each link: the cluster's own host, and the endpoint's name for `tls-server-name`."
  value = { for key, e in aws_vpc_endpoint.this : key => {
    cluster  = var.links[key].cluster
    host     = var.links[key].endpoint_host
    dns_name = e.dns_entry[0].dns_name
    zone_ids = local.links[key].zones
  } }
}

output "hosted_zone_ids" {
  description = "The private zones, by the links' keys, for VPCs of yet other accounts."
  value       = { for key, z in aws_route53_zone.this : key => z.zone_id }
}

output "security_group_id" {
  description = "The endpoints' security group."
  value       = aws_security_group.this.id
}
