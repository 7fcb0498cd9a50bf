variable "name" {
  description = "The name of the function, and what the names of its parts begin with. One function for each account and region, or one for many by `schedules`."
  type        = string
  default     = "postern-sync"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Za-z][0-9A-Za-z_-]{0,39}$", var.name))
    error_message = "name has 1 to 40 letters, digits, hyphens and underscores."
  }
}

variable "package" {
  description = <<-EOT
    The function's zip, pinned by its hash, and from exactly one place.
    `sha256`: as `make lambda` writes it into `dist/postern-sync-arm64.zip.sha256`, in hexadecimal.
    `filename`: a file on this machine.
    `url`: https, fetched with curl when the function is made or its hash changes.
    `s3_bucket`, `s3_key`, `s3_object_version`: an object in the function's region.
    `architecture`: `arm64`, or `x86_64` for a zip that was built with `-arch amd64`.
  EOT
  type = object({
    sha256            = string
    filename          = optional(string)
    url               = optional(string)
    s3_bucket         = optional(string)
    s3_key            = optional(string)
    s3_object_version = optional(string)
    architecture      = optional(string, "arm64")
  })
  nullable = false

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.package.sha256))
    error_message = "package: sha256 is the 64 lower-case hexadecimal digits of the zip's SHA-256, as sha256sum prints them."
  }
  validation {
    condition     = length([for from in [var.package.filename, var.package.url, var.package.s3_key] : from if from != null]) == 1
    error_message = "package: name exactly one of filename, url and s3_key."
  }
  validation {
    condition     = (var.package.s3_bucket == null) == (var.package.s3_key == null) && (var.package.s3_object_version == null || var.package.s3_key != null)
    error_message = "package: s3_bucket and s3_key belong together, and s3_object_version to both."
  }
  validation {
    condition     = var.package.url == null ? true : can(regex("^https://[0-9A-Za-z._~:/?#@!$&()*+,;=%-]+$", var.package.url))
    error_message = "package: url begins with https://."
  }
  validation {
    condition     = var.package.filename == null ? true : try(filesha256(var.package.filename) == var.package.sha256, false)
    error_message = "package: the file does not exist, or is not the one that sha256 pins. Run make lambda, and compare with the .sha256 file beside it."
  }
  validation {
    condition     = contains(["arm64", "x86_64"], var.package.architecture)
    error_message = "package: architecture is arm64 or x86_64."
  }
}

