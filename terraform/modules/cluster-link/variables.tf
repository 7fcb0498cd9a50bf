variable "clusters" {
  description = <<-EOT
    The clusters to link, by names of your own. The hub's modules use the same names: let them be unique in the fleet.
    `name`: the EKS cluster, in the provider's account and region; the map's key if it is left out.
    `subnet_ids`: subnets of the cluster's VPC for the load balancer, by AZ ID, at least two. Left out, one of the cluster's own subnets in each zone is chosen once and kept.
    `facts`: what is looked up otherwise. Give it for a cluster that is made in the same apply, together with `subnet_ids`.
    `enforce_inbound_rules`: whether the load balancer's security group is applied to what comes over PrivateLink. `true` needs `client_cidrs`; `false` needs `addresses`.
    `addresses`: fixed addresses of the load balancer, by AZ ID. Only with `enforce_inbound_rules = false`.
    `health_check`: `readyz`, `any-answer` or `tcp`; what each notices is in the README.
    `deletion_protection`: takes the place of the variable `deletion_protection` for this cluster.
  EOT
  type = map(object({
    name       = optional(string)
    subnet_ids = optional(map(string))
    facts = optional(object({
      endpoint          = string
      vpc_id            = string
      security_group_id = string
    }))
    enforce_inbound_rules = optional(bool, true)
    addresses             = optional(map(string))
    health_check          = optional(string, "readyz")
    deletion_protection   = optional(bool)
  }))
  nullable = false

  validation {
    condition     = alltrue([for key, c in var.clusters : can(regex("^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$", coalesce(c.name, key)))])
    error_message = "clusters: an EKS name has 1 to 100 letters, digits, hyphens and underscores. Where the map's key is another name, set name to the EKS cluster's."
  }
  validation {
    condition     = length(distinct([for key, c in var.clusters : coalesce(c.name, key)])) == length(var.clusters)
    error_message = "clusters: two entries name the same EKS cluster. Remove one: a cluster has one link in a region."
  }
  validation {
    condition     = length(var.clusters) <= var.load_balancer_quota
    error_message = "clusters: there are more than load_balancer_quota, the account's quota of network load balancers in a region. Have the quota raised, then set load_balancer_quota to it."
  }
  validation {
    condition     = alltrue([for c in values(var.clusters) : c.facts == null || c.subnet_ids != null])
    error_message = "clusters: facts without subnet_ids. Name the subnets too, by AZ ID, since nothing is looked up for this cluster."
  }
  validation {
    condition     = alltrue([for c in values(var.clusters) : c.subnet_ids == null ? true : alltrue([for zone in keys(c.subnet_ids) : can(regex("^[a-z]+[0-9]+-az[0-9]+$", zone))])])
    error_message = "clusters: a key of subnet_ids is not an AZ ID such as use1-az1. AZ names such as us-east-1a mean another zone in each account: aws ec2 describe-availability-zones shows the IDs."
  }
  validation {
    condition     = alltrue([for c in values(var.clusters) : c.subnet_ids == null ? true : length(c.subnet_ids) >= 2])
    error_message = "clusters: subnet_ids has fewer than two zones. Name a subnet in at least two AZ IDs, or one zone's outage takes the link away."
  }
  validation {
    condition     = alltrue([for c in values(var.clusters) : c.subnet_ids == null ? true : length(setintersection(keys(c.subnet_ids), ["use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4", "cac1-az3"])) == 0])
    error_message = "clusters: subnet_ids has a zone where PrivateLink or the EKS control plane is not offered (use1-az3, usw1-az2, apne1-az3, apne2-az2, apne2-az4, cac1-az3). Choose a subnet in another zone."
  }
  validation {
    condition     = alltrue([for c in values(var.clusters) : c.enforce_inbound_rules ? c.addresses == null : c.addresses != null])
    error_message = "clusters: enforce_inbound_rules and addresses do not fit. Set addresses only with enforce_inbound_rules = false, and always then: AWS matches such traffic by the load balancer's addresses, not by its group, so that any other mix is healthy and lets nothing through."
  }
  validation {
    condition     = alltrue([for c in values(var.clusters) : c.addresses == null ? true : c.subnet_ids == null ? false : sort(keys(c.addresses)) == sort(keys(c.subnet_ids))])
    error_message = "clusters: addresses and subnet_ids do not name the same zones. Give one free address of each zone's subnet, by the same AZ IDs."
  }
  validation {
    condition     = alltrue([for c in values(var.clusters) : c.addresses == null ? true : alltrue([for a in values(c.addresses) : can(cidrhost("${a}/32", 0))])])
    error_message = "clusters: addresses holds something that is not an IPv4 address. Write 10.0.0.10, without a prefix length."
  }
  validation {
    condition     = alltrue([for c in values(var.clusters) : contains(["readyz", "any-answer", "tcp"], c.health_check)])
    error_message = "clusters: health_check is one of readyz, any-answer and tcp."
  }
}

