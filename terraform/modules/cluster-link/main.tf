# A cluster's side of a link: load balancer, target group, listener and endpoint
# service, with the security groups that fit each other.
#
# lookup.tf           the cluster, its VPC and subnets; names and tags
# load_balancer.tf    load balancer, target group, listener
# security_groups.tf  the load balancer's group and the cluster's
# service.tf          endpoint service, and acceptance where it is asked for
