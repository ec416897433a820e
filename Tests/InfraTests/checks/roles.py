"""Each role of the AWS template is sufficient and minimal: the deployed program does its work on moto as
that role, with signatures and policies enforced; then every permission is taken away in turn, and what
used it is refused."""

import copy
import json
import pathlib
import unittest

from botocore.exceptions import ClientError
from deployment import calls, denied, listed
from moto.iam.access_control import IAMPolicy, PermissionResult
from stage import Stage


class Roles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = cls.enterClassContext(Stage())
        cls.stage.aws.enforce(True)
        cls.stage.authorize()
        events = [one for one in cls.stage.tick() if one["data"]["organization"] != "octodemo"]
        events.sort(key=lambda one: one["data"]["day"])
        # The day before yesterday: surely published, and not final, so that it can be read again. And
        # one that nothing was sent of, because what is unchanged needs no backend.
        cls.event, cls.unsent = json.dumps(events[-2]), json.dumps(events[-3])

    @classmethod
    def tearDownClass(cls):
        cls.stage.aws.enforce(False)

    # What is done in the name of each role: by the program, and by AWS around it.

    def log(self, function: str) -> None:
        logs, group = self.stage.client("logs", f"{function}Role"), self.stage.aws.resources[f"{function}Log"]
        stream = f"stream-{len(self.streams)}"
        self.streams.append(stream)
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        logs.put_log_events(
            logGroupName=group, logStreamName=stream, logEvents=[{"timestamp": 1_800_000_000_000, "message": "a line"}])

    streams: list[str] = []

    def keep_failed_tick(self, role: str) -> None:
        self.stage.client("sqs", role).send_message(QueueUrl=self.stage.aws.resources["FailedTicks"], MessageBody="{}")

    def collect_well(self) -> None:
        self.assertTrue(self.stage.collect(self.event))

    def authorize_in_layout_1(self) -> None:
        with self.stage.layout_1():
            self.stage.authorize()

    def collect_in_layout_1(self) -> None:
        with self.stage.layout_1():
            self.collect_well()

    def collect_without_backend(self) -> None:
        nowhere = {"METRICS_SINK": "remote-write:http://127.0.0.1:1/api/v1/write"}
        self.assertFalse(self.stage.collect(self.unsent, nowhere), "the message must come again")

    def collect_nonsense(self) -> None:
        self.assertTrue(self.stage.collect("of another application"), "the message must be with the dead letters")

    def poll(self) -> None:
        # Lambda looks at the queue before it takes from it.
        self.stage.client("sqs", "OnCollectOrgRole").get_queue_attributes(
            QueueUrl=self.stage.aws.resources["Collections"], AttributeNames=["VisibilityTimeout"])

    def work(self) -> dict[str, list]:
        return {
            "OnAuthorizeCallbackRole": [
                self.stage.authorize, self.authorize_in_layout_1, lambda: self.log("OnAuthorizeCallback")],
            "OnDailyTickRole": [
                self.stage.tick, lambda: self.keep_failed_tick("OnDailyTickRole"), lambda: self.log("OnDailyTick")],
            "OnCollectOrgRole": [
                self.collect_well, self.collect_in_layout_1, self.collect_without_backend, self.collect_nonsense, self.poll,
                lambda: self.log("OnCollectOrg")],
        }

    def test_roles_are_sufficient_and_minimal(self):
        for role, steps in self.work().items():
            with self.subTest(role):
                used: dict[tuple[str, str], object] = {}
                for step in steps:
                    calls.clear()
                    denied.clear()
                    step()
                    self.assertEqual(denied, set(), "not sufficient")
                    for call in calls:
                        used.setdefault(call, step)
                name, document = self.stage.policies[role]
                self.assertEqual(
                    {(action, match) for action, match in self.permissions(document)},
                    {(action, self.pattern(document, action, resource)) for action, resource in used},
                    "not minimal, or AWS was asked for something else")
                for place, action in self.places(document):
                    self.check_refusal(role, name, document, place, action, used)

    def check_refusal(self, role, name, document, place, action, used) -> None:
        less = copy.deepcopy(document)
        statement = less["Statement"][place]
        resource = statement["Resource"]
        statement["Action"] = [one for one in listed(statement["Action"]) if one != action]
        if not statement["Action"]:
            del less["Statement"][place]
        (step,) = {step for (one, there), step in used.items() if one == action and matches(resource, there)}
        self.replace(role, name, less)
        denied.clear()
        try:
            step()
        except (AssertionError, ClientError):
            pass  # how it is said is for other tests to judge
        self.assertIn(action, {one for one, _ in denied}, f"{role} does not need {action} on {resource}")
        self.replace(role, name, document)

    def replace(self, role, name, document) -> None:
        self.stage.aws.enforce(False)
        self.stage.aws.replace_policy(role, name, document)
        self.stage.aws.enforce(True)

    def places(self, document) -> list[tuple[int, str]]:
        return [(place, action) for place, statement in enumerate(document["Statement"])
                for action in listed(statement["Action"])]

    def permissions(self, document) -> set[tuple[str, str]]:
        return {(action, document["Statement"][place]["Resource"]) for place, action in self.places(document)}

    def pattern(self, document, action: str, resource: str) -> str:
        found = [pattern for one, pattern in self.permissions(document) if one == action and matches(pattern, resource)]
        return found[0] if found else resource

    def test_the_schedule_may_start_the_tick_and_keep_what_cannot_be_started(self):
        # moto runs no functions without a container engine, so this one is judged by its policy.
        _, document = self.stage.policies["SchedulerRole"]
        tick = f"arn:aws:lambda:eu-central-1:123456789012:function:{self.stage.aws.resources['OnDailyTick']}"
        self.assertEqual(
            {action for _, action in self.places(document)}, {"lambda:InvokeFunction", "sqs:SendMessage"})
        policy = IAMPolicy(json.dumps(document))
        self.assertEqual(policy.is_action_permitted("lambda:InvokeFunction", tick), PermissionResult.PERMITTED)
        self.assertEqual(
            policy.is_action_permitted("lambda:InvokeFunction", tick.replace("DailyTick", "CollectOrg")),
            PermissionResult.NEUTRAL)
        self.keep_failed_tick("SchedulerRole")

    def test_roles_cannot_do_the_work_of_others(self):
        resources = self.stage.aws.resources
        table, queue = resources["State"], resources["Collections"]
        for service, role, call in [
            ("sqs", "OnAuthorizeCallbackRole", lambda sqs: sqs.send_message(QueueUrl=queue, MessageBody="{}")),
            ("sqs", "OnDailyTickRole", lambda sqs: sqs.receive_message(QueueUrl=queue)),
            ("dynamodb", "OnCollectOrgRole", lambda table_: table_.delete_item(
                TableName=table, Key={"pk": {"S": "copilot-usage-common"}, "sk": {"S": "tick/last"}})),
            ("dynamodb", "OnDailyTickRole", lambda table_: table_.delete_table(TableName=table)),
            ("iam", "OnDailyTickRole", lambda iam: iam.list_users()),
        ]:
            with self.assertRaises(ClientError) as caught:
                call(self.stage.client(service, role))
            self.assertIn("AccessDenied", str(caught.exception), role)

    def test_a_day_is_kept_and_its_samples_are_written(self):
        self.collect_well()
        self.assertTrue(list(pathlib.Path(self.stage.folder).rglob("*.om")))


def matches(pattern: str, resource: str) -> bool:
    return resource.startswith(pattern.removesuffix("*")) if pattern.endswith("*") else pattern == resource


if __name__ == "__main__":
    unittest.main()
