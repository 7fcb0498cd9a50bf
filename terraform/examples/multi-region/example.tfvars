accounts      = { hub = "111111111111", a = "222222222222", b = "333333333333" }
deployer_role = "postern-deployer"
external_id   = "example"

hub_vpc = {
  vpc_id          = "vpc-0123456789abcdef0"
  route_table_ids = { main = "rtb-0123456789abcdef0" }
}

clusters = {
  a_us = { prod-us = { name = "prod" } }
  b_eu = { prod-eu = { name = "prod" } }
}

package = {
  filename = "../../../dist/postern-sync-arm64.zip"
  sha256   = "0000000000000000000000000000000000000000000000000000000000000000" # of dist/postern-sync-arm64.zip.sha256
}
