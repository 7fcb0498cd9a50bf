variable "accounts" {
  description = "The hub's account and the clusters'."
  type        = object({ hub = string, cluster = string })
}

variable "deployer_role" {
  description = "The role in each account with which Terraform works."
  type        = string
}

variable "region" {
  description = "The region of everything."
  type        = string
}

variable "links" {
  description = "What exists, by names that are unique in the fleet: the cluster, its load balancer with the AZ IDs that it is in, and its target group."
  type = map(object({
    cluster           = string
    load_balancer_arn = string
    target_group_arn  = string
    zone_ids          = list(string)
  }))
}

variable "stage" {
  description = "How far sync goes: `observe` reports only, `register` adds missing targets and removes none, `manage` keeps the groups equal to the clusters' addresses."
  type        = string
  default     = "observe"

  validation {
    condition     = contains(["observe", "register", "manage"], var.stage)
    error_message = "stage is observe, register or manage, in this order."
  }
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

variable "package" {
  description = "The function's zip and its hash, as target-sync takes them: `make lambda` writes both into dist."
  type = object({
    sha256            = string
    filename          = optional(string)
    url               = optional(string)
    s3_bucket         = optional(string)
    s3_key            = optional(string)
    s3_object_version = optional(string)
    architecture      = optional(string, "arm64")
  })
}
