variable "region" {
  description = "The region of everything."
  type        = string
}

variable "cluster_name" {
  description = "The EKS cluster."
  type        = string
}

variable "hub_vpc_id" {
  description = "The VPC where the tools run. Not the cluster's own: there no link is needed."
  type        = string
}

variable "hub_subnet_ids" {
  description = "Its subnets for the endpoint, by AZ ID: at least two zones that the cluster has too."
  type        = map(string)
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
