"""moto as a server whose time a test moves, with signatures and policies enforced from the start.

    moto-server.py PORT

Beside AWS's services it has two paths of its own: /control runs one boto3 call as an administrator,
and /advance moves the time of its queues. It ends when whoever started it is gone.
"""

import json
import os
import sys
import threading
import time

port = int(sys.argv[1])
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "inf"

import boto3
import moto.settings
import moto.sqs.models
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

REGION = "eu-central-1"
URL = f"http://127.0.0.1:{port}"

offset = 0.0
moto.sqs.models.unix_time = lambda dt=None: time.time() + offset
moto.sqs.models.unix_time_millis = lambda dt=None: (time.time() + offset) * 1000

services = DomainDispatcherApplication(create_backend_app)
# moto checks a condition and then writes; AWS does both in one step.
one_at_a_time = threading.Lock()
administrator = {"aws_access_key_id": "bootstrap", "aws_secret_access_key": "bootstrap"}


def client(service):
    return boto3.client(
        service, region_name=REGION, endpoint_url=URL,
        config=Config(retries={"total_max_attempts": 1}), **administrator)


def control(request):
    asked = json.loads(request.get_data())
    answer = getattr(client(asked["service"]), asked["call"])(**asked.get("arguments", {}))
    return Response(json.dumps(answer, default=str), content_type="application/json")


def advance(request):
    global offset
    offset += float(request.get_data())
    return Response("")


def application(environ, start_response):
    own = {"/control": control, "/advance": advance}.get(environ["PATH_INFO"])
    if own:
        try:
            return own(Request(environ))(environ, start_response)
        except Exception as error:
            return Response(f"{type(error).__name__}: {error}", status=500)(environ, start_response)
    with one_at_a_time:
        return list(services(environ, start_response))


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *arguments):
        pass


server = make_server("127.0.0.1", port, application, threaded=True, request_handler=Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

iam = client("iam")
iam.create_user(UserName="administrator")
key = iam.create_access_key(UserName="administrator")["AccessKey"]
everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
iam.put_user_policy(UserName="administrator", PolicyName="all", PolicyDocument=json.dumps(everything))
administrator = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
moto.settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
print("ready", flush=True)

parent = os.getppid()
while os.getppid() == parent:
    time.sleep(0.5)
