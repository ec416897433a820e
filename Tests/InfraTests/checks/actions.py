"""What a person changes from the pages, and what everyone else is refused.

The state is that of a demo in which GitHub failed for so long that an event failed for good. The runner works
on it beside a simulated GitHub, to which a browser connects.
"""

import contextlib
import http.client
import itertools
import json
import os
import re
import socket
import subprocess
import tempfile
import unittest
import urllib.parse

from browser import ENV, LIMIT, LOCAL, Browser, limited, played, serving
from clock import Clock

FIELD = re.compile(r'name="session" value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def simulating(callback: str, clock: Clock, person: str = "ola-owner"):
    """Runs a simulated GitHub; the variables by which it is found."""
    process = subprocess.Popen(
        [ENV, LOCAL, "simulate", "--organizations", "2", "--users", "4", "--person", person, "--quiet", "--callback",
         callback],
        stdout=subprocess.PIPE, text=True, env=os.environ | clock.environment)
    try:
        found: dict[str, str] = {}
        with limited(process):
            while not {"GITHUB_SERVER_URL", "GITHUB_APP_PRIVATE_KEY", "GITHUB_APP_SLUG"} <= found.keys():
                name, _, value = process.stdout.readline().rstrip("\n").partition("=")
                assert name, "the simulated GitHub ended"
                found[name] = value.strip('"').replace("\\n", "\n")
        yield found
    finally:
        process.terminate()
        with limited(process):
            process.communicate()


def variables(file: str) -> dict[str, str]:
    with open(file) as lines:
        pairs = (line.rstrip("\n").partition("=") for line in lines if "=" in line and not line.startswith("#"))
        return {name: value.strip('"') for name, _, value in pairs}


class Session:
    """A program that does what a browser does, and what one never does."""

    def __init__(self, address: str):
        self.place = urllib.parse.urlsplit(address).netloc
        self.origin = address
        page = self.send("GET", "/")
        self.cookie = page.headers["set-cookie"].split(";")[0]
        self.token = FIELD.search(page.text)[1]

    def send(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None):
        connection = http.client.HTTPConnection(self.place, timeout=LIMIT)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            answer.text = answer.read().decode(errors="replace")
            return answer
        finally:
            connection.close()

    def post(self, path: str, fields: dict[str, str] | None = None, **changes: str | None):
        """Posts a form as a page of ours does, with some headers or the token changed; None leaves one out."""
        headers = {"Cookie": self.cookie, "Origin": self.origin, "Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
        token = changes.pop("token", self.token)
        for name, value in changes.items():
            headers[name.replace("_", "-")] = value
        form = dict(fields or {}) | ({} if token is None else {"session": token})
        body = urllib.parse.urlencode(form).encode()
        return self.send("POST", path, body, {name: value for name, value in headers.items() if value is not None})


class Actions(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            cls.settings = played(
                folder, "--organizations", "2", "--users", "4", "--days", "2", "--scenario", "outage", status=1)
            port = free_port()
            clock = Clock(folder)
            github = stack.enter_context(simulating(f"http://127.0.0.1:{port}/authorize/callback", clock))
            cls.environment = variables(cls.settings) | github | clock.environment | {
                "PUBLIC_URL": f"http://127.0.0.1:{port}"}
            cls.address = stack.enter_context(serving("run", port=port, environment=cls.environment))
            cls.browser = stack.enter_context(Browser())
            cls.stack = stack.pop_all()

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def events(self) -> str:
        return Session(self.address).send("GET", "/api/events").text

    def test_1_a_browser_connects_and_acts(self):
        # Nothing of ours is a script, so this must work in a browser without any.
        with self.browser.tab(scripts=False) as tab:
            page = tab.page
            tab.open(self.address + "/")
            tab.elsewhere = True  # the simulated GitHub
            page.goto(self.address + "/authorize")
            page.goto(self.address + "/")
            with self.subTest("a tick leads to its event, and the event to its end"):
                page.get_by_role("button", name="Tick now").click()
                self.assertIn("/events?event=tick/", page.url)
                # The page reads itself again until then. If the tick after connecting reads the same
                # day, one of the two is tried again a minute later.
                page.get_by_text("Done, with all it led to.").wait_for(timeout=150_000)
                self.assertIn("acme", page.content())
            with self.subTest("missing days are counted, and collected"):
                page.goto(self.address + "/collect?organization=acme-2")
                page.get_by_text(" of 1 organization.").wait_for()
                page.get_by_role("button", name="Collect", exact=True).click()
                page.get_by_text("Done, with all it led to.").wait_for(timeout=150_000)
                days = json.loads(Session(self.address).send("GET", "/api/days?organization=acme-2").text)
                self.assertEqual(len(days["manifests"]), 30)
            with self.subTest("a dead letter is sent again"):
                page.goto(self.address + "/events?show=failed")
                page.get_by_role("button", name="Send again").first.click()
                self.assertIn("/events?event=", page.url)
                page.goto(self.address + "/events")
                self.assertIn("0 failed for good", page.content())
            with self.subTest("an integration is removed"):
                page.goto(self.address + "/")
                page.get_by_role("link", name="demo", exact=True).click()
                page.get_by_role("button", name="Remove demo").click()
                self.assertIn("its tokens are destroyed", page.content())
                page.goto(self.address + "/")
                self.assertEqual(page.get_by_role("link", name="demo", exact=True).count(), 0)
            self.assertEqual(tab.problems, [])

    def test_2_pages_with_forms_keep_the_rules(self):
        for width in (1400, 390):
            with self.browser.tab(width) as tab:
                for path in ("/", "/collect", "/events", "/organizations/acme/days/2020-01-01"):
                    with self.subTest(path, width=width):
                        tab.open(self.address + path)
                        self.assertEqual(tab.complaints(), [])
                        self.assertEqual(tab.unreached(), [])

    def test_3_only_forms_of_our_own_pages_change_anything(self):
        own = Session(self.address)
        stolen, foreign = Session(self.address).token, "https://evil.example"
        other_port = self.address.rsplit(":", 1)[0] + ":1"
        attacks = {
            "no token": {"token": None},
            "an empty token": {"token": ""},
            "a token of nobody": {"token": "A" * 43},
            "a token of another browser": {"token": stolen},
            "no session": {"Cookie": None},
            "a session of nobody": {"Cookie": "copilot-usage-forms=" + "A" * 22},
            "another website": {"Origin": foreign, "Sec-Fetch-Site": "cross-site"},
            "another website, with an old browser": {"Origin": foreign, "Sec-Fetch-Site": None},
            "a sandboxed page": {"Origin": "null"},
            "no origin": {"Origin": None, "Sec-Fetch-Site": None},
            "another server on this machine": {"Origin": other_port, "Sec-Fetch-Site": "same-site"},
            "another server on this machine, with an old browser": {"Origin": other_port, "Sec-Fetch-Site": None},
            "a name that was rebound to this machine": {"Host": "evil.example", "Origin": "http://evil.example"},
            "a host without a name": {"Host": ""},
        }
        before = self.events()
        for path in ("/actions/tick", "/actions/collect", "/actions/redrive", "/actions/remove", "/actions/nothing"):
            for name, changes in attacks.items():
                with self.subTest(name, path=path):
                    answer = own.post(path, {"from": "2026-04-01", "to": "2026-04-02", "integration": "1001-demo"}, **changes)
                    self.assertEqual(answer.status, 403, answer.text)
                    self.assertRegex(answer.text, r"^[A-Z][^<]+\.\n$")
            for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
                with self.subTest(method, path=path):
                    query = urllib.parse.urlencode({"session": own.token})
                    answer = own.send(method, f"{path}?{query}", headers={"Cookie": own.cookie, "Origin": own.origin})
                    self.assertEqual(answer.status, 403)
        self.assertEqual(self.events(), before)

    def test_3_nobody_else_reads_about_people(self):
        own = Session(self.address)
        people = ("/organizations/acme", "/organizations/acme/people.csv", "/api/people?organization=acme")
        for path in people:
            with self.subTest(path):
                self.assertEqual(own.send("GET", path).status, 200)
                for host in ("evil.example", "", "127.0.0.1.evil.example", "localhost.evil.example:80"):
                    answer = own.send("GET", path, headers={"Host": host})
                    self.assertEqual(answer.status, 403, answer.text)
                    self.assertNotIn("dev-", answer.text)
                # Nothing lets a page of another origin read the answer.
                answer = own.send("GET", path, headers={"Origin": "https://evil.example"})
                self.assertIsNone(answer.headers["access-control-allow-origin"])
                for method in ("POST", "PUT", "DELETE"):
                    self.assertIn(own.send(method, path).status, (403, 405))

    def test_3_an_old_token_is_refused(self):
        own = Session(self.address)
        with serving("run", environment=self.environment | {"PUBLIC_URL": ""}) as again:
            successor = Session(again)
            answer = successor.post("/actions/tick", token=own.token, Cookie=own.cookie)
            self.assertEqual(answer.status, 403)
            self.assertIn("restarted", answer.text)

    def test_3_wrong_fields_are_explained(self):
        own = Session(self.address)
        for path, fields, status, words in [
            ("/actions/collect", {}, 400, "look like 2026-04-18"),
            ("/actions/collect", {"from": "2026-04-02", "to": "2026-04-01"}, 400, "Swap"),
            ("/actions/collect", {"from": "1970-01-01", "to": "2026-04-01"}, 400, "at most 366 days"),
            ("/actions/collect", {"from": "2026-04-01", "to": "2999-01-01"}, 400, "days"),
            ("/actions/collect", {"from": "2026-04-01", "to": "2026-04-01", "organization": "<b>"}, 400, "login"),
            ("/actions/redrive", {"event": "<script>alert(1)</script>"}, 404, "No dead letter"),
            ("/actions/remove", {}, 400, "integration"),
            ("/actions/remove", {"integration": "9-nobody"}, 404, "9-nobody"),
            ("/actions/nothing", {}, 404, "no action"),
        ]:
            with self.subTest(path, fields=fields):
                answer = own.post(path, fields)
                self.assertEqual(answer.status, status, answer.text)
                self.assertIn(words, answer.text)
                self.assertNotIn("<script>", answer.text)

    def test_4_huge_requests_are_refused(self):
        own = Session(self.address)
        with self.subTest("a body"):
            answer = own.post("/actions/tick", {"padding": "x" * (2 << 20)})
            self.assertIn(answer.status, (403, 413), answer.text[:200])
        paths = ("/?q=", "/organizations/acme?who=", "/organizations/acme?people=", "/api/people?organization=")
        for path, size in itertools.product(paths, (10_000, 200_000)):
            with self.subTest("a query", path=path, size=size):
                try:
                    answer = own.send("GET", path + "x" * size)
                except (ConnectionError, http.client.HTTPException):
                    continue  # More than a header may have: the connection ends.
                self.assertIn(answer.status, (200, 400, 404, 414, 431))
                self.assertLess(len(answer.text), 200_000)
        self.assertEqual(own.send("GET", "/healthz").status, 200)

    def test_4_pages_that_only_show_have_no_forms(self):
        with serving("console", "--env-file", self.settings) as address:
            own = Session.__new__(Session)
            own.place = urllib.parse.urlsplit(address).netloc
            for path in ("/", "/events", "/collect", "/organizations/acme"):
                page = own.send("GET", path)
                self.assertNotIn('method="post"', page.text)
                self.assertIsNone(page.headers["set-cookie"])
            answer = own.send("POST", "/actions/tick", b"", {"Content-Type": FORM})
            self.assertEqual(answer.status, 403)
            self.assertIn("These pages change nothing", answer.text)


if __name__ == "__main__":
    unittest.main()
