"""The site under its real server, seen by a real browser that is allowed to ask no other host."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]
WIDE, PHONE = (1440, 1000), (390, 844)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address: str, seconds: float = 180) -> None:
    """Returns when an address answers 200."""
    end = time.monotonic() + seconds
    while True:
        try:
            if urllib.request.urlopen(address, timeout=2).status == 200:
                return
        except OSError:
            if time.monotonic() > end:
                raise
        time.sleep(0.2)


@contextmanager
def served(settings):
    """`caitu serve` over a site, with its worker; gives its address."""
    port = _free_port()
    told = {**os.environ, "CAITU_VAR": str(settings.var_dir), "ENCODER": "test", "PORT": str(port),
            "CAITU_CACHE": str(settings.cache_dir), "CAITU_DEMO": "1" if settings.demo else ""}
    process = subprocess.Popen([sys.executable, "-m", "webapp.commands", "serve", "--workers", "1"], cwd=HOME, env=told)
    try:
        wait_for(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def address(settings, tmp_path_factory):
    """A copy of the test site, whose worker changes nothing that other tests read."""
    var = tmp_path_factory.mktemp("visited") / "var"
    shutil.copytree(settings.var_dir, var)
    with served(replace(settings, var_dir=var)) as found:
        yield found


@pytest.fixture(scope="session")
def demo_address(demo_settings, tmp_path_factory):
    """A copy of the test site with the demo's accounts and orders."""
    var = tmp_path_factory.mktemp("served") / "var"
    shutil.copytree(demo_settings.var_dir, var)
    with served(replace(demo_settings, var_dir=var)) as found:
        yield found


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


class Visit:
    """One window with what went wrong in it: script errors, refusals by the content policy, requests to other hosts."""

    def __init__(self, browser, address: str, size: tuple[int, int], scheme: str = "light", script: bool = True) -> None:
        width, height = size
        self.context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN",
                                           color_scheme=scheme, has_touch=width < 500, is_mobile=width < 500,
                                           java_script_enabled=script)
        self.address, self.faults, self.scripts = address, [], script
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda m: self.faults.append(m.text) if m.type == "error" else None)
        self.page.on("request", lambda r: None if r.url.startswith((address, "data:")) else self.faults.append(r.url))

    def go(self, path: str):
        """Opens a path; the map is there when its first bubbles are drawn."""
        self.page.goto(self.address + path)
        if self.page.locator("#map_city").count() and self.scripts:
            self.page.wait_for_selector(".pin")
        return self.page


@contextmanager
def windows(browser, address):
    """Opens windows; at the end none of them may have seen a fault."""
    opened = []

    def make(size=WIDE, scheme="light", script=True) -> Visit:
        opened.append(Visit(browser, address, size, scheme, script))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()
    assert [fault for one in opened for fault in one.faults] == []


@pytest.fixture
def visit(browser, address):
    """Windows of the test site."""
    with windows(browser, address) as make:
        yield make


@pytest.fixture
def sign_in(browser, demo_address):
    """Windows of the demo, each signed in as one of its accounts."""
    from market.demo.accounts import PASSWORD

    with windows(browser, demo_address) as make:
        def enter(name: str, size=WIDE, script=True):
            page = make(size, script=script).go("/sign-in")
            page.fill("#email", f"{name}@demo.example")
            page.fill("#password", PASSWORD)
            page.locator("main form").first.locator("button[type=submit]").click()
            while "/sign-in/code" in page.url:  # a code is good once: who signs in again waits for the next one
                page.fill("#code", page.inner_text("#demo-code"))
                page.locator("main button[type=submit]").first.click()
                page.wait_for_timeout(2000 if "/sign-in/code" in page.url else 0)
            page.wait_for_url("**/desk")
            return page

        yield enter
