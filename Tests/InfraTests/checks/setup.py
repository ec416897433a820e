"""From an empty folder to samples of a real day, as a person clicks through it: at most four clicks.

The browser runs no scripts. The runner has no variables but GitHub's addresses, and the simulated GitHub has
no App: the person makes one, installs it on one organization, and on another one later.
"""

import contextlib
import os
import subprocess
import tempfile
import unittest

from actions import free_port
from browser import LOCAL, Browser, limited, serving

ADDRESSES = {"GITHUB_API_URL", "GITHUB_SERVER_URL", "GITHUB_REPORT_HOSTS"}


@contextlib.contextmanager
def without_app():
    """Runs a simulated GitHub on which nobody has made an App; the variables by which it is found."""
    process = subprocess.Popen(
        [LOCAL, "simulate", "--without-app", "--organizations", "2", "--users", "4", "--quiet"],
        stdout=subprocess.PIPE, text=True)
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
            github = stack.enter_context(without_app())
            cls.environment = github | {
                "STATE_STORE": f"file:{cls.folder}/state", "EVENT_BUS": f"file:{cls.folder}/bus",
                "METRICS_SINK": f"file:{cls.folder}/metrics"}
            cls.address = stack.enter_context(serving("run", port=free_port(), environment=cls.environment))
            cls.browser = stack.enter_context(Browser())
            cls.stack = stack.pop_all()

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def sampled(self) -> set[str]:
        """The organizations with samples."""
        return {name for name in os.listdir(f"{self.folder}/metrics") if name[0] not in "._"}

    def looks_right(self, path: str) -> None:
        for width in (1400, 390):
            for dark in (False, True):
                with self.subTest(path=path, width=width, dark=dark), self.browser.tab(width, dark) as tab:
                    tab.open(self.address + path)
                    self.assertEqual(tab.complaints(), [])
                    self.assertEqual(tab.unreached(), [])

    def test_1_the_pages_before_there_is_an_app(self):
        for path in ("/", "/setup", "/setup?organization=acme&public=false", "/setup?enterprise=big", "/setup?organization=a_b"):
            self.looks_right(path)

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
            self.assertEqual(self.sampled(), {"acme"})
            self.assertEqual(tab.problems, [])
            page.get_by_role("link", name="See your organizations").click()
            self.assertIn("acme", page.content())

            with self.subTest("a second organization"):
                page.goto(self.address + "/setup")
                page.get_by_role("link", name="Install it on another organization").click()
                for other in ("acme", "octodemo"):
                    page.get_by_label(other, exact=True).uncheck()
                page.get_by_role("button", name="Install and authorize").click()
                page.get_by_text("Everything is set up.").wait_for(timeout=150_000)
                self.assertEqual(self.sampled(), {"acme", "acme-2"})
            self.assertEqual(tab.problems, [])

    def test_3_the_page_afterwards(self):
        self.looks_right("/setup")


if __name__ == "__main__":
    unittest.main()
