# The policies as they come out, in the function's own account, which
# internal/e2e/rights runs sync with: each statement is needed there, and nothing is
# missing. In the other accounts: role/tests.

mock_provider "aws" {
  alias           = "sync"
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "111111111111" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111111111111:role/postern-sync-us-east-1" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/postern-sync" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:us-east-1:111111111111:rule/postern-sync" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:111111111111:postern-sync-alarms" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:us-east-1:111111111111:function:postern-sync" }
  }
}

run "rights" {
  command = plan
  variables {
    package = {
      filename = "tests/function.zip"
      sha256   = "65f6e3c1bb28545f40d8a6629df58a7540d3264e460bc6a7346f557d385c98cc"
    }
    vpc       = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] }
    schedules = { all = { scopes = [{ account = "222222222222", regions = ["eu-west-1", "us-east-1"], role_arn = "arn:aws:iam::222222222222:role/postern-sync", external_id = "example" }] } }
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.function.policy) == jsondecode(file("tests/rights.json")).policy
    error_message = "tests/rights.json has another policy of the function: ${aws_iam_role_policy.function.policy}"
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.scheduler.policy) == jsondecode(file("tests/rights.json")).invokePolicy
    error_message = "tests/rights.json has another policy of the schedules: ${aws_iam_role_policy.scheduler.policy}"
  }
  assert {
    condition     = jsondecode(aws_iam_role.scheduler.assume_role_policy) == jsondecode(file("tests/rights.json")).invokeTrust
    error_message = "tests/rights.json has another trust of the schedules: ${aws_iam_role.scheduler.assume_role_policy}"
  }
}
