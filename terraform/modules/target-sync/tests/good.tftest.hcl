# What the module makes, a feature a run.

mock_provider "aws" {
  alias           = "sync"
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "222222222222" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::222222222222:role/postern-sync-us-east-1" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:222222222222:log-group:/aws/lambda/postern-sync" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:us-east-1:222222222222:rule/postern-sync" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:222222222222:postern-sync-alarms" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:us-east-1:222222222222:function:postern-sync" }
  }
  mock_data "aws_lambda_function" {
    defaults = { code_sha256 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" }
  }
}

variables {
  package = {
    filename = "tests/function.zip"
    sha256   = "65f6e3c1bb28545f40d8a6629df58a7540d3264e460bc6a7346f557d385c98cc"
  }
}

run "own_account_and_region" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.runtime == "provided.al2023" && aws_lambda_function.this.architectures == tolist(["arm64"]) && aws_lambda_function.this.handler == "bootstrap" && aws_lambda_function.this.timeout == 60 && aws_lambda_function.this.memory_size == 128
    error_message = "the function is what make lambda builds"
  }
  assert {
    condition     = aws_lambda_function.this.source_code_hash == filebase64sha256("tests/function.zip")
    error_message = "the hash is Lambda's form of the pinned one: ${aws_lambda_function.this.source_code_hash}"
  }
  assert {
    condition     = aws_lambda_function_event_invoke_config.this.maximum_retry_attempts == 0
    error_message = "nothing is tried again"
  }
  assert {
    condition     = aws_scheduler_schedule.this["all"].schedule_expression == "rate(1 minute)" && one(aws_scheduler_schedule.this["all"].target).input == "{}" && one(one(aws_scheduler_schedule.this["all"].target).retry_policy).maximum_retry_attempts == 0
    error_message = "a pass over everything each minute"
  }
  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/postern-sync" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "the log is kept for a month"
  }
  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == -1 && length(aws_lambda_function.this.environment) == 0 && length(aws_lambda_function.this.vpc_config) == 0
    error_message = "and nothing that was not asked for"
  }
}

run "events_only_of_eks" {
  command = plan

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.this["interfaces"].event_pattern) == {
      source      = ["aws.ec2"]
      detail-type = ["AWS API Call via CloudTrail"]
      detail      = { eventSource = ["ec2.amazonaws.com"], eventName = ["CreateNetworkInterface"], sourceIPAddress = ["eks.amazonaws.com"] }
    }
    error_message = "another service's interfaces wake nobody"
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this["clusters"].event_pattern).detail.eventName == ["CreateCluster", "UpdateClusterVersion", "UpdateClusterConfig", "DeleteCluster"]
    error_message = "changes of clusters"
  }
  assert {
    condition     = alltrue([for p in values(aws_lambda_permission.events) : p.principal == "events.amazonaws.com" && p.source_arn == "arn:aws:events:us-east-1:222222222222:rule/postern-sync"])
    error_message = "only these rules may invoke"
  }
}

run "without_events" {
  command = plan
  variables {
    events = false
  }
  assert {
    condition     = length(aws_cloudwatch_event_rule.this) == 0 && length(aws_lambda_permission.events) == 0 && length(aws_cloudwatch_event_target.this) == 0
    error_message = "schedules alone"
  }
}

run "shards" {
  command = plan
  variables {
    schedules = {
      own  = { expect = 2 }
      east = { minutes = 5, expect = 12, scopes = [{ account = "333333333333", regions = ["us-east-1"], role_arn = "arn:aws:iam::333333333333:role/postern-sync", external_id = "example" }] }
      west = { scopes = [{ account = "333333333333", regions = ["eu-west-1"], role_arn = "arn:aws:iam::333333333333:role/postern-sync" }, { account = "222222222222", regions = ["eu-west-1"] }] }
    }
  }
  assert {
    condition = jsondecode(one(aws_scheduler_schedule.this["east"].target).input) == {
      scopes = [{ account = "333333333333", regions = ["us-east-1"], roleArn = "arn:aws:iam::333333333333:role/postern-sync", externalId = "example" }]
      expect = 12
    }
    error_message = "a shard is the function's event: ${one(aws_scheduler_schedule.this["east"].target).input}"
  }
  assert {
    condition     = jsondecode(one(aws_scheduler_schedule.this["west"].target).input).scopes[1] == { account = "222222222222", regions = ["eu-west-1"] }
    error_message = "a scope without a role is the own account's"
  }
  assert {
    condition     = aws_scheduler_schedule.this["east"].schedule_expression == "rate(5 minutes)"
    error_message = "each in its own time"
  }
  assert {
    condition     = one(aws_lambda_function.this.environment).variables == tomap({ POSTERN_EXPECT = "2" })
    error_message = "what is expected of the schedule without scopes is in the environment"
  }
  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.function.policy).Statement : s if s.Sid == "Assume"] == [{ Sid = "Assume", Effect = "Allow", Action = "sts:AssumeRole", Resource = ["arn:aws:iam::333333333333:role/postern-sync"] }]
    error_message = "the function assumes these roles and no other"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["heartbeat"].period == 300
    error_message = "the heartbeat waits for the slowest"
  }
}

