"""From an empty folder to samples of a real day, as a person clicks through it: at most four clicks.

The browser runs no scripts. The runner has no variables but GitHub's addresses, and the simulated GitHub has
no App: the person makes one, installs it on one organization, and on another one a day later.
"""

import contextlib
import datetime
import os
import subprocess
import tempfile
import unittest

from actions import free_port
from browser import ENV, LOCAL, Browser, limited, serving
from clock import Clock

ADDRESSES = {"GITHUB_API_URL", "GITHUB_SERVER_URL", "GITHUB_REPORT_HOSTS"}


@contextlib.contextmanager
def without_app(clock: Clock):
    """Runs a simulated GitHub on which nobody has made an App; the variables by which it is found."""
    process = subprocess.Popen(
        [ENV, LOCAL, "simulate", "--without-app", "--organizations", "2", "--users", "4", "--quiet"],
        stdout=subprocess.PIPE, text=True, env=os.environ | clock.environment)
    try:
        found: dict[str, str] = {}
        with limited(process):
            while not ADDRESSES <= found.keys():
                name, _, value = process.stdout.readline().rstrip("\n").partition("=")
                assert name, "the simulated GitHub ended"
                found[name] = value.strip('"')
        yield found
    finally:
        process.terminate()
        with limited(process):
            process.communicate()


class Setup(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.folder = stack.enter_context(tempfile.TemporaryDirectory())
            cls.clock = Clock(cls.folder)
            github = stack.enter_context(without_app(cls.clock))
            cls.environment = github | cls.clock.environment | {
                "STATE_STORE": f"file:{cls.folder}/state", "EVENT_BUS": f"file:{cls.folder}/bus",
                "METRICS_SINK": f"file:{cls.folder}/metrics"}
            cls.address = stack.enter_context(serving("run", port=free_port(), environment=cls.environment))
            cls.browser = stack.enter_context(Browser())
            cls.stack = stack.pop_all()

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def sampled(self) -> dict[str, str]:
        """The organizations with samples, and the newest day of each."""
        folder = f"{self.folder}/metrics"
        return {
            name: max(day.removesuffix(".om") for day in os.listdir(f"{folder}/{name}"))
            for name in os.listdir(folder) if name[0] not in "._"}

    def adds_up(self, organization: str, day: str) -> None:
        """Checks that a day's samples are of that day, and of as many people as the organization's report counts."""
        with open(f"{self.folder}/metrics/{organization}/{day}.om") as file:
            lines = [line for line in file.read().splitlines() if not line.startswith("#")]
        users = [line for line in lines if line.startswith("github_copilot_user_user_initiated_interaction_count{")]
        active, = (line for line in lines if line.startswith("github_copilot_org_daily_active_users{"))
        self.assertEqual(float(active.split()[-2]), len(users))
        end = datetime.datetime.fromisoformat(f"{day}T23:59:59+00:00")
        self.assertEqual({line.split()[-1] for line in lines}, {str(int(end.timestamp()))})

    def looks_right(self, path: str, name: str, status: int = 200) -> None:
        for width in (1400, 390):
            for dark in (False, True):
                with self.subTest(path=path, width=width, dark=dark), self.browser.tab(width, dark) as tab:
                    self.assertEqual(tab.open(self.address + path).status, status)
                    tab.keep(f"setup-{name}-{width}-{'dark' if dark else 'light'}")
                    # The browser writes each answer that is not 200 on its console.
                    self.assertEqual([one for one in tab.complaints() if f"status of {status}" not in one], [])
                    self.assertEqual(tab.unreached(), [])

    def test_1_the_pages_before_there_is_an_app(self):
        for name, path in {
                "home": "/", "begin": "/setup", "organization": "/setup?organization=acme&public=false",
                "enterprise": "/setup?enterprise=big", "wrong": "/setup?organization=a%20b"}.items():
            self.looks_right(path, name)

    def test_2_four_clicks(self):
        with self.browser.tab(scripts=False) as tab:
            page = tab.page
            tab.open(self.address + "/")
            tab.elsewhere = True  # the simulated GitHub
            self.assertIn("There is no GitHub App yet", page.content())
            page.get_by_role("link", name="Set up GitHub").click()  # 1
            page.get_by_role("button", name="Create GitHub App").click()  # 2, on the page of ours
            page.get_by_role("heading", name="Create GitHub App for your account").wait_for()
            page.get_by_role("button", name="Create GitHub App").click()  # 3, on GitHub's
            for other in ("acme-2", "octodemo"):
                page.get_by_label(other, exact=True).uncheck()
            page.get_by_role("button", name="Install and authorize").click()  # 4
            self.assertEqual(page.url, self.address + "/setup")
            # The page reads itself again until the first collection is done.
            page.get_by_text("Everything is set up.").wait_for(timeout=150_000)
            first = self.clock.newest()
            self.assertEqual(self.sampled(), {"acme": first})
            self.adds_up("acme", first)
            self.assertEqual(tab.problems, [])
            page.get_by_role("link", name="See your organizations").click()
            self.assertIn("acme", page.content())

            with self.subTest("a second organization, a day later"):
                self.clock.advance(1)
                second = self.clock.newest()
                self.assertGreater(second, first)
                page.goto(self.address + "/setup")
                page.get_by_role("link", name="Install it on another organization").click()
                for other in ("acme", "octodemo"):
                    page.get_by_label(other, exact=True).uncheck()
                page.get_by_role("button", name="Install and authorize").click()
                page.get_by_text("Everything is set up.").wait_for(timeout=150_000)
                self.assertEqual(self.sampled(), {"acme": second, "acme-2": second})
                for organization in ("acme", "acme-2"):
                    self.adds_up(organization, second)
                # One click on our page and one on GitHub's, and its numbers are there.
                page.get_by_role("link", name="See your organizations").click()
                page.get_by_role("link", name="acme-2", exact=True).click()
                self.assertIn(second, page.content())
                self.assertIn("Who uses it?", page.content())
            self.assertEqual(tab.problems, [])

    def test_3_the_page_afterwards(self):
        self.looks_right("/setup", "done")

    def test_4_what_github_may_send_back_is_explained(self):
        before = self.sampled()
        for name, path, status, words in [
            ("declined", "/authorize/callback?error=access_denied&state=x", 403, "Begin again"),
            ("foreign", "/authorize/callback?code=a&state=b", 400, "did not begin in this browser"),
            ("incomplete", "/authorize/callback", 400, "did not begin here"),
            ("foreign-app", "/setup/callback?code=a&state=b", 400, "not begun in this browser"),
        ]:
            self.looks_right(path, name, status)
            with self.subTest(name), self.browser.tab(scripts=False) as tab:
                tab.open(self.address + path)
                self.assertIn(words, tab.page.content())
        self.assertEqual(self.sampled(), before)


if __name__ == "__main__":
    unittest.main()
