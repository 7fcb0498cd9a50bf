output "vpc" {
  description = "The VPC that holds the endpoints, as hub-endpoints takes it."
  value = {
    vpc_id     = local.made ? aws_vpc.this[0].id : var.hub_vpcs[var.use_hub_vpc.name].vpc_id
    region     = data.aws_region.endpoint.name
    subnet_ids = local.made ? { for zone, s in aws_subnet.this : zone => s.id } : var.use_hub_vpc.subnet_ids
    hub_vpc    = local.made ? null : var.use_hub_vpc.name
  }
}

output "hub_vpcs" {
  description = "The VPCs where the tools run, as hub-endpoints takes them."
  value       = { for name, v in var.hub_vpcs : name => { vpc_id = v.vpc_id, region = data.aws_region.hub.name } }
}

output "client_cidrs" {
  description = "All CIDRs of the VPCs where the tools run: the real source addresses that cluster-link and hub-endpoints admit."
  value       = distinct(flatten(values(local.hub_cidrs)))
}

output "peering_connection_ids" {
  description = "The peerings, by the names of the hub's VPCs."
  value       = { for name, p in aws_vpc_peering_connection.this : name => p.id }
}

output "route_table_id" {
  description = "The endpoint VPC's route table, for routes of one's own (a transit gateway); null with `use_hub_vpc`."
  value       = local.made ? aws_route_table.this[0].id : null
}
