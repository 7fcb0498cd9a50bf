variable "name" {
  description = "What the VPC and its parts are called."
  type        = string
  default     = "postern-endpoints"
  nullable    = false

  validation {
    condition     = length(var.name) >= 1 && length(var.name) <= 100
    error_message = "name has 1 to 100 characters."
  }
}

variable "cidr" {
  description = "CIDR of the endpoint VPC, `/16` to `/28`, that nothing else of the hub has. Null with `use_hub_vpc`."
  type        = string
  default     = null

  validation {
    condition     = (var.cidr == null) == (var.use_hub_vpc != null)
    error_message = "cidr: set exactly one of cidr (a VPC of its own) and use_hub_vpc (the hub's own VPC holds the endpoints)."
  }
  validation {
    condition     = var.cidr == null ? true : can(cidrhost(var.cidr, 0)) ? cidrhost(var.cidr, 0) == split("/", var.cidr)[0] : false
    error_message = "cidr is not an IPv4 CIDR with its first address, such as 10.101.0.0/20."
  }
  validation {
    condition     = var.cidr == null ? true : try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 28, true)
    error_message = "cidr: a VPC's prefix is /16 to /28. Choose one in between; an endpoint takes one address in each zone."
  }
  validation {
    # Two prefixes overlap when the shorter of them holds both.
    condition = var.cidr == null ? true : alltrue([for other in values(var.other_cidrs) : try(
      cidrsubnet("${split("/", var.cidr)[0]}/${min(split("/", var.cidr)[1], split("/", other)[1])}", 0, 0) !=
      cidrsubnet("${split("/", other)[0]}/${min(split("/", var.cidr)[1], split("/", other)[1])}", 0, 0), true)
    ])
    error_message = "cidr overlaps one of other_cidrs, so that the hub could reach only one of the two. Choose a CIDR that no other endpoint VPC has."
  }
}

variable "subnets" {
  description = "CIDR of the subnet in each zone, by AZ ID, at least two: the zones that the clusters' load balancers have too."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for zone in keys(var.subnets) : can(regex("^[a-z]+[0-9]+-az[0-9]+$", zone))])
    error_message = "subnets: a key is not an AZ ID such as use1-az1. AZ names such as us-east-1a mean another zone in each account: aws ec2 describe-availability-zones shows the IDs."
  }
  validation {
    condition     = var.use_hub_vpc != null ? length(var.subnets) == 0 : length(var.subnets) >= 2
    error_message = "subnets: name at least two zones for a VPC of its own, or none with use_hub_vpc."
  }
  validation {
    condition     = length(setintersection(keys(var.subnets), ["use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4"])) == 0
    error_message = "subnets: PrivateLink is not offered everywhere in use1-az3, usw1-az2, apne1-az3, apne2-az2 and apne2-az4. Choose other zones."
  }
  validation {
    condition     = alltrue([for c in values(var.subnets) : can(cidrhost(c, 0)) ? cidrhost(c, 0) == split("/", c)[0] && tonumber(split("/", c)[1]) <= 28 : false])
    error_message = "subnets: every value is an IPv4 CIDR with its first address and a prefix of at most /28, such as 10.101.0.0/24."
  }
  validation {
    condition = var.cidr == null ? true : alltrue([for c in values(var.subnets) : try(
      tonumber(split("/", c)[1]) >= tonumber(split("/", var.cidr)[1]) &&
      cidrsubnet("${split("/", c)[0]}/${split("/", var.cidr)[1]}", 0, 0) == cidrsubnet(var.cidr, 0, 0), true)
    ])
    error_message = "subnets: a subnet is not inside cidr. Cut the subnets out of the VPC's own CIDR."
  }
  validation {
    condition = alltrue([for pair in setproduct(keys(var.subnets), keys(var.subnets)) : pair[0] == pair[1] ? true : try(
      cidrsubnet("${split("/", var.subnets[pair[0]])[0]}/${min(split("/", var.subnets[pair[0]])[1], split("/", var.subnets[pair[1]])[1])}", 0, 0) !=
      cidrsubnet("${split("/", var.subnets[pair[1]])[0]}/${min(split("/", var.subnets[pair[0]])[1], split("/", var.subnets[pair[1]])[1])}", 0, 0), true)
    ])
    error_message = "subnets: two of them overlap. Give each zone a CIDR of its own."
  }
}

