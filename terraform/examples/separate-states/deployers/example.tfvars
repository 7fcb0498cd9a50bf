hub_account        = "111111111111"
cluster_account    = "222222222222"
region             = "us-east-1"
administrator_role = "administrator"
deployed_by_arns   = ["arn:aws:iam::111111111111:role/pipeline"]
