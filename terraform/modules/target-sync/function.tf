locals {
  # Lambda writes a hash in base64, and Terraform cannot turn hexadecimal into
  # it: three digits of the one are two of the other.
  base64 = split("", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  hash = format("%s=", substr(join("", [for i in range(22) :
    join("", [
      local.base64[floor(parseint(substr("${var.package.sha256}00", 3 * i, 3), 16) / 64)],
      local.base64[parseint(substr("${var.package.sha256}00", 3 * i, 3), 16) % 64],
    ])
  ]), 0, 43))

  downloaded = "${path.root}/.terraform/${var.name}-${local.region}-${var.package.sha256}.zip"
}

# A package that is named by its address is fetched where Terraform runs, and
# used only if it is the one that was pinned.
resource "terraform_data" "download" {
  count = var.package.url == null ? 0 : 1

  triggers_replace = [var.package.sha256, var.name, local.region]

  provisioner "local-exec" {
    command = <<-EOT
      set -e
      mkdir -p "$(dirname "$FILE")"
      curl --fail --silent --show-error --location --proto =https --output "$FILE" "$URL"
      sum="shasum -a 256"
      if command -v sha256sum >/dev/null; then sum=sha256sum; fi
      echo "$SHA256  $FILE" | $sum -c -
    EOT
    environment = {
      URL    = var.package.url
      FILE   = local.downloaded
      SHA256 = var.package.sha256
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  provider = aws.sync

  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  provider = aws.sync

  function_name = var.name
  description   = "Sync of Postern: keeps target groups equal to the addresses of API servers"
  role          = module.role.arn

  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = [var.package.architecture]
  memory_size   = var.memory_mb
  timeout       = var.timeout_seconds

  filename          = var.package.url != null ? local.downloaded : var.package.filename
  s3_bucket         = var.package.s3_bucket
  s3_key            = var.package.s3_key
  s3_object_version = var.package.s3_object_version
  source_code_hash  = local.hash

  reserved_concurrent_executions = var.reserved_concurrency == null ? -1 : var.reserved_concurrency

  dynamic "environment" {
    for_each = length(local.environment) > 0 ? [local.environment] : []
    content {
      variables = environment.value
    }
  }

  dynamic "vpc_config" {
    for_each = var.vpc == null ? [] : [var.vpc]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  tags = var.tags

  depends_on = [
    aws_cloudwatch_log_group.this, # or Lambda makes it, without retention
    aws_iam_role_policy.function,
    terraform_data.download,
  ]

  lifecycle {
    precondition {
      condition     = alltrue([for c in local.foreign : c.role_arn != null])
      error_message = "schedules: account ${join(", ", distinct([for c in local.foreign : c.account if c.role_arn == null]))} is not the function's own (${local.account}), and has no role_arn. Make the role there with target-sync/role, and name it."
    }
    precondition {
      condition     = alltrue([for c in local.scopes : c.role_arn == null if c.account == local.account])
      error_message = "schedules: a scope of the function's own account (${local.account}) has a role_arn. Remove it: there the function works with its own role."
    }
  }
}

# An object in a bucket may not be what was pinned: what Lambda made of it is read
# back. (Not of the function itself: there a plan still has the last one's hash.)
data "aws_lambda_function" "this" {
  count    = var.package.s3_key == null ? 0 : 1
  provider = aws.sync

  function_name = aws_lambda_function.this.function_name
  depends_on    = [aws_lambda_function.this]

  lifecycle {
    postcondition {
      condition     = self.code_sha256 == local.hash
      error_message = "package: what Lambda has is not what sha256 pins (${var.package.sha256}). Look at who wrote the object, and correct the hash or the object."
    }
  }
}

locals {
  # Without scopes in its event the function works in its own account, and there
  # expects what the schedule without scopes expects.
  expected    = [for s in values(var.schedules) : s.expect if s.scopes == null]
  environment = merge(var.settings, length(local.expected) > 0 && sum(concat(local.expected, [0])) > 0 ? { POSTERN_EXPECT = tostring(local.expected[0]) } : {})
}

# The next minute brings the next pass: a retry would only look twice.
resource "aws_lambda_function_event_invoke_config" "this" {
  provider = aws.sync

  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}
