# An object in a bucket is compared with its hash once Lambda has it: when it is
# applied, and not before.

mock_provider "aws" {
  alias = "sync"

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

run "another_object_than_pinned" {
  command = apply

  variables {
    package = { s3_bucket = "b", s3_key = "k", sha256 = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" }
  }
  expect_failures = [data.aws_lambda_function.this]
}

run "the_pinned_object" {
  command = apply

  variables {
    package = { s3_bucket = "b", s3_key = "k", sha256 = "0000000000000000000000000000000000000000000000000000000000000000" }
  }
  assert {
    condition     = data.aws_lambda_function.this[0].code_sha256 == aws_lambda_function.this.source_code_hash
    error_message = "what Lambda has is what was pinned"
  }
}
