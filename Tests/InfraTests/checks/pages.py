"""Every page of a played demo, as a browser shows it: 1400 and 390 pixels wide, light and dark.

With `GALLERY` set to a folder, each is kept there as a picture.
"""

import contextlib
import html
import os
import re
import tempfile
import unittest
import urllib.error
import urllib.request

from browser import LIMIT, Browser, played, serving

NEWEST = "2026-04-18"
METRIC = "/metrics/github_copilot_"
# A page of each kind, and kinds of one page that look different.
PAGES = {
    "overview": "/",
    "overview-quarter": "/?days=90",
    "overview-none": "/?q=nobody",
    "organization": "/organizations/acme",
    "organization-recorded": "/organizations/octodemo?days=90",
    "people": "/organizations/acme?days=90&people=-lines&who=dev",
    "people-none": "/organizations/acme?who=nobody",
    "chart": "/organizations/acme/charts/models",
    "day": f"/organizations/acme/days/{NEWEST}",
    "day-unread": "/organizations/acme/days/2020-01-01",
    "events": "/events",
    "event": "/events?event=tick/2026-04-19T06:00:00Z",
    "checks": "/checks",
    "collect": "/collect?what=open",
    "integration": "/integrations/1001-demo",
    "metric": f"{METRIC}org_user_initiated_interaction_count_by_feature?organization=acme&by=feature",
    "metric-of-users": f"{METRIC}user_loc_added_sum",
    "unknown-organization": "/organizations/nobody",
    "unknown-page": "/nowhere",
}
UNKNOWN = {"unknown-organization", "unknown-page"}


def status(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=LIMIT) as reply:
            return reply.status, reply.read().decode() if "html" in reply.headers["content-type"] else ""
    except urllib.error.HTTPError as error:
        return error.code, ""


class Pages(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            settings = played(folder, "--organizations", "2", "--users", "8", "--days", "21", "--last-day", NEWEST)
            cls.address = stack.enter_context(serving("console", "--env-file", settings))
            cls.browser = stack.enter_context(Browser())
            cls.stack = stack.pop_all()

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def test_pages_fit_and_keep_the_rules(self):
        for width in (1400, 390):
            for dark in (False, True):
                with self.browser.tab(width, dark) as tab:
                    for name, path in PAGES.items():
                        with self.subTest(name, width=width, dark=dark):
                            answer = tab.open(self.address + path)
                            tab.keep(f"{name}-{width}-{'dark' if dark else 'light'}")
                            problems = tab.complaints()
                            if name in UNKNOWN:
                                # The browser writes each answer that is not 200 on its console.
                                problems = [one for one in problems if "404 (Not Found)" not in one]
                            self.assertEqual(answer.status, 404 if name in UNKNOWN else 200)
                            self.assertEqual(problems, [])

    def test_keyboard_reaches_everything(self):
        for width in (1400, 390):
            with self.browser.tab(width) as tab:
                for name, path in PAGES.items():
                    with self.subTest(name, width=width):
                        tab.open(self.address + path)
                        self.assertEqual(tab.unreached(), [])

    def test_links_lead_somewhere(self):
        known, waiting = {"/"}, ["/"]
        while waiting:
            path = waiting.pop()
            with self.subTest(path):
                found, page = status(self.address + path)
                self.assertEqual(found, 200)
                links = {html.unescape(link).split("#")[0] for link in re.findall(r'href="(/[^"]*)"', page)}
                new = {link for link in links if self.is_followed(link)} - known
                known |= new
                waiting += new
        self.assertGreater(len(known), 200)

    @staticmethod
    def is_followed(link: str) -> bool:
        """Days lead to their neighbours without an end, there are hundreds of events, all alike, and orders of people."""
        day = re.search(r"/days/(\d{4}-\d\d-\d\d)$", link)
        if "people=" in link and "days=30" not in link:
            return False
        is_event = "event=" in link or "refresh=" in link
        return bool(link) and (f"{NEWEST}/" in link if is_event else day is None or "2026-03-29" <= day[1] <= NEWEST)


if __name__ == "__main__":
    unittest.main()
