"""Lambda's Runtime API for one event: starts the program as Lambda would, hands it an event, takes what
it answers, and ends it.

docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html"""

import http.server
import json
import os
import queue
import subprocess
import tempfile
import threading
import time

PROGRAM = os.environ["COPILOT_FUNCTIONS"]


class Server(http.server.BaseHTTPRequestHandler):
    """A server of a few lines."""

    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: bytes, fields: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ((fields or {}) | {"content-length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def log_message(self, *_):
        pass


class Threads(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a program that is ended hangs up wherever it stands


def serve(handler: type) -> tuple[http.server.ThreadingHTTPServer, str]:
    server = Threads(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"127.0.0.1:{server.server_port}"


class Outcome:
    """What became of an event: `response` or `error`, the document, and the log."""

    def __init__(self, kind: str, document, log: str):
        self.kind, self.document, self.log = kind, document, log

    def __repr__(self):
        return f"{self.kind} {self.document}\n{self.log[-2000:]}"


def invoke(function: str, event, environment: dict[str, str]) -> Outcome:
    outcomes: queue.Queue = queue.Queue()
    is_given, is_over = threading.Event(), threading.Event()

    class Runtime(Server):
        def do_GET(self):
            if is_given.is_set():
                is_over.wait(60)  # there is no second event
                return
            is_given.set()
            self.answer(200, json.dumps(event).encode(), {
                "content-type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
                "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 60_000),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:123456789012:function:test"})

        def do_POST(self):
            outcomes.put((self.path.rsplit("/", 1)[1], json.loads(self.body() or b"null")))
            self.answer(202, b"")

    server, address = serve(Runtime)
    with tempfile.TemporaryFile("w+") as log:
        program = subprocess.Popen(
            [PROGRAM], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env=environment | {"AWS_LAMBDA_RUNTIME_API": address, "_HANDLER": function, "PATH": os.environ["PATH"]})
        try:
            kind, document = outcomes.get(timeout=60)
        except queue.Empty:
            kind, document = "silence", None
        program.kill()
        program.wait()
        is_over.set()
        log.seek(0)
        said = log.read()
    server.shutdown()
    server.server_close()
    return Outcome(kind, document, said)
