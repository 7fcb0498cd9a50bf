accounts       = { hub = "111111111111", cluster = "333333333333" }
deployer_role  = "postern-deployer"
hub_region     = "us-east-1"
cluster_region = "eu-west-1"
hub_vpc_id     = "vpc-0123456789abcdef0"
hub_subnet_ids = { use1-az1 = "subnet-0123456789abcdef1", use1-az2 = "subnet-0123456789abcdef2" }
clusters       = { prod-eu = { name = "prod" } }

package = {
  filename = "../../../dist/postern-sync-arm64.zip"
  sha256   = "0000000000000000000000000000000000000000000000000000000000000000" # of dist/postern-sync-arm64.zip.sha256
}
