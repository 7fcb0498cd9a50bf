variable "hub_account" {
  description = "The hub's account."
  type        = string
}

variable "cluster_account" {
  description = "The clusters' account."
  type        = string
}

variable "region" {
  description = "The region in which the deployers may work."
  type        = string
}

variable "administrator_role" {
  description = "The role in both accounts with which this is applied."
  type        = string
}

variable "deployed_by_arns" {
  description = "Who may be a deployer: the roles of the pipeline."
  type        = list(string)

  validation {
    condition     = length(var.deployed_by_arns) > 0 && alltrue([for a in var.deployed_by_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[^*?]+)$", a))])
    error_message = "deployed_by_arns: name at least one role by its ARN, and never *."
  }
}
