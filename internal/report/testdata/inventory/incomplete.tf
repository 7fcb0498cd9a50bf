# The links that postern inventory found, as the variable links of hub-endpoints.
locals {
  # not complete: 222222222222/eu-west-1/payments: no endpoint service offers the load balancer
  # not complete: 222222222222/us-east-1/prod: EKS knows no such cluster; no load balancer is known to have the target group; 2 target groups claim the cluster: take the tag of all but one away
  # not complete: 222222222222/us-east-1/prod: EKS knows no such cluster; 2 target groups claim the cluster: take the tag of all but one away
  # not complete: 333333333333/eu-west-1/prod: the AZ ID of subnet-0a is not known; the AZ ID of subnet-0b is not known
  links = {}
}