variable "hub_vpcs" {
  description = <<-EOT
    The VPCs where the tools run, by names of your own, all in the account and region of the provider `aws.hub`.
    `cidrs`: all CIDRs of the VPC, secondary ones included; looked up if left out. Give them for a VPC that is made in the same apply.
    `route_table_ids`: route tables that get a route to the endpoint VPC, by names of your own.
  EOT
  type = map(object({
    vpc_id          = string
    cidrs           = optional(list(string))
    route_table_ids = optional(map(string), {})
  }))
  nullable = false

  validation {
    condition     = length(var.hub_vpcs) >= 1 && length(var.hub_vpcs) <= var.peering_quota
    error_message = "hub_vpcs: name at least one VPC where the tools run, and no more than peering_quota, the quota of peerings of one VPC. A transit gateway (connectivity = \"none\") has no such limit."
  }
  validation {
    condition     = alltrue(flatten([for v in values(var.hub_vpcs) : [for c in coalesce(v.cidrs, []) : can(cidrhost(c, 0)) ? cidrhost(c, 0) == split("/", c)[0] : false]]))
    error_message = "hub_vpcs: every entry of cidrs is an IPv4 CIDR with its first address, such as 10.100.0.0/16."
  }
}

variable "use_hub_vpc" {
  description = "Let one of `hub_vpcs` hold the endpoints, where both are in one region: its name, and its subnets by AZ ID. Nothing is made then."
  type = object({
    name       = string
    subnet_ids = map(string)
  })
  default = null

  validation {
    condition     = var.use_hub_vpc == null ? true : contains(keys(var.hub_vpcs), var.use_hub_vpc.name)
    error_message = "use_hub_vpc: name is not a key of hub_vpcs. Use the name that the VPC has there."
  }
  validation {
    condition     = var.use_hub_vpc == null ? true : length(var.use_hub_vpc.subnet_ids) >= 2 && alltrue([for zone in keys(var.use_hub_vpc.subnet_ids) : can(regex("^[a-z]+[0-9]+-az[0-9]+$", zone))])
    error_message = "use_hub_vpc: name a subnet in at least two zones, by AZ IDs such as use1-az1."
  }
}

variable "connectivity" {
  description = "How the hub's VPCs reach the endpoint VPC: `peering` makes peerings and routes, `none` leaves it to you (a transit gateway)."
  type        = string
  default     = "peering"
  nullable    = false

  validation {
    condition     = contains(["peering", "none"], var.connectivity)
    error_message = "connectivity is peering or none."
  }
  validation {
    condition     = var.connectivity != "peering" || var.use_hub_vpc != null || alltrue([for v in values(var.hub_vpcs) : length(v.route_table_ids) > 0])
    error_message = "connectivity is peering, but one of hub_vpcs has no route_table_ids, so that it would not use its peering. Name the route tables of its tools' subnets."
  }
  validation {
    condition     = var.connectivity != "peering" || var.use_hub_vpc == null || length(var.hub_vpcs) == 1
    error_message = "connectivity is peering, but use_hub_vpc makes none, and there are several hub_vpcs. Set it to none if the others reach that VPC already, or make an endpoint VPC of its own, which is peered with each."
  }
}

variable "other_cidrs" {
  description = "CIDRs of the other endpoint VPCs of this hub, by names of your own, only to be compared with."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for c in values(var.other_cidrs) : can(cidrhost(c, 0))])
    error_message = "other_cidrs: every value is an IPv4 CIDR such as 10.102.0.0/20."
  }
}

variable "peering_quota" {
  description = "The quota of active peerings of one VPC."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.peering_quota >= 1 && var.peering_quota <= 125
    error_message = "peering_quota is 1 to 125, the most that AWS grants."
  }
}

variable "tags" {
  description = "Tags for every resource."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(key, "postern:") && !startswith(key, "aws:")])
    error_message = "tags: keys that begin with postern: or aws: are not yours to set. Remove them."
  }
}
