variable "name" {
  description = "The role's name."
  type        = string
  default     = "postern-sync"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Za-z+=,.@_-]{1,64}$", var.name))
    error_message = "name has 1 to 64 letters, digits and +=,.@_-."
  }
}

variable "path" {
  description = "The role's path."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.path))
    error_message = "path begins and ends with a slash, such as /platform/."
  }
}

variable "regions" {
  description = "The regions in which sync works in this account. None: the role has no right of its own to sync."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for r in var.regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", r))])
    error_message = "regions: every entry is a region such as us-east-1."
  }
}

variable "trusted_role_arns" {
  description = "The roles that may assume this one: the output `role_arn` of target-sync."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for a in var.trusted_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^*?]+$", a))])
    error_message = "trusted_role_arns: every entry is the ARN of one role, such as arn:aws:iam::111111111111:role/postern-sync, and never *."
  }
  validation {
    condition     = (length(var.trusted_role_arns) > 0) != (var.trusted_service != null)
    error_message = "trusted_role_arns: name the function's role, or trusted_service, and not both."
  }
}

variable "trusted_service" {
  description = "The service that may assume this role; only for the function's own role."
  type        = string
  default     = null

  validation {
    condition     = var.trusted_service == null || var.trusted_service == "lambda.amazonaws.com"
    error_message = "trusted_service is lambda.amazonaws.com or null."
  }
}

variable "external_id" {
  description = "What sync has to say when it assumes the role (`external_id` of the scope)."
  type        = string
  default     = null

  validation {
    condition     = var.external_id == null ? true : length(var.external_id) >= 2 && length(var.external_id) <= 1224 && can(regex("^[0-9A-Za-z+=,.@:/_-]+$", var.external_id))
    error_message = "external_id has 2 to 1224 letters, digits and +=,.@:/_-."
  }
}

variable "register_only_target_group_arns" {
  description = "Groups without the tag `postern:managed` in which sync may register, and nothing else: a fleet that exists already."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for a in var.register_only_target_group_arns : can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/[^*?]+$", a))])
    error_message = "register_only_target_group_arns: every entry is the ARN of one target group, and never *."
  }
}

variable "permissions_boundary_arn" {
  description = "A permissions boundary for the role."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null ? true : can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn is the ARN of an IAM policy."
  }
}

variable "partition" {
  description = "The AWS partition, such as aws-us-gov; looked up if it is left out."
  type        = string
  default     = null

  validation {
    condition     = var.partition == null ? true : can(regex("^aws(-[a-z]+)*$", var.partition))
    error_message = "partition is aws, aws-us-gov, aws-cn or their like."
  }
}

variable "tags" {
  description = "Tags for the role."
  type        = map(string)
  default     = {}
  nullable    = false
}
