"""The AWS template: cfn-lint and the SAM translator accept it, moto makes the stack, and what AWS
advises for schedules, queues and functions holds."""

import json
import subprocess
import sys
import unittest

from deployment import SECRET, TEMPLATE, Deployment, listed, translated


class Template(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.template = translated()
        cls.resources = cls.template["Resources"]

    def of_type(self, kind: str) -> dict[str, dict]:
        return {name: one["Properties"] for name, one in self.resources.items() if one["Type"] == kind}

    def test_linter_has_nothing_to_say(self):
        run = subprocess.run(
            [sys.executable, "-c", "from cfnlint.runner import main; raise SystemExit(main())", "--regions", "eu-central-1", "us-east-1", "--", TEMPLATE],
            capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout), (0, ""), run.stderr)

    def test_it_is_plain_yaml(self):
        # CloudFormation knows neither aliases nor merged keys; every parser here does.
        with open(TEMPLATE) as file:
            text = file.read()
        self.assertNotRegex(text, r"(?m)^[^#]*:\s+[&*]\w+|<<:")

    def test_queue_gives_a_collection_time_and_all_its_tries(self):
        # docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        (mapping,) = self.of_type("AWS::Lambda::EventSourceMapping").values()
        queue = self.resources[mapping["EventSourceArn"]["Fn::GetAtt"][0]]["Properties"]
        function = self.resources[mapping["FunctionName"]["Ref"]]["Properties"]
        self.assertGreaterEqual(queue["VisibilityTimeout"], 6 * function["Timeout"])
        # The schedule of retries ends by itself, with a reason, at the seventh.
        self.assertGreaterEqual(queue["RedrivePolicy"]["maxReceiveCount"], 8)
        dead = self.resources[queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]]["Properties"]
        self.assertGreater(dead["MessageRetentionPeriod"], queue["MessageRetentionPeriod"])
        self.assertEqual(mapping["FunctionResponseTypes"], ["ReportBatchItemFailures"])
        self.assertIn("MaximumConcurrency", mapping["ScalingConfig"])

    def test_a_tick_that_cannot_start_or_fails_is_kept(self):
        (schedule,) = self.of_type("AWS::Scheduler::Schedule").values()
        (invoke,) = self.of_type("AWS::Lambda::EventInvokeConfig").values()
        kept = schedule["Target"]["DeadLetterConfig"]["Arn"]
        self.assertEqual(kept, invoke["DestinationConfig"]["OnFailure"]["Destination"])
        self.assertGreater(schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"], 0)
        self.assertEqual(json.loads(schedule["Target"]["Input"]), {"time": "<aws.scheduler.scheduled-time>"})

    def test_everything_that_can_fail_has_an_alarm(self):
        watched = {json.dumps(dimension["Value"], sort_keys=True) + alarm["MetricName"]
                   for alarm in self.of_type("AWS::CloudWatch::Alarm").values() for dimension in alarm["Dimensions"]}
        for name in self.of_type("AWS::Lambda::Function"):
            for metric in ("Errors", "Throttles"):
                self.assertIn(json.dumps({"Ref": name}) + metric, watched)
        for name, queue in self.of_type("AWS::SQS::Queue").items():
            metric = "ApproximateAgeOfOldestMessage" if "RedrivePolicy" in queue else "ApproximateNumberOfMessagesVisible"
            self.assertIn(json.dumps({"Fn::GetAtt": [name, "QueueName"]}) + metric, watched)
        self.assertIn(json.dumps({"Ref": "OnDailyTick"}) + "Invocations", watched)
        for name, alarm in self.of_type("AWS::CloudWatch::Alarm").items():
            # CloudWatch looks back over a week at most, and over a day with periods below an hour.
            self.assertLessEqual(alarm["Period"] * alarm["EvaluationPeriods"], 86_400, name)

    def test_logs_go_where_they_end(self):
        groups = self.of_type("AWS::Logs::LogGroup")
        for name, function in self.of_type("AWS::Lambda::Function").items():
            self.assertIn("RetentionInDays", groups[function["LoggingConfig"]["LogGroup"]["Ref"]], name)

    def test_no_role_may_do_anything_anywhere(self):
        roles = self.of_type("AWS::IAM::Role")
        self.assertEqual(len(roles), len(self.of_type("AWS::Lambda::Function")) + 1, "a role a function, one to schedule")
        for name, role in roles.items():
            self.assertNotIn("ManagedPolicyArns", role, name)
            for policy in role["Policies"]:
                for statement in policy["PolicyDocument"]["Statement"]:
                    # Nothing that the program does lacks a resource of its own, so there is no exception.
                    self.assertIsInstance(statement["Resource"], dict, name)
                    for action in listed(statement["Action"]):
                        self.assertNotIn("*", action, name)

    def test_no_secret_is_a_parameter_and_each_is_said_of(self):
        said = self.template["Parameters"]["SecretName"]["Description"] + str(
            self.template["Parameters"]["BackendSecret"]["AllowedValues"])
        for name in SECRET:
            self.assertNotIn(name, self.template["Parameters"])
            self.assertIn(name, said)

    def test_moto_makes_the_stack(self):
        with Deployment() as deployment:
            self.assertEqual(deployment.status, "CREATE_COMPLETE")
            for function in self.of_type("AWS::Lambda::Function"):
                for name, value in deployment.environment(function).items():
                    self.assertNotIn("{{", value, f"{function}: {name}")


if __name__ == "__main__":
    unittest.main()
