# Clients that use the endpoint by its own name: the zone goes, the endpoint stays.
#
# destroys module.hub.aws_route53_record.this["prod"]
# destroys module.hub.aws_route53_zone.this["prod"]
# destroys module.hub.aws_route53_zone_association.this["prod/tools"]
module "hub" {
  private_zones = false
}
