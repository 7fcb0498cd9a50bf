region         = "us-east-1"
cluster_name   = "prod"
hub_vpc_id     = "vpc-0123456789abcdef0"
hub_subnet_ids = { use1-az1 = "subnet-0123456789abcdef1", use1-az2 = "subnet-0123456789abcdef2" }

package = {
  filename = "../../../dist/postern-sync-arm64.zip"
  sha256   = "0000000000000000000000000000000000000000000000000000000000000000" # of dist/postern-sync-arm64.zip.sha256
}
