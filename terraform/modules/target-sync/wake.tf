locals {
  # The event of a shard, as the function reads it.
  events = { for name, s in var.schedules : name => s.scopes == null ? "{}" : jsonencode(merge({
    scopes = [for c in s.scopes : merge(
      { account = c.account, regions = c.regions },
      c.role_arn == null ? {} : { roleArn = c.role_arn },
      c.external_id == null ? {} : { externalId = c.external_id },
    )]
  }, s.expect > 0 ? { expect = s.expect } : {})) }

  # What EKS does to its network interfaces, and what makes it do so.
  rules = var.events ? {
    interfaces = {
      description = "EKS makes a network interface"
      pattern = {
        source      = ["aws.ec2"]
        detail-type = ["AWS API Call via CloudTrail"]
        detail = {
          eventSource     = ["ec2.amazonaws.com"]
          eventName       = ["CreateNetworkInterface"]
          sourceIPAddress = ["eks.amazonaws.com"]
        }
      }
    }
    clusters = {
      description = "A cluster of EKS is made, changed or deleted"
      pattern = {
        source      = ["aws.eks"]
        detail-type = ["AWS API Call via CloudTrail"]
        detail = {
          eventSource = ["eks.amazonaws.com"]
          eventName   = ["CreateCluster", "UpdateClusterVersion", "UpdateClusterConfig", "DeleteCluster"]
        }
      }
    }
  } : {}
}

resource "aws_scheduler_schedule" "this" {
  for_each = var.schedules
  provider = aws.sync

  name                = "${var.name}-${each.key}"
  description         = "A pass of Postern's sync"
  schedule_expression = each.value.minutes == 1 ? "rate(1 minute)" : "rate(${each.value.minutes} minutes)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.this.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = local.events[each.key]

    retry_policy {
      maximum_retry_attempts       = 0
      maximum_event_age_in_seconds = 60
    }
  }

  depends_on = [aws_iam_role_policy.scheduler]
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.rules
  provider = aws.sync

  name          = "${var.name}-${each.key}"
  description   = each.value.description
  event_pattern = jsonencode(each.value.pattern)
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.rules
  provider = aws.sync

  rule      = aws_cloudwatch_event_rule.this[each.key].name
  target_id = "sync"
  arn       = aws_lambda_function.this.arn

  retry_policy {
    maximum_retry_attempts       = 0
    maximum_event_age_in_seconds = 60
  }
}

resource "aws_lambda_permission" "events" {
  for_each = local.rules
  provider = aws.sync

  statement_id  = "events-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this[each.key].arn
}
