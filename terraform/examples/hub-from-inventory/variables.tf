variable "hub_account" {
  description = "The hub's account."
  type        = string
}

variable "deployer_role" {
  description = "The role in the hub's account with which Terraform works."
  type        = string
}

variable "hub_vpc" {
  description = "The VPC where the tools run, in us-east-1, and the route tables of their subnets."
  type = object({
    vpc_id          = string
    cidrs           = optional(list(string))
    route_table_ids = map(string)
  })
}

variable "links" {
  description = "The links to reach: what `postern inventory --format tfvars` writes."
  type = map(object({
    cluster           = string
    region            = string
    vpc_id            = string
    endpoint_host     = string
    service_name      = string
    zone_ids          = list(string)
    supported_regions = optional(list(string), [])
  }))

  validation {
    condition     = alltrue([for l in values(var.links) : contains(["us-east-1", "eu-west-1"], l.region)])
    error_message = "links: one is in a region that has no blocks in main.tf. Add an endpoint-vpc and a hub-endpoints for it."
  }
}
