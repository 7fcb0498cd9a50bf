variable "account" {
  description = "This account."
  type        = string
}

variable "region" {
  description = "The clusters' region."
  type        = string
}

variable "hub_account" {
  description = "The hub's account, which may connect."
  type        = string
}

variable "hub_cidrs" {
  description = "The CIDRs of the VPCs where the hub's tools run, secondary ones included."
  type        = list(string)
}

variable "clusters" {
  description = "The clusters, by names that are unique in the fleet."
  type        = map(object({ name = optional(string), subnet_ids = optional(map(string)), deletion_protection = optional(bool) }))
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
