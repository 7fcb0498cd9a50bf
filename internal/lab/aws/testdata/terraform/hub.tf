# The hub's side.

resource "aws_vpc" "hub" {
  cidr_block           = "10.110.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "hub" {
  vpc_id     = aws_vpc.hub.id
  cidr_block = "10.110.0.0/24"
}

resource "aws_route_table" "hub" {
  vpc_id = aws_vpc.hub.id
}

resource "aws_route_table_association" "hub" {
  subnet_id      = aws_subnet.hub.id
  route_table_id = aws_route_table.hub.id
}

resource "aws_vpc" "endpoints" {
  provider             = aws.endpoints
  cidr_block           = "10.111.0.0/20"
  enable_dns_hostnames = true
}

resource "aws_subnet" "endpoints" {
  provider             = aws.endpoints
  for_each             = { for i, id in sort(local.zones) : id => i }
  vpc_id               = aws_vpc.endpoints.id
  availability_zone_id = each.key
  cidr_block           = cidrsubnet(aws_vpc.endpoints.cidr_block, 4, each.value)
}

resource "aws_vpc_peering_connection" "this" {
  vpc_id      = aws_vpc.hub.id
  peer_vpc_id = aws_vpc.endpoints.id
  peer_region = data.aws_region.endpoints.name
}

resource "aws_vpc_peering_connection_accepter" "this" {
  provider                  = aws.endpoints
  vpc_peering_connection_id = aws_vpc_peering_connection.this.id
  auto_accept               = true
}

resource "aws_vpc_peering_connection_options" "this" {
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.this.id

  requester {
    allow_remote_vpc_dns_resolution = true
  }
}

resource "aws_route" "out" {
  route_table_id            = aws_route_table.hub.id
  destination_cidr_block    = aws_vpc.endpoints.cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.this.id
}

resource "aws_route" "back" {
  provider                  = aws.endpoints
  route_table_id            = aws_vpc.endpoints.main_route_table_id
  destination_cidr_block    = aws_vpc.hub.cidr_block
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.this.id
}

resource "aws_security_group" "endpoint" {
  provider    = aws.endpoints
  name        = "endpoint"
  description = "The endpoint"
  vpc_id      = aws_vpc.endpoints.id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [aws_vpc.hub.cidr_block]
  }
}

resource "aws_vpc_endpoint" "this" {
  provider           = aws.endpoints
  vpc_id             = aws_vpc.endpoints.id
  vpc_endpoint_type  = "Interface"
  service_name       = aws_vpc_endpoint_service.this.service_name
  subnet_ids         = [for s in aws_subnet.endpoints : s.id]
  security_group_ids = [aws_security_group.endpoint.id]

  depends_on = [aws_vpc_endpoint_service_allowed_principal.hub]
}

data "aws_vpc_endpoint_service" "this" {
  provider     = aws.endpoints
  service_name = aws_vpc_endpoint_service.this.service_name

  depends_on = [aws_vpc_endpoint_service_allowed_principal.hub]
}

# The cluster's own name, in the endpoint's VPC and the hub's.
resource "aws_route53_zone" "this" {
  provider = aws.endpoints
  name     = local.host

  vpc {
    vpc_id     = aws_vpc.endpoints.id
    vpc_region = data.aws_region.endpoints.name
  }

  lifecycle {
    ignore_changes = [vpc]
  }
}

resource "aws_route53_zone_association" "hub" {
  zone_id    = aws_route53_zone.this.zone_id
  vpc_id     = aws_vpc.hub.id
  vpc_region = "us-east-1"
}

resource "aws_route53_record" "apex" {
  provider = aws.endpoints
  zone_id  = aws_route53_zone.this.zone_id
  name     = aws_route53_zone.this.name
  type     = "A"

  alias {
    name                   = aws_vpc_endpoint.this.dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.this.dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}

# A zone of the hub's that a VPC of the cluster's account sees too.
resource "aws_route53_zone" "shared" {
  name = "tools.example.org"

  vpc {
    vpc_id = aws_vpc.hub.id
  }

  lifecycle {
    ignore_changes = [vpc]
  }
}

resource "aws_route53_record" "wildcard" {
  zone_id = aws_route53_zone.shared.zone_id
  name    = "*.tools.example.org"
  type    = "A"
  ttl     = 60
  records = ["10.110.0.20", "10.110.0.21"]
}

resource "aws_route53_vpc_association_authorization" "spoke" {
  zone_id    = aws_route53_zone.shared.zone_id
  vpc_id     = data.aws_vpc.this.id
  vpc_region = data.aws_region.endpoints.name
}

resource "aws_route53_zone_association" "spoke" {
  provider   = aws.spoke
  zone_id    = aws_route53_vpc_association_authorization.spoke.zone_id
  vpc_id     = aws_route53_vpc_association_authorization.spoke.vpc_id
  vpc_region = aws_route53_vpc_association_authorization.spoke.vpc_region
}
