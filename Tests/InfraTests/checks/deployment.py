"""The AWS template, translated as AWS would and deployed to moto: an AWS on loopback.

moto checks signatures and looks the action up in the role's policies, but knows neither the resource
nor the few calls whose permission has another name; both are filled in here, from AWS's service
authorization reference."""

import ast
import json
import logging
import os
import re

os.environ.update(AWS_DEFAULT_REGION="eu-central-1", AWS_ACCESS_KEY_ID="AKIATEST", AWS_SECRET_ACCESS_KEY="test",
                  AWS_EC2_METADATA_DISABLED="true")
os.environ.pop("AWS_PROFILE", None)

import boto3
from moto import settings
from moto.iam import access_control
from moto.server import ThreadedMotoServer
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

logging.getLogger("werkzeug").setLevel(logging.ERROR)

TEMPLATE = "infra/aws/template.yaml"
REGION, ACCOUNT = "eu-central-1", "123456789012"

SECRET = {
    "GITHUB_APP_CLIENT_SECRET": "client-secret", "GITHUB_APP_PRIVATE_KEY": "private-key",
    "STATE_ENCRYPTION_KEYS": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "SETUP_TOKEN": "setup-token-of-the-test",
    "CORALOGIX_API_KEY": "coralogix-key", "REMOTE_WRITE_BEARER_TOKEN": "bearer-token",
    "GITHUB_BILLING_TOKEN": "billing-token",
}

PARAMETERS = {
    "ImageUri": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/copilot-functions@sha256:{'0' * 64}",
    "GitHubAppId": "1", "GitHubAppClientId": "Iv1.0", "GitHubAppSlug": "test", "SecretName": "copilot-usage",
    "PublicUrl": "https://usage.example.com", "MetricsSink": "coralogix:eu2.coralogix.com",
    "BackendSecret": "CORALOGIX_API_KEY",
}


class NoManagedPolicies:
    """The translator asks AWS for these; the template has roles of its own instead."""

    def load(self):
        return {}


def translated() -> dict:
    with open(TEMPLATE) as file:
        return transform(yaml_parse(file.read()), {}, NoManagedPolicies())


# What moto's CloudFormation does not make. cfn-lint alone vouches for these.
UNKNOWN_TO_MOTO = {
    "AWS::CloudWatch::Alarm", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Url", "AWS::Scheduler::Schedule"}


def deployable() -> dict:
    """The translated template as far as moto can make it."""
    template = translated()
    left_out = {name for name, one in template["Resources"].items() if one["Type"] in UNKNOWN_TO_MOTO}
    template["Resources"] = {name: one for name, one in template["Resources"].items() if name not in left_out}
    template["Outputs"] = {
        name: one for name, one in template["Outputs"].items()
        if not any(f'"{other}"' in json.dumps(one) for other in left_out)}
    return template


def permissions(service: str, action: str, body: dict) -> list[tuple[str, str]]:
    """The permissions that a call takes: pairs of an action and a resource."""
    arn = f"arn:aws:{service}:{REGION}:{ACCOUNT}"
    if service == "dynamodb":
        if action == "TransactWriteItems":
            names = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem",
                     "ConditionCheck": "ConditionCheckItem"}
            return [(f"dynamodb:{names[kind]}", f"{arn}:table/{item['TableName']}")
                    for step in body["TransactItems"] for kind, item in step.items()]
        return [(f"dynamodb:{action}", f"{arn}:table/{body['TableName']}")]
    if service == "sqs":
        return [(f"sqs:{action.removesuffix('Batch')}", f"{arn}:{body['QueueUrl'].rsplit('/', 1)[1]}")]
    if service == "logs":
        return [(f"logs:{action}", f"{arn}:log-group:{body['logGroupName']}:log-stream:{body.get('logStreamName', '')}")]
    return [(f"{service}:{action}", "*")]


class Enforced(access_control.IAMRequest):
    """A call as AWS would judge it."""

    def check_action_permitted(self, resource: str) -> None:
        service, action = self._action.split(":", 1)
        body = json.loads(self._body or b"{}") if service in ("dynamodb", "sqs", "logs") else {}
        for self._action, resource in permissions(service, action, body):
            calls.add((self._action, resource))
            try:
                super().check_action_permitted(resource)
            except Exception:
                denied.add((self._action, resource))
                raise


# What was asked for, and what of it was refused, since the test last cleared them.
calls: set[tuple[str, str]] = set()
denied: set[tuple[str, str]] = set()


class Deployment:
    """The stack in a moto of its own."""

    def __enter__(self):
        access_control.IAMRequest = Enforced
        self.enforce(False)
        self.server = ThreadedMotoServer(port=0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        self.client("secretsmanager").create_secret(Name="copilot-usage", SecretString=json.dumps(SECRET))
        cloud = self.client("cloudformation")
        cloud.create_stack(
            StackName="copilot-usage", TemplateBody=json.dumps(deployable()), Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in PARAMETERS.items()])
        self.status = cloud.describe_stacks(StackName="copilot-usage")["Stacks"][0]["StackStatus"]
        self.resources = {
            one["LogicalResourceId"]: one.get("PhysicalResourceId")
            for one in cloud.describe_stack_resources(StackName="copilot-usage")["StackResources"]}
        return self

    def __exit__(self, *_):
        self.server.stop()

    def client(self, service: str, credentials: dict | None = None):
        keys = {} if credentials is None else {
            "aws_access_key_id": credentials["AccessKeyId"], "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"]}
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **keys)

    def enforce(self, is_on: bool) -> None:
        settings.INITIAL_NO_AUTH_ACTION_COUNT = 0 if is_on else float("inf")

    def environment(self, function: str) -> dict[str, str]:
        """The variables that a function was deployed with; moto leaves the secrets to be filled in."""
        variables = self.client("lambda").get_function_configuration(
            FunctionName=self.resources[function])["Environment"]["Variables"]
        return {
            name: re.sub(r"{{resolve:secretsmanager:copilot-usage:SecretString:(\w+)}}",
                         lambda found: SECRET[found[1]], str(value))
            for name, value in variables.items()}

    def credentials(self, role: str) -> dict:
        return self.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{self.resources[role]}", RoleSessionName=role)["Credentials"]

    def policy(self, role: str) -> tuple[str, dict]:
        """The policy of a role, as it was deployed."""
        iam, name = self.client("iam"), self.resources[role]
        (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        # moto keeps what CloudFormation made as Python writes it, and the address of a log group
        # without the `:*` that AWS puts behind it.
        document = ast.literal_eval(document) if isinstance(document, str) else document
        for statement in document["Statement"]:
            if ":log-group:" in str(statement["Resource"]):
                statement["Resource"] += ":*"
        return policy, document

    def replace_policy(self, role: str, policy: str, document: dict) -> None:
        self.client("iam").put_role_policy(
            RoleName=self.resources[role], PolicyName=policy, PolicyDocument=json.dumps(document))


def listed(value) -> list:
    return value if isinstance(value, list) else [value]
