#!/usr/bin/env python3
"""Writes Tests/Fixtures/State/NAME.json and NAME.sql: the state that this version leaves behind.

    make build && infra/state-fixture.py 0.1.0

Run it once for each released version, and commit the result: StateFixtureTests reads every such file
with today's program, for ever. It plays the demo, and then two ticks against a GitHub that refuses a
token and falls silent, so that every kind of entry is there: also dead letters, and the leases of a
process that was killed. NAME.json holds the files, NAME.sql the same as rows of PostgreSQL.
"""

import base64, contextlib, http.server, json, os, pathlib, re, signal, socket, subprocess, sys, tempfile
import threading, time, urllib.error, urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = str(ROOT / ".build/debug/copilot-local")
# For tests alone: what it seals is made up.
KEY = base64.b64encode(b"copilot-usage fixture key 000001").decode()


class GitHub(http.server.BaseHTTPRequestHandler):
    """Renews tokens once, lists one organization, and gives no installation token."""

    renewals = 0
    pem = ""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.startswith("/app-manifests/"):
            return self.answer(201, {
                "id": 42, "slug": "copilot-usage-acme", "client_id": "Iv23lifixture",
                "client_secret": "fixture", "pem": GitHub.pem, "owner": {"login": "acme"}})
        if not self.path.startswith("/login/oauth"):
            return self.answer(201, {})
        GitHub.renewals += 1
        if GitHub.renewals > 1:
            time.sleep(3600)
        self.answer(200, {
            "access_token": "ghu_fixture2", "token_type": "bearer", "scope": "", "expires_in": 1,
            "refresh_token": "ghr_fixture2", "refresh_token_expires_in": 15811200})

    def do_GET(self):
        if self.path.startswith("/user/installations"):
            permissions = {
                "members": "read", "organization_administration": "read",
                "organization_copilot_metrics": "read"}
            account = {"login": "acme", "id": 900100, "type": "Organization"}
            return self.answer(200, {"total_count": 1, "installations": [{
                "id": 555, "account": account, "target_type": "Organization",
                "permissions": permissions}]})
        self.answer(200, {
            "state": "active", "role": "admin", "organization": {"login": "acme", "id": 900100}})

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main(name):
    with tempfile.TemporaryDirectory() as folder:
        demo = pathlib.Path(folder) / "demo"
        subprocess.run(
            [PROGRAM, "demo", "--scenario", "policy-off", "--days", "2", "--organizations", "1",
             "--users", "3", "--folder", demo, "--quiet"],
            env={"PATH": os.environ["PATH"], "USER_IDENTITY": "pseudonym"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        settings = dict(
            line.split("=", 1) for line in (demo / "demo.env").read_text().splitlines()
            if "=" in line and not line.startswith("#"))
        first = settings["STATE_ENCRYPTION_KEYS"].strip('"')
        github = http.server.ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
        threading.Thread(target=github.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{github.server_port}"
        pem = demo / "key.pem"
        subprocess.run(["openssl", "genrsa", "-out", pem, "2048"], check=True, capture_output=True)
        GitHub.pem = pem.read_text()
        common = {
            "PATH": os.environ["PATH"], "GITHUB_API_URL": url, "GITHUB_SERVER_URL": url,
            "STATE_STORE": f"file:{demo}/state", "EVENT_BUS": f"file:{demo}/bus",
            "METRICS_SINK": f"file:{demo}/metrics", "STATE_ENCRYPTION_KEYS": f"{KEY},{first}"}
        make_app(common, demo / "state")
        env = common | {
            "GITHUB_APP_ID": "1", "GITHUB_APP_CLIENT_ID": "Iv1.fixture",
            "GITHUB_APP_CLIENT_SECRET": "fixture", "GITHUB_APP_SLUG": "fixture",
            "GITHUB_APP_PRIVATE_KEY_FILE": str(pem), "PUBLIC_URL": "http://127.0.0.1:8080"}
        subprocess.run(
            [PROGRAM, "tick", "--quiet"], env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        runner = subprocess.Popen(
            [PROGRAM, "run", "--port", "0"], env=env, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        try:
            wait(lambda: any((demo / "state").glob("lease/refresh/*")))
            wait(lambda: any((demo / "state").glob("runner/address*")))
        finally:
            runner.send_signal(signal.SIGKILL)
            runner.wait()
        files = {}
        for path in sorted(demo.rglob("*")):
            relative = path.relative_to(demo)
            if path.is_file() and path.name != ".lock" and relative.parts[0] in (
                "state", "bus", "state.journal.ndjson",
            ):
                files[str(relative)] = content(path.read_bytes())
        keep_one_imprint(files)
        fixture = {"keys": [KEY, first], "files": files}
        target = ROOT / f"Tests/Fixtures/State/{name}.json"
        target.write_text(json.dumps(fixture, indent=1, sort_keys=True) + "\n")
        target.with_suffix(".sql").write_text(sql(demo, files))
        print(f"{target.relative_to(ROOT)}: {len(files)} files")


def make_app(common, state):
    """Makes a GitHub App as a person would, so that the store has one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = f"http://127.0.0.1:{port}"
    runner = subprocess.Popen(
        [PROGRAM, "run", "--port", str(port)], env=common | {"PUBLIC_URL": home},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait(lambda: any(state.glob("runner/address*")))
        page = urllib.request.urlopen(f"{home}/setup")
        cookie = page.headers["set-cookie"].split(";")[0]
        token = re.search(r"state=([^\"&]+)", page.read().decode())[1]
        callback = f"{home}/setup/callback?code=fixture&state={token}"
        with contextlib.suppress(urllib.error.URLError):
            urllib.request.urlopen(urllib.request.Request(callback, headers={"cookie": cookie}))
        wait(lambda: (state / "github-app.entry").exists())
    finally:
        runner.send_signal(signal.SIGTERM)
        runner.wait()


def wait(condition):
    for _ in range(300):
        if condition():
            return time.sleep(1)
        time.sleep(0.1)
    sys.exit("the program did not get that far")


def content(data):
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def sql(demo, files):
    """The tables of this version, with the entries and events as rows."""
    lines = [(ROOT / "infra/postgres/schema.sql").read_text()]
    for path in files:
        if not path.startswith("state/"):
            continue
        head, value = (demo / path).read_bytes().split(b"\n", 1)
        _, _, version, expiry, key = head.decode().split(" ")
        number = int.from_bytes(bytes.fromhex(version), "big", signed=True)
        until = "NULL" if expiry == "-" else f"to_timestamp({expiry}::numeric / 1000)"
        lines.append(
            "INSERT INTO copilot_usage.state (key, value, version, expires_at)"
            f" VALUES ('{key}', '\\x{value.hex()}', {number}, {until});")
    events = {}
    for line in (demo / "bus/journal").read_text().splitlines()[1:]:
        content = json.loads(line.split(" ", 1)[1])
        events[content["id"]] = content.get("item")
    for item in filter(None, events.values()):
        text = {
            name: "'" + str(item[name]).replace("'", "''") + "'" if name in item else "NULL"
            for name in ("due", "reason")}
        event = json.dumps(item["event"], sort_keys=True).replace("'", "''")
        receipt = int.from_bytes(bytes.fromhex(item["receipt"]), "big", signed=True) \
            if "receipt" in item else "NULL"
        lines.append(
            "INSERT INTO copilot_usage.event"
            " (id, event, attempts, due_at, published, receipt, reason) VALUES ("
            f"'{item['event']['id']}', '{event}', {item['attempts']}, {text['due']},"
            f" {item['published']}, {receipt}, {text['reason']});")
    return "\n".join(lines) + "\n"


def keep_one_imprint(files):
    """Series snapshots are large and all alike."""
    snapshots = sorted((p for p in files if p.startswith("state/imprint/")),
                       key=lambda p: len(json.dumps(files[p])))
    for path in snapshots[1:]:
        del files[path]


main(sys.argv[1])
