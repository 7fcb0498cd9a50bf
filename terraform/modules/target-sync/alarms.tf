locals {
  period = 60 * local.slowest # of the slowest schedule, in seconds

  # Each waits until a fault has lasted, and stays until it is over: an alarm
  # that comes and goes is soon read by nobody.
  alarm_definitions = {
    heartbeat = {
      description = "No pass over everything has ended for five periods. Look at the function's log and at its schedules."
      namespace   = "Postern", metric = "Links", dimensions = {}
      statistic   = "SampleCount", operator = "LessThanThreshold", threshold = 1
      period      = local.period, periods = 5, of = 5, missing = "breaching"
    }
    failed = {
      description = "Three of the last five passes failed as a whole. The log's last line says what failed, with a hint."
      namespace   = "AWS/Lambda", metric = "Errors", dimensions = { FunctionName = var.name }
      statistic   = "Sum", operator = "GreaterThanOrEqualToThreshold", threshold = 1
      period      = local.period, periods = 3, of = 5, missing = "notBreaching"
    }
    # A load balancer takes up to five minutes to bring a first target into
    # service: a new link has to have that time.
    no-target = {
      description = "A link has had no healthy target for ten periods: its cluster cannot be reached. postern status says which."
      namespace   = "Postern", metric = "HealthyTargets", dimensions = {}
      statistic   = "Minimum", operator = "LessThanThreshold", threshold = 1
      period      = local.period, periods = 10, of = 10, missing = "ignore"
    }
    held = {
      description = "A guard has held something that sync wanted for an hour. postern sync --dry-run says what, and why."
      namespace   = "Postern", metric = "Held", dimensions = {}
      statistic   = "Maximum", operator = "GreaterThanOrEqualToThreshold", threshold = 1
      period      = max(300, local.period), periods = ceil(3600 / max(300, local.period)), of = ceil(3600 / max(300, local.period)), missing = "ignore"
    }
    missing = {
      description = "Fewer links than expected have been found for fifteen minutes. Look at their tags, and at expect in schedules."
      namespace   = "Postern", metric = "Missing", dimensions = {}
      statistic   = "Maximum", operator = "GreaterThanOrEqualToThreshold", threshold = 1
      period      = max(300, local.period), periods = 3, of = 3, missing = "ignore"
    }
    unread = {
      description = "A link has not been looked at for ten minutes and more. Raise timeout_seconds, or cut the scopes into more schedules."
      namespace   = "Postern", metric = "AgeOfLastFullCheckSeconds", dimensions = {}
      statistic   = "Maximum", operator = "GreaterThanThreshold", threshold = max(600, 3 * local.period)
      period      = max(300, local.period), periods = 3, of = 3, missing = "ignore"
    }
  }
  own_topic = var.alarms && var.alarm_action_arns == null
}

resource "aws_sns_topic" "alarms" {
  count    = local.own_topic ? 1 : 0
  provider = aws.sync

  name = "${var.name}-alarms"
  tags = var.tags
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.alarms ? local.alarm_definitions : {}
  provider = aws.sync

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = each.value.operator
  threshold           = each.value.threshold
  period              = each.value.period
  datapoints_to_alarm = each.value.periods
  evaluation_periods  = each.value.of
  treat_missing_data  = each.value.missing
  alarm_actions       = local.own_topic ? aws_sns_topic.alarms[*].arn : var.alarm_action_arns
  ok_actions          = local.own_topic ? aws_sns_topic.alarms[*].arn : var.alarm_action_arns
  tags                = var.tags
}
