variable "links" {
  description = "The links to reach, by names of your own: the output `links` of cluster-link, those of several accounts by merge()."
  type = map(object({
    cluster           = string
    region            = string
    vpc_id            = string
    endpoint_host     = string
    service_name      = string
    zone_ids          = list(string)
    supported_regions = optional(list(string), [])
  }))
  nullable = false

  validation {
    condition     = length(var.links) <= var.endpoint_quota
    error_message = "links: there are more than endpoint_quota, the quota of interface endpoints in one VPC. Have the quota raised, then set endpoint_quota to it; or make a second endpoint VPC."
  }
  validation {
    condition     = alltrue([for l in values(var.links) : can(regex("^[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?$", l.endpoint_host))])
    error_message = "links: endpoint_host is a host's name alone, without https:// and without a path."
  }
  validation {
    condition     = length(distinct([for l in values(var.links) : lower(l.endpoint_host)])) == length(var.links)
    error_message = "links: two entries have the same endpoint_host, and are one cluster. Remove one."
  }
  validation {
    condition     = alltrue([for l in values(var.links) : alltrue([for z in l.zone_ids : can(regex("^[a-z]+[0-9]+-az[0-9]+$", z))])])
    error_message = "links: zone_ids holds something that is not an AZ ID such as use1-az1. AZ names mean another zone in each account."
  }
}

variable "vpc" {
  description = "The VPC that holds the endpoints: the output `vpc` of endpoint-vpc. `hub_vpc` is its name in `hub_vpcs`, if it is one of those."
  type = object({
    vpc_id     = string
    region     = string
    subnet_ids = map(string)
    hub_vpc    = optional(string)
  })
  nullable = false

  validation {
    condition     = length(var.vpc.subnet_ids) >= 2 && alltrue([for zone in keys(var.vpc.subnet_ids) : can(regex("^[a-z]+[0-9]+-az[0-9]+$", zone))])
    error_message = "vpc: subnet_ids names a subnet in at least two zones, by AZ IDs such as use1-az1."
  }
  validation {
    condition     = var.vpc.hub_vpc == null ? true : contains(keys(var.hub_vpcs), var.vpc.hub_vpc)
    error_message = "vpc: hub_vpc is not a key of hub_vpcs. Use the name that the VPC has there, or leave it out."
  }
}

variable "hub_vpcs" {
  description = "The VPCs where the tools run, by names of your own: the output `hub_vpcs` of endpoint-vpc. `region` is the VPC's own."
  type = map(object({
    vpc_id = string
    region = string
  }))
  nullable = false

  validation {
    condition     = length(var.hub_vpcs) >= 1 && length(var.hub_vpcs) < 300
    error_message = "hub_vpcs: name at least one VPC where the tools run, and fewer than 300, which a private zone can have."
  }
}

variable "client_cidrs" {
  description = "The source addresses of the hub's hosts, which the endpoints admit: the output `client_cidrs` of endpoint-vpc."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.client_cidrs) > 0 && alltrue([for c in var.client_cidrs : can(cidrhost(c, 0)) ? cidrhost(c, 0) == split("/", c)[0] : false])
    error_message = "client_cidrs: name the hub's CIDRs, each with its first address, such as 10.100.0.0/16."
  }
  validation {
    condition     = alltrue([for c in var.client_cidrs : try(tonumber(split("/", c)[1]) >= 8, true)])
    error_message = "client_cidrs: a prefix is shorter than /8, which is everybody. Name the hub's VPC or the subnets of its tools."
  }
}

variable "private_zones" {
  description = "Whether the hub's VPCs get a private zone at each cluster's own host name. False for clients that use the endpoints' names with `tls-server-name`."
  type        = bool
  default     = true
  nullable    = false
}

variable "single_zone_reasons" {
  description = "Why a link may have an endpoint in one zone alone, by the links' keys. Such a link goes down with its zone."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.single_zone_reasons), keys(var.links))) == 0
    error_message = "single_zone_reasons has a key that links has not. Remove it, or use the link's key."
  }
  validation {
    condition     = alltrue([for r in values(var.single_zone_reasons) : length(trimspace(r)) > 0 && can(regex("^[0-9A-Za-z _.:/=+@-]{1,256}$", r))])
    error_message = "single_zone_reasons: a reason is 1 to 256 letters, digits, spaces and _.:/=+-@, since it becomes a tag of the endpoint."
  }
}

variable "name_prefix" {
  description = "What the names of the security group and of the endpoints begin with."
  type        = string
  default     = "postern"
  nullable    = false

  validation {
    condition     = can(regex("^[0-9A-Za-z][0-9A-Za-z._-]{0,99}$", var.name_prefix)) && !startswith(var.name_prefix, "sg-")
    error_message = "name_prefix has 1 to 100 letters, digits and ._-, and does not begin with sg-, which security groups refuse."
  }
}

variable "endpoint_quota" {
  description = "The quota of interface endpoints in one VPC. More links are refused by the plan."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.endpoint_quota >= 1 && floor(var.endpoint_quota) == var.endpoint_quota
    error_message = "endpoint_quota is a whole number of at least 1: Service Quotas shows the account's (L-29B6F2EB)."
  }
}

variable "zone_quota" {
  description = "The account's quota of Route 53 hosted zones. More links with private zones are refused by the plan."
  type        = number
  default     = 500
  nullable    = false

  validation {
    condition     = !var.private_zones || length(var.links) <= var.zone_quota
    error_message = "zone_quota: there are more links than hosted zones that the account may have. Have the quota raised, then set zone_quota to it, or set private_zones to false."
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
