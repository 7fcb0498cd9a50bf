account     = "222222222222"
region      = "us-east-1"
hub_account = "111111111111"
hub_cidrs   = ["10.100.0.0/16"]
clusters    = { prod-us = { name = "prod" } }

package = {
  filename = "../../../../dist/postern-sync-arm64.zip"
  sha256   = "0000000000000000000000000000000000000000000000000000000000000000" # of dist/postern-sync-arm64.zip.sha256
}
