variable "hub_account" {
  description = "The hub's account."
  type        = string
}

variable "cluster_account" {
  description = "The account whose links are read."
  type        = string
}

variable "region" {
  description = "The region of the endpoints and of the links."
  type        = string
}

variable "links" {
  description = "The names of the links to take over. To remove a link, take it out here and apply, then in the cluster account."
  type        = set(string)
}

variable "hub_vpc" {
  description = "The VPC where the tools run, and the route tables of their subnets."
  type = object({
    vpc_id          = string
    cidrs           = optional(list(string))
    route_table_ids = map(string)
  })
}

variable "endpoint_vpc" {
  description = "CIDR of the endpoint VPC, and of its subnets by AZ ID."
  type        = object({ cidr = string, subnets = map(string) })
}
