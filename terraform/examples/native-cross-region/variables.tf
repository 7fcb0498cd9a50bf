variable "accounts" {
  description = "The hub's account and the clusters'."
  type        = object({ hub = string, cluster = string })
}

variable "deployer_role" {
  description = "The role in each account with which Terraform works."
  type        = string
}

variable "hub_region" {
  description = "The hub's region."
  type        = string
}

variable "cluster_region" {
  description = "The clusters' region."
  type        = string

  validation {
    condition     = var.cluster_region != var.hub_region
    error_message = "cluster_region is the hub's own: that is the example single-cluster."
  }
}

variable "hub_vpc_id" {
  description = "The VPC where the tools run."
  type        = string
}

variable "hub_subnet_ids" {
  description = "Its subnets for the endpoints, by AZ ID. They need no zone in common with the clusters."
  type        = map(string)
}

variable "clusters" {
  description = "The clusters, by names that are unique in the fleet."
  type        = map(object({ name = optional(string), deletion_protection = optional(bool) }))
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