run "roles_alone" {
  command = plan
  variables {
    schedules = { far = { scopes = [{ account = "333333333333", regions = ["us-east-1"], role_arn = "arn:aws:iam::333333333333:role/postern-sync" }] } }
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.function.policy).Statement[*].Sid == ["Log", "Assume"]
    error_message = "log and assume: ${aws_iam_role_policy.function.policy}"
  }
}

run "roles_and_their_boundary" {
  command = plan
  variables {
    permissions_boundary_arn = "arn:aws:iam::222222222222:policy/boundary"
    partition                = "aws-us-gov"
  }
  assert {
    condition     = aws_iam_role.scheduler.permissions_boundary == "arn:aws:iam::222222222222:policy/boundary"
    error_message = "every role has it"
  }
  assert {
    condition     = jsondecode(aws_iam_role.scheduler.assume_role_policy).Statement[0].Condition == { StringEquals = { "aws:SourceAccount" = "222222222222" } } && jsondecode(aws_iam_role_policy.scheduler.policy).Statement == [{ Sid = "Invoke", Effect = "Allow", Action = "lambda:InvokeFunction", Resource = "arn:aws-us-gov:lambda:us-east-1:222222222222:function:postern-sync" }]
    error_message = "schedules of this account invoke this function"
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.function.policy).Statement == [{ Sid = "Log", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "arn:aws:logs:us-east-1:222222222222:log-group:/aws/lambda/postern-sync:*" }]
    error_message = "the function writes its own log"
  }
}

run "in_a_vpc" {
  command = plan
  variables {
    vpc                  = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
    settings             = { POSTERN_VERIFY_IDENTITY = "true" }
    reserved_concurrency = 1
  }
  assert {
    condition     = one(aws_lambda_function.this.vpc_config).subnet_ids == toset(["subnet-1", "subnet-2"]) && aws_lambda_function.this.reserved_concurrent_executions == 1 && one(aws_lambda_function.this.environment).variables["POSTERN_VERIFY_IDENTITY"] == "true"
    error_message = "the function runs there"
  }
  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.function.policy).Statement : [s.Sid, s.Effect]] == [["Log", "Allow"], ["Attach", "Allow"], ["OnlyLambdaAttaches", "Deny"]]
    error_message = "Lambda attaches it, the function's own code cannot"
  }
}

run "package_by_s3" {
  command = plan
  variables {
    package = { s3_bucket = "example-artifacts", s3_key = "postern/sync.zip", sha256 = "0000000000000000000000000000000000000000000000000000000000000000", architecture = "x86_64" }
  }
  assert {
    condition     = aws_lambda_function.this.s3_key == "postern/sync.zip" && aws_lambda_function.this.filename == null && aws_lambda_function.this.architectures == tolist(["x86_64"])
    error_message = "from the bucket"
  }
}

run "package_by_url" {
  command = plan
  variables {
    package = { url = "https://example.com/postern-sync-arm64.zip", sha256 = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" }
  }
  assert {
    condition     = aws_lambda_function.this.source_code_hash == "//////////////////////////////////////////8="
    error_message = "the hash is Lambda's form of the pinned one: ${aws_lambda_function.this.source_code_hash}"
  }
  assert {
    condition     = endswith(aws_lambda_function.this.filename, "/.terraform/postern-sync-us-east-1-ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff.zip") && length(terraform_data.download) == 1
    error_message = "fetched to a place of its own"
  }
}

run "alarms" {
  command = plan

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.this) == ["failed", "heartbeat", "held", "missing", "no-target", "unread"]
    error_message = "one for each fault"
  }
  assert {
    condition     = alltrue([for a in values(aws_cloudwatch_metric_alarm.this) : a.datapoints_to_alarm * a.period >= 180])
    error_message = "none comes of one bad minute"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["heartbeat"].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.this["heartbeat"].evaluation_periods * aws_cloudwatch_metric_alarm.this["heartbeat"].period == 300
    error_message = "silence for five minutes is a fault"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["held"].datapoints_to_alarm * aws_cloudwatch_metric_alarm.this["held"].period == 3600
    error_message = "held for an hour"
  }
  assert {
    condition     = alltrue([for a in values(aws_cloudwatch_metric_alarm.this) : a.alarm_actions == toset(["arn:aws:sns:us-east-1:222222222222:postern-sync-alarms"])]) && output.alarm_topic_arn == "arn:aws:sns:us-east-1:222222222222:postern-sync-alarms"
    error_message = "they tell the module's own topic"
  }
}

run "alarms_elsewhere" {
  command = plan
  variables {
    alarm_action_arns = ["arn:aws:sns:us-east-1:222222222222:pager"]
  }
  assert {
    condition     = length(aws_sns_topic.alarms) == 0 && aws_cloudwatch_metric_alarm.this["failed"].alarm_actions == toset(["arn:aws:sns:us-east-1:222222222222:pager"]) && output.alarm_topic_arn == null
    error_message = "they tell the given topic"
  }
}

run "slow_schedules_keep_alarms_possible" {
  command = plan
  variables {
    schedules = { all = { minutes = 60 } }
  }
  assert {
    condition     = alltrue([for a in values(aws_cloudwatch_metric_alarm.this) : a.evaluation_periods * a.period <= 86400 && a.evaluation_periods >= a.datapoints_to_alarm])
    error_message = "CloudWatch looks back a day at most"
  }
}

run "without_alarms" {
  command = plan
  variables {
    alarms = false
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0 && length(aws_sns_topic.alarms) == 0
    error_message = "no alarm and no topic"
  }
}
