variable "accounts" {
  description = "The accounts: the hub's, and two that have clusters."
  type        = object({ hub = string, a = string, b = string })
}

variable "deployer_role" {
  description = "The role in each account with which Terraform works."
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

variable "clusters" {
  description = "The clusters that exist already, by account and region, under names that are unique in the fleet. A cluster more is an entry more."
  type = object({
    a_us = map(object({ name = optional(string), subnet_ids = optional(map(string)), deletion_protection = optional(bool) }))
    b_eu = map(object({ name = optional(string), subnet_ids = optional(map(string)), deletion_protection = optional(bool) }))
  })
}

variable "external_id" {
  description = "What the function says when it assumes the roles of the clusters' accounts."
  type        = string
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

variable "deletion_protection" {
  description = "Set it to false and apply before a destroy."
  type        = bool
  default     = true
}
