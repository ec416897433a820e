"""The stack on moto, a simulated GitHub, and the program in the functions of the stack, as their roles."""

import contextlib
import json
import os
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from deployment import REGION, Deployment
from lambda_runtime import PROGRAM, Outcome, Server, invoke, serve

LOCAL = os.path.join(os.path.dirname(PROGRAM), "copilot-local")
PAGES = "https://usage.example.com"


def simulated_github(stack: contextlib.ExitStack, callback: str = f"{PAGES}/authorize/callback") -> dict[str, str]:
    """Starts a simulated GitHub; the variables by which it is found."""
    process = subprocess.Popen(
        [LOCAL, "simulate", "--organizations", "1", "--users", "3", "--person", "ola-owner", "--quiet",
         "--callback", callback], stdout=subprocess.PIPE, text=True)
    stack.callback(process.wait)
    stack.callback(process.kill)
    found: dict[str, str] = {}
    while "GITHUB_SERVER_URL" not in found or "GITHUB_APP_PRIVATE_KEY" not in found:
        line = process.stdout.readline()
        assert line, "the simulated GitHub ended"
        name, _, value = line.rstrip("\n").partition("=")
        # A quoted value may span lines, as a private key does.
        while value.startswith('"') and (len(value) == 1 or not value.endswith('"')):
            value += "\n" + process.stdout.readline().rstrip("\n")
        found[name] = value.strip('"').replace("\\n", "\n")
    return found


def short_lived(stack: contextlib.ExitStack, github: str) -> str:
    """A GitHub in front of GitHub whose tokens last five minutes, so that each tick renews them."""

    class Front(Server):
        def do_POST(self):
            fields = {name: value for name, value in self.headers.items() if name.lower() in ("accept", "content-type")}
            with urllib.request.urlopen(urllib.request.Request(github + self.path, self.body(), fields)) as reply:
                document = json.loads(reply.read())
            if "expires_in" in document:
                document["expires_in"] = 300
            self.answer(200, json.dumps(document).encode(), {"content-type": "application/json"})

    server, address = serve(Front)
    stack.callback(server.shutdown)
    return f"http://{address}"


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def location(url: str) -> str:
    """Where a page sends a browser."""
    try:
        reply = urllib.request.build_opener(NoRedirects).open(url)
    except urllib.error.HTTPError as error:
        reply = error
    return reply.headers["location"]


