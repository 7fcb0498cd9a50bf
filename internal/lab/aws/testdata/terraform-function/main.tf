# The function's side of Postern's modules: a role, the function, what starts it
# and what watches it.
terraform {
  required_providers { aws = { source = "hashicorp/aws", version = "5.100.0" } }
}

provider "aws" {
  region                      = "us-east-1"
  max_retries                 = 2
  skip_metadata_api_check     = true
  skip_credentials_validation = true
  default_tags {
    tags = { Stack = var.stack }
  }
}

variable "description" { default = "one" }
variable "stack" { default = "one" }

data "aws_caller_identity" "me" {}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "sched" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.me.account_id]
    }
  }
}
data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.fn.arn}:*"]
  }
  statement {
    sid       = "Read"
    actions   = ["ec2:DescribeVpcs", "eks:DescribeCluster"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = ["us-east-1"]
    }
  }
}
resource "aws_iam_policy" "boundary" {
  name        = "example-boundary"
  description = "b"
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*", Sid = var.description }] })
}
resource "aws_iam_policy" "extra" {
  name   = "example-extra"
  path   = "/x/"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "tag:GetResources", Resource = "*" }] })
}
resource "aws_iam_role" "fn" {
  name                 = "example-fn"
  description          = var.description
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = aws_iam_policy.boundary.arn
  max_session_duration = 7200
  tags                 = { A = "b" }
}
resource "aws_iam_role_policy" "fn" {
  name   = "logs"
  role   = aws_iam_role.fn.id
  policy = data.aws_iam_policy_document.logs.json
}
resource "aws_iam_role_policy_attachment" "fn" {
  role       = aws_iam_role.fn.name
  policy_arn = aws_iam_policy.extra.arn
}
resource "aws_iam_role_policy_attachment" "basic" {
  role       = aws_iam_role.fn.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_iam_role" "sched" {
  name_prefix        = "example-sched-"
  assume_role_policy = data.aws_iam_policy_document.sched.json
}
resource "aws_iam_role_policy" "sched" {
  role   = aws_iam_role.sched.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = aws_lambda_function.fn.arn }] })
}
resource "aws_cloudwatch_log_group" "fn" {
  name              = "/aws/lambda/example-sync"
  retention_in_days = var.description == "one" ? 14 : 30
}
resource "aws_lambda_function" "fn" {
  function_name                  = "example-sync"
  description                    = var.description
  filename                       = "${path.module}/function.zip"
  source_code_hash               = filebase64sha256("${path.module}/function.zip")
  role                           = aws_iam_role.fn.arn
  handler                        = "bootstrap"
  runtime                        = "provided.al2023"
  architectures                  = ["x86_64"]
  timeout                        = 60
  memory_size                    = 128
  reserved_concurrent_executions = 1
  environment { variables = { POSTERN_LOG_LEVEL = "info" } }
  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.fn.name
  }
  depends_on = [aws_iam_role_policy.fn]
}
resource "aws_lambda_function_event_invoke_config" "fn" {
  function_name                = aws_lambda_function.fn.function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}
resource "aws_cloudwatch_event_rule" "eni" {
  name        = "example-eni"
  description = var.description
  event_pattern = jsonencode({
    source        = ["aws.ec2"]
    "detail-type" = ["AWS API Call via CloudTrail"]
    detail = {
      eventName       = ["CreateNetworkInterface"]
      sourceIPAddress = ["eks.amazonaws.com"]
    }
  })
}
resource "aws_cloudwatch_event_target" "eni" {
  rule      = aws_cloudwatch_event_rule.eni.name
  target_id = "sync"
  arn       = aws_lambda_function.fn.arn
  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 0
  }
}
resource "aws_lambda_permission" "eni" {
  statement_id  = "eni"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.fn.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.eni.arn
}
resource "aws_scheduler_schedule_group" "g" { name = "example-group" }
resource "aws_scheduler_schedule" "s" {
  name                = "example-every"
  group_name          = aws_scheduler_schedule_group.g.name
  description         = var.description
  schedule_expression = "rate(1 minute)"
  flexible_time_window { mode = "OFF" }
  target {
    arn      = aws_lambda_function.fn.arn
    role_arn = aws_iam_role.sched.arn
    input    = "{}"
    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 0
    }
  }
}
resource "aws_sns_topic" "t" { name = "example-alarms" }
resource "aws_cloudwatch_metric_alarm" "a" {
  alarm_name          = "example-failed"
  alarm_description   = var.description
  namespace           = "Postern"
  metric_name         = "LinksFailed"
  comparison_operator = "GreaterThanThreshold"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.t.arn]
  ok_actions          = [aws_sns_topic.t.arn]
  dimensions          = { FunctionName = aws_lambda_function.fn.function_name }
}
resource "aws_cloudwatch_metric_alarm" "q" {
  alarm_name          = "example-query"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 5
  threshold           = 1
  treat_missing_data  = "breaching"
  metric_query {
    id          = "m1"
    return_data = true
    expression  = "FILL(a,0)"
    label       = "x"
  }
  metric_query {
    id = "a"
    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Invocations"
      period      = 60
      stat        = "Sum"
      dimensions  = { FunctionName = "example-sync" }
    }
  }
}
resource "aws_ssm_parameter" "p" {
  name        = "/example/services"
  type        = "String"
  description = var.description
  value       = jsonencode({ a = var.description })
}
resource "aws_ssm_parameter" "sec" {
  name  = "/example/secret"
  type  = "SecureString"
  value = "x"
}
data "aws_ssm_parameter" "p" {
  name = aws_ssm_parameter.p.name
}
output "v" {
  value     = data.aws_ssm_parameter.p.value
  sensitive = true
}

