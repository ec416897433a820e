"""Debian's headless Chromium, and our programs whose pages it shows.

    with playing(folder, "--organizations", "2") as settings, \
            serving("console", "--env-file", settings) as address, Browser() as browser:
        with browser.tab(width=390, dark=True) as tab:
            tab.open(address + "/")
            assert tab.complaints() == []

A tab notes what a person would not see: messages on the browser's console, requests to other servers,
answers that failed. Everything has a time limit, and nothing waits for a clock.
"""

import contextlib
import os
import shutil
import subprocess
import threading
import urllib.parse
from collections import deque
from importlib.resources import files
from typing import Iterator

from playwright.sync_api import Page, Response, sync_playwright

LOCAL = os.path.join(os.path.dirname(os.environ["COPILOT_FUNCTIONS"]), "copilot-local")
# libfaketime moves the environment of the first program that loads it, and Swift finds its arguments beside it.
ENV = "/usr/bin/env"
CHROMIUM = "chromium-headless-shell"
# Many times what anything takes, for a machine that is busy with a build.
LIMIT = 60

# WCAG 2.2 AA, and what axe-core recommends beyond it, such as landmarks.
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

# Everything on a page that a keyboard has to reach, each with a number; a radio group counts once.
NUMBER_CONTROLS = """() => {
    const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
        .filter(one => one.type !== 'hidden' && !one.disabled && one.getClientRects().length > 0);
    all.forEach((one, place) => { one.dataset.place = place });
    document.activeElement.blur();
    return all.map(one => one.outerHTML.slice(0, 160));
}"""
# The number of what has the focus, and whether that is visible.
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const style = getComputedStyle(one);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    const box = one.getBoundingClientRect();
    return {place: Number(one.dataset.place ?? -1), visible: outlined && box.width > 0 && box.right > 0 && box.bottom > 0};
}"""


@contextlib.contextmanager
def limited(process: subprocess.Popen) -> Iterator[None]:
    """Ends a program that takes too long, so that nobody waits for its output for ever."""
    timer = threading.Timer(LIMIT, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def played(folder: str, *arguments: str, status: int = 0) -> str:
    """Plays a demo into a folder; the file with its settings."""
    outcome = subprocess.run(
        [LOCAL, "demo", "--folder", folder, "--quiet", *arguments], timeout=5 * LIMIT, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert outcome.returncode == status, outcome.stderr
    return os.path.join(folder, "demo.env")


@contextlib.contextmanager
def serving(*arguments: str, port: int = 0, environment: dict[str, str] | None = None) -> Iterator[str]:
    """Runs `copilot-local` on a port, by default a free one; the address that it prints."""
    process = subprocess.Popen(
        [ENV, LOCAL, *arguments, "--port", str(port)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        env=os.environ | (environment or {}))
    printed: deque[str] = deque(maxlen=100)
    try:
        with limited(process):
            for line in process.stderr:
                printed.append(line)
                if (start := line.find("http://127.0.0.1:")) >= 0:
                    break
            else:
                raise AssertionError(f"copilot-local {' '.join(arguments)} printed no address: {''.join(printed)}")
        # A full pipe would stop it.
        reader = threading.Thread(target=printed.extend, args=[process.stderr], daemon=True)
        reader.start()
        yield line[start:].split()[0].rstrip("/.")
    finally:
        process.terminate()
        with limited(process):
            process.wait()


class Tab:
    """A page of the browser, and all that went wrong on it."""

    def __init__(self, page: Page):
        self.page = page
        self.problems: list[str] = []
        self.origin = ""
        # Whether other servers may be asked, such as GitHub's.
        self.elsewhere = False
        page.set_default_timeout(LIMIT * 1_000)
        page.on("console", lambda message: self.note(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.note(f"script: {error}"))
        page.on("requestfailed", self.note_failure)
        page.route("**/*", self.pass_on)

    def note(self, problem: str) -> None:
        self.problems.append(problem)

    def note_failure(self, request) -> None:
        # A page that reads itself again is aborted when a test goes on to another.
        if request.failure != "net::ERR_ABORTED":
            self.note(f"failed: {request.url}: {request.failure}")

    def pass_on(self, route) -> None:
        """Lets requests to the site through; all others end here, even if they would get nowhere."""
        if self.elsewhere or origin(route.request.url) in (self.origin, "data:"):
            route.continue_()
        else:
            self.note(f"request to another server: {route.request.url}")
            route.abort()

    def open(self, address: str) -> Response:
        self.origin, self.elsewhere = origin(address), False
        self.problems.clear()
        return self.page.goto(address)

    def keep(self, name: str) -> None:
        """Keeps the page as a picture in the folder that `GALLERY` names."""
        if folder := os.environ.get("GALLERY"):
            self.page.screenshot(path=os.path.join(folder, f"{name}.png"), full_page=True)

    def complaints(self) -> list[str]:
        """What is wrong with the page as it is now."""
        return self.problems + self.overflow() + self.rules()

    def overflow(self) -> list[str]:
        """Whether the page is wider than the screen, and what sticks out."""
        return self.page.evaluate("""() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            const wide = [...document.body.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > width + 1);
            return wide.slice(0, 3).map(one => `wider than ${width} px: ${one.outerHTML.slice(0, 160)}`)
                .concat(`the page is ${document.documentElement.scrollWidth} px wide`);
        }""")

    def rules(self) -> list[str]:
        """The rules of accessibility that the page breaks."""
        self.page.evaluate(AXE)
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
        return [
            f"{rule['id']}: {rule['help']}: {node['html'][:200]} ({node['failureSummary'][:300]})"
            for rule in found["violations"] for node in rule["nodes"]
            if not has_equivalent(rule["id"], node["html"])][:10]

    def unreached(self) -> list[str]:
        """Controls that Tab does not reach, or that do not show that they have the focus."""
        controls = self.page.evaluate(NUMBER_CONTROLS)
        left = dict(enumerate(controls))
        problems = []
        # The focus may leave the page once before it begins at the top, and stops at each part of a date.
        dates = sum('type="date"' in control for control in controls)
        for _ in range(len(controls) + 2 + 4 * dates):
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(FOCUSED)
            if focused is None:
                continue
            control = left.pop(focused["place"], None)
            if control and not focused["visible"]:
                problems.append(f"the focus is not visible: {control}")
        return problems + [f"not reached with Tab: {control}" for control in left.values()]


def has_equivalent(rule: str, element: str) -> bool:
    """Whether a target may be small: each day of a heat grid is also a row of its organization's page.

    Source: <https://www.w3.org/TR/WCAG22/#target-size-minimum>, "Equivalent".
    """
    return rule == "target-size" and element.startswith('<a href="/organizations/') \
        and "<path" in element


def origin(address: str) -> str:
    parts = urllib.parse.urlsplit(address)
    return "data:" if parts.scheme == "data" else f"{parts.scheme}://{parts.netloc}"


class Browser:
    def __enter__(self) -> "Browser":
        program = shutil.which(CHROMIUM)
        assert program, f"{CHROMIUM} is missing: run infra/debian/install.sh test"
        with contextlib.ExitStack() as stack:
            playwright = stack.enter_context(sync_playwright())
            # Chromium's sandbox refuses to run as root.
            options = ["--no-sandbox"] if os.geteuid() == 0 else []
            self.chromium = playwright.chromium.launch(
                executable_path=program, args=options, timeout=LIMIT * 1_000)
            stack.callback(self.chromium.close)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_) -> None:
        self.stack.close()

    @contextlib.contextmanager
    def tab(self, width: int = 1400, dark: bool = False, scripts: bool = True) -> Iterator[Tab]:
        """A tab with cookies of its own."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light",
            java_script_enabled=scripts)
        try:
            yield Tab(context.new_page())
        finally:
            context.close()
