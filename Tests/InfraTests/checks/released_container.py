"""The released image in a container engine: it connects organizations of a simulated GitHub and collects them.

Where the kernel does not let podman start a container, it exits with status 77.
"""

import base64
import contextlib
import glob
import http.cookiejar
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from stage import simulated_github

[ARCHIVE] = glob.glob(os.path.join(os.environ["DIST"], "*.oci.tar"))
IMAGE = f"localhost/copilot-functions:{os.environ['VERSION']}"
# As every deployment here runs it, and on the loopback of this machine. podman's own limits need a
# capability that root does not have everywhere.
CONFINED = [
    "--rm", "--interactive", "--network=host", "--read-only", "--cap-drop=all", "--security-opt=no-new-privileges",
    "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024",
]


class Engine:
    def __init__(self, folder: str):
        # Containers and images of its own; Debian's runc, since crun refuses hybrid control groups.
        self.words = ["podman", f"--root={folder}/images", f"--runroot={folder}/run", "--runtime=runc"]

    def run(self, *arguments: str, **more) -> subprocess.CompletedProcess:
        return subprocess.run([*self.words, *arguments], capture_output=True, text=True, **more)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def authorize(pages: str, token: str) -> None:
    """What a browser does: follow the redirects to GitHub and back, with the cookie."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with browser.open(f"{pages}/authorize?token={token}", timeout=30) as response:
        assert response.status == 200 and response.url.startswith(pages), (response.status, response.url)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def main() -> None:
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        engine = Engine(folder)
        loaded = engine.run("load", "--quiet", "--input", ARCHIVE)
        assert loaded.returncode == 0 and IMAGE in loaded.stdout, loaded
        stack.callback(engine.run, "rmi", "--force", IMAGE)

        version = engine.run("run", *CONFINED, IMAGE, "--version")
        if version.returncode in (125, 126):  # podman's and the runtime's own failures
            print(version.stderr.strip(), file=sys.stderr)
            sys.exit(77)
        assert version.stdout.strip() == os.environ["VERSION"], version

        port = free_port()
        pages = f"http://127.0.0.1:{port}"
        data = os.path.join(folder, "data")
        os.mkdir(data)
        os.chmod(data, 0o777)  # the image's user is nobody of this machine
        settings = simulated_github(stack, f"{pages}/authorize/callback") | {
            "PUBLIC_URL": pages, "SETUP_TOKEN": secrets.token_hex(24), "PORT": str(port), "STATE_STORE": "file:/data/state", "METRICS_SINK": "file:/data/metrics",
            "STATE_ENCRYPTION_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        confined = [*CONFINED, f"--volume={data}:/data", *(f"--env={name}" for name in settings), IMAGE]
        environment = os.environ | settings

        server = subprocess.Popen([*engine.words, "run", "--name=pages", *confined, "onAuthorizeCallback"], env=environment)
        stack.callback(server.wait)
        stack.callback(server.kill)
        until = time.monotonic() + 30
        while not answers(f"{pages}/healthz"):
            assert server.poll() is None and time.monotonic() < until, "the pages are not served"
            time.sleep(0.1)
        authorize(pages, settings["SETUP_TOKEN"])
        begun = time.monotonic()
        engine.run("stop", "--time=20", "pages", check=True)
        assert server.wait() == 0 and time.monotonic() - begun < 15, "it does not end on SIGTERM"

        tick = engine.run("run", *confined, "onDailyTick", "--event", "-", input="{}", env=environment)
        assert tick.returncode == 0, tick.stderr
        events = [event for event in json.loads(tick.stdout)["events"] if event["data"]["organization"] == "acme"]
        assert len(events) == 3, events
        for event in events:
            collect = engine.run("run", *confined, "onCollectOrg", "--event", "-", input=json.dumps(event), env=environment)
            assert collect.returncode == 0, collect.stderr
        samples = glob.glob(f"{data}/metrics/acme/*.om")
        assert len(samples) == len(events), samples
        print(f"podman ran the image: {len(events)} days collected")


if __name__ == "__main__":
    main()