variable "client_cidrs" {
  description = "The real source addresses of the hub's hosts. With enforced inbound rules nobody else gets through, and these are what AWS compares, not the endpoint's addresses."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for c in var.client_cidrs : can(cidrhost(c, 0)) ? cidrhost(c, 0) == split("/", c)[0] : false])
    error_message = "client_cidrs: every entry is an IPv4 CIDR with its first address, such as 10.100.0.0/16."
  }
  validation {
    condition     = alltrue([for c in var.client_cidrs : try(tonumber(split("/", c)[1]) >= 8, true)])
    error_message = "client_cidrs: a prefix is shorter than /8, which is everybody. Name the hub's VPC or the subnets of its tools."
  }
  validation {
    condition     = length(var.client_cidrs) > 0 || alltrue([for c in values(var.clusters) : !c.enforce_inbound_rules])
    error_message = "client_cidrs is empty, but inbound rules are enforced: nobody would get through. Name the hub's CIDRs (the output client_cidrs of endpoint-vpc)."
  }
  validation {
    condition     = length(var.client_cidrs) == 0 || length(var.clusters) == 0 || anytrue([for c in values(var.clusters) : c.enforce_inbound_rules])
    error_message = "client_cidrs is set, but no cluster enforces inbound rules, so that it would protect nothing. Remove it, or leave enforce_inbound_rules at true."
  }
}

variable "allowed_principals" {
  description = "Who may connect an interface endpoint: ARNs of the hub's account (`arn:aws:iam::111111111111:root`), or of its roles or users."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.allowed_principals) > 0
    error_message = "allowed_principals is empty: nobody could connect. Name the hub's account, such as arn:aws:iam::111111111111:root."
  }
  validation {
    condition     = alltrue([for p in var.allowed_principals : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[^*?]+)$", p))])
    error_message = "allowed_principals: every entry is the ARN of an account's root, a role or a user, such as arn:aws:iam::111111111111:root, and never *: with automatic acceptance that would open the service to all of AWS."
  }
}

variable "acceptance_required" {
  description = "Whether each connection waits until it is accepted, here by `accepted_endpoint_ids`."
  type        = bool
  default     = false
  nullable    = false
}

variable "accepted_endpoint_ids" {
  description = "The hub's interface endpoints to accept, by the clusters' keys: the output `endpoint_ids` of hub-endpoints. Only with `acceptance_required`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.accepted_endpoint_ids) == 0 || var.acceptance_required
    error_message = "accepted_endpoint_ids is set, but acceptance_required is false: such connections need no acceptance. Remove one of the two."
  }
  validation {
    condition     = length(setsubtract(keys(var.accepted_endpoint_ids), keys(var.clusters))) == 0
    error_message = "accepted_endpoint_ids has a key that clusters has not. Use the same keys."
  }
}

variable "supported_regions" {
  description = "Further regions from which the services can be reached by native cross-region PrivateLink. Callers need `vpce:AllowMultiRegion`. To take the last one back, name the service's own region."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for r in var.supported_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", r))])
    error_message = "supported_regions: every entry is a region such as us-east-1."
  }
}

variable "deletion_protection" {
  description = "Whether the load balancers are protected. Before a link is removed, set it to false (or the cluster's own `deletion_protection`) and apply."
  type        = bool
  default     = true
  nullable    = false
}

variable "name_prefix" {
  description = "What the names of all resources begin with. Names are this, the cluster's name as far as it fits, and a hash of it, 32 characters at most."
  type        = string
  default     = "postern"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([0-9a-z-]{0,10}[0-9a-z])?$", var.name_prefix)) && !startswith(var.name_prefix, "internal-")
    error_message = "name_prefix has 1 to 12 lower-case letters, digits and hyphens, begins with a letter, does not end with a hyphen, and does not begin with internal-, which load balancers refuse."
  }
}

variable "load_balancer_quota" {
  description = "The account's quota of network load balancers in the region. More clusters are refused by the plan."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.load_balancer_quota >= 1 && floor(var.load_balancer_quota) == var.load_balancer_quota
    error_message = "load_balancer_quota is a whole number of at least 1: Service Quotas shows the account's."
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
