# What the module refuses, a validation a run.

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

run "name_too_long" {
  command = plan
  variables {
    name = "a-name-that-leaves-no-room-for-what-follows"
  }
  expect_failures = [var.name]
}

run "hash_in_base64" {
  command = plan
  variables {
    package = { s3_bucket = "b", s3_key = "k", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
  }
  expect_failures = [var.package] # sha256 is the 64 lower-case
}

run "package_from_two_places" {
  command = plan
  variables {
    package = { filename = "tests/function.zip", url = "https://example.com/x.zip", sha256 = "65f6e3c1bb28545f40d8a6629df58a7540d3264e460bc6a7346f557d385c98cc" }
  }
  expect_failures = [var.package] # name exactly one of filename
}

run "package_from_nowhere" {
  command = plan
  variables {
    package = { sha256 = "65f6e3c1bb28545f40d8a6629df58a7540d3264e460bc6a7346f557d385c98cc" }
  }
  expect_failures = [var.package] # name exactly one of filename
}

run "key_without_a_bucket" {
  command = plan
  variables {
    package = { s3_key = "k", sha256 = "65f6e3c1bb28545f40d8a6629df58a7540d3264e460bc6a7346f557d385c98cc" }
  }
  expect_failures = [var.package] # s3_bucket and s3_key belong together
}

run "version_without_a_key" {
  command = plan
  variables {
    package = { filename = "tests/function.zip", s3_object_version = "1", sha256 = "65f6e3c1bb28545f40d8a6629df58a7540d3264e460bc6a7346f557d385c98cc" }
  }
  expect_failures = [var.package] # s3_bucket and s3_key belong together
}

run "url_without_tls" {
  command = plan
  variables {
    package = { url = "http://example.com/x.zip", sha256 = "65f6e3c1bb28545f40d8a6629df58a7540d3264e460bc6a7346f557d385c98cc" }
  }
  expect_failures = [var.package] # url begins with https://
}

run "another_file_than_pinned" {
  command = plan
  variables {
    package = { filename = "tests/function.zip", sha256 = "0000000000000000000000000000000000000000000000000000000000000000" }
  }
  expect_failures = [var.package] # is not the one that sha256 pins
}

run "file_that_is_not_there" {
  command = plan
  variables {
    package = { filename = "tests/other.zip", sha256 = "65f6e3c1bb28545f40d8a6629df58a7540d3264e460bc6a7346f557d385c98cc" }
  }
  expect_failures = [var.package] # the file does not exist
}

run "architecture_of_no_kind" {
  command = plan
  variables {
    package = { filename = "tests/function.zip", sha256 = "65f6e3c1bb28545f40d8a6629df58a7540d3264e460bc6a7346f557d385c98cc", architecture = "riscv" }
  }
  expect_failures = [var.package] # architecture is arm64 or x86_64
}

run "no_schedule" {
  command = plan
  variables {
    schedules = {}
  }
  expect_failures = [var.schedules] # at least one
}

run "schedule_name_too_long" {
  command = plan
  variables {
    schedules = { a-name-that-leaves-no-room = {} }
  }
  expect_failures = [var.schedules] # each name has 1 to 23 letters
}

run "schedule_below_a_minute" {
  command = plan
  variables {
    schedules = { a = { minutes = 0.5 } }
  }
  expect_failures = [var.schedules] # minutes is a whole number
}

run "expect_less_than_nothing" {
  command = plan
  variables {
    schedules = { a = { expect = -1 } }
  }
  expect_failures = [var.schedules] # expect is a whole number
}

run "no_scope" {
  command = plan
  variables {
    schedules = { a = { scopes = [] } }
  }
  expect_failures = [var.schedules] # scopes is an empty list
}

run "account_of_no_account" {
  command = plan
  variables {
    schedules = { a = { scopes = [{ account = "prod", regions = ["us-east-1"] }] } }
  }
  expect_failures = [var.schedules] # a scope has an account
}

run "scope_without_regions" {
  command = plan
  variables {
    schedules = { a = { scopes = [{ account = "222222222222", regions = [] }] } }
  }
  expect_failures = [var.schedules] # a scope has an account
}

run "role_of_another_account" {
  command = plan
  variables {
    schedules = { a = { scopes = [{ account = "333333333333", regions = ["us-east-1"], role_arn = "arn:aws:iam::444444444444:role/postern-sync" }] } }
  }
  expect_failures = [var.schedules] # role_arn is the ARN of
}

run "external_id_without_a_role" {
  command = plan
  variables {
    schedules = { a = { scopes = [{ account = "222222222222", regions = ["us-east-1"], external_id = "example" }] } }
  }
  expect_failures = [var.schedules] # external_id without role_arn
}

run "one_scope_twice" {
  command = plan
  variables {
    schedules = { a = { scopes = [{ account = "333333333333", regions = ["us-east-1"], role_arn = "arn:aws:iam::333333333333:role/postern-sync" }] }, b = { scopes = [{ account = "333333333333", regions = ["us-east-1"], role_arn = "arn:aws:iam::333333333333:role/postern-sync" }] } }
  }
  expect_failures = [var.schedules] # an account and region is
}

run "own_account_twice" {
  command = plan
  variables {
    schedules = { a = {}, b = {} }
  }
  expect_failures = [var.schedules] # two schedules have no scopes
}

run "setting_of_no_kind" {
  command = plan
  variables {
    settings = { AWS_REGION = "us-east-1" }
  }
  expect_failures = [var.settings] # every key is an environment
}

run "setting_that_schedules_have" {
  command = plan
  variables {
    settings = { POSTERN_EXPECT = "3" }
  }
  expect_failures = [var.settings] # what is expected and which
}

run "settings_too_long" {
  command = plan
  variables {
    settings = { POSTERN_RESOLVERS = join(",", [for i in range(400) : "10.100.0.2:53"]) }
  }
  expect_failures = [var.settings] # Lambda gives the environment 4
}

run "vpc_without_subnets" {
  command = plan
  variables {
    vpc = { subnet_ids = [], security_group_ids = ["sg-1"] }
  }
  expect_failures = [var.vpc]
}

run "concurrency_below_the_shards" {
  command = plan
  variables {
    reserved_concurrency = 0
  }
  expect_failures = [var.reserved_concurrency]
}

run "memory_of_no_size" {
  command = plan
  variables {
    memory_mb = 64
  }
  expect_failures = [var.memory_mb]
}

run "timeout_too_long" {
  command = plan
  variables {
    timeout_seconds = 901
  }
  expect_failures = [var.timeout_seconds]
}

run "retention_of_no_kind" {
  command = plan
  variables {
    log_retention_days = 31
  }
  expect_failures = [var.log_retention_days]
}

run "alarms_tell_a_name" {
  command = plan
  variables {
    alarm_action_arns = ["pager"]
  }
  expect_failures = [var.alarm_action_arns]
}

run "foreign_account_without_a_role" {
  command = plan
  variables {
    schedules = { a = { scopes = [{ account = "333333333333", regions = ["us-east-1"] }] } }
  }
  expect_failures = [aws_lambda_function.this] # account 333333333333 is not the
}

run "own_account_with_a_role" {
  command = plan
  variables {
    schedules = { a = { scopes = [{ account = "222222222222", regions = ["us-east-1"], role_arn = "arn:aws:iam::222222222222:role/postern-sync" }] } }
  }
  expect_failures = [aws_lambda_function.this] # a scope of the function's
}