variable "schedules" {
  description = <<-EOT
    What is looked at, and how often: a schedule for each shard of the fleet, by names of your own.
    `minutes`: the time between two passes.
    `scopes`: where; left out, the function's own account and region. `role_arn` is for other accounts (the module target-sync/role makes it there).
    `expect`: fewer links than this are an error.
  EOT
  type = map(object({
    minutes = optional(number, 1)
    expect  = optional(number, 0)
    scopes = optional(list(object({
      account     = string
      regions     = list(string)
      role_arn    = optional(string)
      external_id = optional(string)
    })))
  }))
  default  = { all = {} }
  nullable = false

  validation {
    condition     = length(var.schedules) > 0 && alltrue([for name in keys(var.schedules) : can(regex("^[0-9A-Za-z_.-]{1,23}$", name))])
    error_message = "schedules: at least one, and each name has 1 to 23 letters, digits and _.-."
  }
  validation {
    condition     = alltrue([for s in values(var.schedules) : s.minutes >= 1 && s.minutes <= 60 && floor(s.minutes) == s.minutes])
    error_message = "schedules: minutes is a whole number from 1, the scheduler's finest, to 60."
  }
  validation {
    condition     = alltrue([for s in values(var.schedules) : s.expect >= 0 && floor(s.expect) == s.expect])
    error_message = "schedules: expect is a whole number of at least 0."
  }
  validation {
    condition     = alltrue([for s in values(var.schedules) : s.scopes == null ? true : length(s.scopes) > 0])
    error_message = "schedules: scopes is an empty list. Leave it out for the function's own account and region, or name at least one."
  }
  validation {
    condition     = alltrue(flatten([for s in values(var.schedules) : [for c in coalesce(s.scopes, []) : can(regex("^[0-9]{12}$", c.account)) && length(c.regions) > 0 && alltrue([for r in c.regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", r))])]]))
    error_message = "schedules: a scope has an account of 12 digits and at least one region such as us-east-1."
  }
  validation {
    condition     = alltrue(flatten([for s in values(var.schedules) : [for c in coalesce(s.scopes, []) : c.role_arn == null ? true : can(regex("^arn:aws[a-z-]*:iam::${c.account}:role/[^*?]+$", c.role_arn))]]))
    error_message = "schedules: role_arn is the ARN of one role in the scope's own account."
  }
  validation {
    condition     = alltrue(flatten([for s in values(var.schedules) : [for c in coalesce(s.scopes, []) : c.external_id == null || c.role_arn != null]]))
    error_message = "schedules: external_id without role_arn. Name the role that asks for it, or remove it."
  }
  validation {
    condition = length(distinct(flatten([for s in values(var.schedules) : [for c in coalesce(s.scopes, []) : [for r in c.regions : "${c.account}/${r}"]]]))) == length(
    flatten([for s in values(var.schedules) : [for c in coalesce(s.scopes, []) : [for r in c.regions : "${c.account}/${r}"]]]))
    error_message = "schedules: an account and region is in two scopes, and would be looked at twice. Keep one."
  }
  validation {
    condition     = length([for s in values(var.schedules) : s if s.scopes == null]) <= 1
    error_message = "schedules: two schedules have no scopes, and would look at the same. Keep one."
  }
}

variable "events" {
  description = "Whether changes that CloudTrail reports wake the function too. They come only from the function's own account and region, and only where a trail records management events; the schedules need none of them."
  type        = bool
  default     = true
  nullable    = false
}

variable "settings" {
  description = "Further settings of sync, by their environment names, such as POSTERN_RESOLVERS: see docs/reference/settings.md."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.settings) : can(regex("^POSTERN_[A-Z][A-Z_]*$", key))])
    error_message = "settings: every key is an environment name of a setting, such as POSTERN_GRACE."
  }
  validation {
    condition     = length(setintersection(keys(var.settings), ["POSTERN_EXPECT", "POSTERN_WATCH", "POSTERN_ROLE_ARN", "POSTERN_EXTERNAL_ID", "POSTERN_PROFILE"])) == 0
    error_message = "settings: what is expected and which roles are assumed is said by schedules, and a function neither watches nor has profiles. Remove POSTERN_EXPECT, _WATCH, _ROLE_ARN, _EXTERNAL_ID and _PROFILE."
  }
  validation {
    condition     = length(join("", concat(keys(var.settings), values(var.settings)))) <= 4000
    error_message = "settings: Lambda gives the environment 4 KB. Shorten the lists."
  }
}

variable "register_only_target_group_arns" {
  description = "Groups of the function's own account without the tag `postern:managed` in which sync may register, and nothing else: a fleet that exists already."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "vpc" {
  description = "Subnets and security groups for a function that has to run in a VPC (`POSTERN_VERIFY_IDENTITY`, a resolver there). It then needs a way to AWS's APIs: NAT or interface endpoints."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) > 0 && length(var.vpc.security_group_ids) > 0
    error_message = "vpc: name at least one subnet and one security group, or leave vpc out."
  }
}

variable "reserved_concurrency" {
  description = "Executions kept for the function, at least one a schedule. Null: none; new accounts may have none to spare."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= length(var.schedules) && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency is a whole number of at least one a schedule, or shards would wait for each other. To stop sync, set POSTERN_PAUSE in settings."
  }
}

variable "memory_mb" {
  description = "Memory of the function in MB. 128 is enough for hundreds of links."
  type        = number
  default     = 128
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb is a whole number from 128 to 10240."
  }
}

variable "timeout_seconds" {
  description = "How long a pass may take. What it has not reached by then comes first in the next one."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 10 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds is a whole number from 10 to 900."
  }
}

variable "log_retention_days" {
  description = "How long the log is kept, in days."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is one of those that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "log_kms_key_arn" {
  description = "A KMS key for the log. Its policy has to admit CloudWatch Logs."
  type        = string
  default     = null
}

variable "alarms" {
  description = "Whether alarms are made."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_action_arns" {
  description = "What alarms tell, such as an SNS topic. Null: a topic of the module's own, to subscribe to."
  type        = list(string)
  default     = null

  validation {
    condition     = var.alarm_action_arns == null ? true : length(var.alarm_action_arns) <= 5 && alltrue([for a in var.alarm_action_arns : startswith(a, "arn:")])
    error_message = "alarm_action_arns: up to 5 ARNs, or null for a topic of the module's own."
  }
}

variable "path" {
  description = "The path of the roles."
  type        = string
  default     = "/"
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "A permissions boundary for the roles."
  type        = string
  default     = null
}

variable "partition" {
  description = "The AWS partition, such as aws-us-gov; looked up if it is left out."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