class Stage:
    def __enter__(self):
        self.cleanup = contextlib.ExitStack()
        with contextlib.ExitStack() as cleanup:
            self.aws = cleanup.enter_context(Deployment())
            # moto would start a container for each message; `batch` does its part instead.
            self.aws.client("lambda").update_event_source_mapping(
                UUID=self.aws.resources["OnCollectOrgCollection"], Enabled=False)
            self.github = simulated_github(cleanup)
            self.front = short_lived(cleanup, self.github["GITHUB_SERVER_URL"])
            self.folder = cleanup.enter_context(tempfile.TemporaryDirectory())
            roles = [name for name in self.aws.resources if name.endswith("Role")]
            self.policies = {role: self.aws.policy(role) for role in roles}
            for role, policy in self.policies.items():
                self.aws.replace_policy(role, *policy)
            self.keys = {role: self.aws.credentials(role) for role in roles}
            self.environments = {
                name: self.aws.environment(name) for name in ("OnDailyTick", "OnCollectOrg", "OnAuthorizeCallback")}
            self.cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *_):
        self.cleanup.close()

    def client(self, service: str, role: str):
        return self.aws.client(service, self.keys[role])

    def run(self, function: str, event, changes: dict[str, str] | None = None) -> Outcome:
        """Hands an event to a function as it was deployed, with GitHub and the samples here."""
        keys = self.keys[f"{function}Role"]
        environment = dict(self.environments[function])
        environment |= {name: self.github[name] for name in environment if name in self.github}
        environment |= {name: self.github[name] for name in ("GITHUB_API_URL", "GITHUB_REPORT_HOSTS")}
        environment["GITHUB_SERVER_URL"] = self.front
        if "METRICS_SINK" in environment:
            environment["METRICS_SINK"] = f"file:{self.folder}"
        return invoke(function[0].lower() + function[1:], event, environment | {
            "AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.aws.url, "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"], "AWS_SESSION_TOKEN": keys["SessionToken"]} | (changes or {}))

    @contextlib.contextmanager
    def layout_1(self):
        """The table as a version with only one partition would leave it: no layout, and not empty."""
        table, dynamo = self.aws.resources["State"], self.aws.client("dynamodb")
        key = {"pk": {"S": "copilot-usage-table"}, "sk": {"S": "layout"}}
        old = {"pk": {"S": "copilot-usage"}, "sk": {"S": "doctor/0"}}
        self.aws.enforce(False)
        layout = dynamo.delete_item(TableName=table, Key=key, ReturnValues="ALL_OLD")["Attributes"]
        dynamo.put_item(TableName=table, Item=old)
        self.aws.enforce(True)
        try:
            yield
        finally:
            self.aws.enforce(False)
            dynamo.put_item(TableName=table, Item=layout)
            self.aws.enforce(True)

    def page(self, path: str, query: str, cookies: list[str]) -> dict:
        outcome = self.run("OnAuthorizeCallback", {
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "cookies": cookies,
            "headers": {}, "requestContext": {"http": {"method": "GET", "path": path}}, "isBase64Encoded": False})
        assert outcome.kind == "response", outcome
        return outcome.document

    def authorize(self) -> dict:
        """Goes through both pages as a browser does; the last one."""
        token = self.environments["OnAuthorizeCallback"]["SETUP_TOKEN"]
        begun = self.page("/authorize", f"token={token}", [])
        assert begun["statusCode"] == 302, begun
        consent = begun["headers"]["location"].replace(self.front, self.github["GITHUB_SERVER_URL"])
        back = urllib.parse.urlsplit(location(consent))
        cookies = begun.get("cookies") or [begun["headers"]["set-cookie"]]
        done = self.page(back.path, back.query, [one.split(";")[0] for one in cookies])
        assert done["statusCode"] == 200, done
        return done

    def tick(self) -> list[dict]:
        """Fires a tick; the messages that it put on the queue."""
        outcome = self.run("OnDailyTick", {})
        assert outcome.kind == "response", outcome
        return outcome.document["events"]

    def batch(self, body: str) -> tuple[dict, dict]:
        """Puts a message on the queue and takes it as Lambda does, in the role of the collector."""
        queue = self.aws.resources["Collections"]
        self.aws.enforce(False)
        sqs = self.aws.client("sqs")
        sqs.purge_queue(QueueUrl=queue)
        sqs.send_message(QueueUrl=queue, MessageBody=body)
        self.aws.enforce(True)
        (message,) = self.client("sqs", "OnCollectOrgRole").receive_message(
            QueueUrl=queue, AttributeNames=["ApproximateReceiveCount"])["Messages"]
        name = queue.rsplit("/", 1)[1]
        return message, {"Records": [{
            "messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"], "body": message["Body"],
            "attributes": message["Attributes"], "messageAttributes": {}, "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:123456789012:{name}", "awsRegion": REGION}]}

    def collect(self, body: str, changes: dict[str, str] | None = None) -> bool:
        """Collects for one message; whether it is done with."""
        message, event = self.batch(body)
        outcome = self.run("OnCollectOrg", event, changes)
        assert outcome.kind == "response", outcome
        failed = [one["itemIdentifier"] for one in outcome.document["batchItemFailures"]]
        assert failed in ([], [message["MessageId"]]), outcome
        if not failed:
            # What is left out of the failures is Lambda's to delete.
            self.client("sqs", "OnCollectOrgRole").delete_message(
                QueueUrl=self.aws.resources["Collections"], ReceiptHandle=message["ReceiptHandle"])
        return not failed
