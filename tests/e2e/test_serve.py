"""``tillmesh serve`` in a real browser: a headless Chromium shows the till, and keys are pressed in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.driving import ROOT, DriveTill, environment
from tests.e2e.chromium import Browser, NoChromium, Page

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]  # the first time a browser may have to be fetched

ARTICLE = "1001"
"""4.99, as ``founded`` has it."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with Browser() as browser:
            yield browser
    except NoChromium as reason:
        pytest.skip(str(reason))


@pytest.fixture
def till(tmp_path: Path, founded: Callable[[Path], DriveTill]) -> DriveTill:
    till = founded(tmp_path / "home")
    (till.home / "till.toml").write_text('[network]\nlisten = "127.0.0.1:0"\ndiscovery = false\n', "utf-8")
    return till


class Served:
    """A running ``tillmesh serve`` of this home."""

    def __init__(self, home: Path) -> None:
        options = ["--home", str(home), "--listen", "127.0.0.1:0", "--lang", "en", "--json"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", *options],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        ready: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.url: str = ready["url"]

    def end(self) -> int:
        self.process.terminate()
        status = self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


@pytest.fixture
def served(till: DriveTill) -> Iterator[Served]:
    served = Served(till.home)
    yield served
    assert served.end() == 0


def said(page: Page) -> str:
    """What the page itself says, outside of the terminal."""
    return str(page.value("document.getElementById('closed').innerText") or "")


def test_a_sale_is_typed_and_paid_in_a_browser_and_its_receipt_is_there(
    browser: Browser, served: Served, till: DriveTill
) -> None:
    page = browser.open(served.url)
    page.wait_for("1-000001")
    page.press(f"3*{ARTICLE}", "Enter", ARTICLE, "Enter", "F3", "F8", "2000", "Enter")
    page.wait_for("CHANGE")
    page.wait_for("5.03")
    page.wait_for("1-000002")
    assert page.value("window.testBells") == 0

    # Keys that a browser would take for itself, each with what it does at the till, in the order in which they came.
    page.press("F1")
    page.wait_for("This help")
    page.press("Escape", "F5")
    page.wait_for("parked")
    page.press("F3")
    page.wait_for("(2)")
    assert page.value("window.testBells") == 2
    # A byte that is no character, and Esc with a digit in one piece: what the till's own driver mends.
    page.value("window.testTerminal.input('20\\ud80000\\r')")
    page.wait_for("(3)")
    page.value("window.testTerminal.input('99\\x1b5')")
    page.wait_for("> 5")
    taken = page.value("window.testKeys.filter(([key]) => /^F[0-9]/.test(key))")
    assert [key for key, _ in taken] == ["F3", "F8", "F1", "F5", "F3"]
    assert all(prevented for _, prevented in taken), taken

    asked_for = {event["request"]["url"] for event in page.events("Network.requestWillBeSent")}
    assert len(asked_for) > 5
    assert all(url.startswith((served.url, "data:")) for url in asked_for), asked_for
    assert not page.events("Runtime.exceptionThrown")

    page.press("Escape", "/99", "Enter")
    page.press("Enter")
    page.wait_for(lambda: "till is closed" in said(page))
    assert (till.home / "engine.sock").exists(), "the till stays in its network"
    page.close()
    assert served.end() == 0
    assert not (till.home / "engine.sock").exists()
    till.start()
    receipt = till.ask("receipt", receipt_no="1-000001")
    assert receipt["total"] == "14.97"
    till.close()


def test_a_closed_tab_loses_nothing_and_of_two_tabs_only_one_has_the_till(browser: Browser, served: Served) -> None:
    first = browser.open(served.url)
    first.wait_for("1-000001")
    first.press(f"2*{ARTICLE}", "Enter")
    first.wait_for("9.98")
    second = browser.open(served.url)
    second.wait_for(lambda: "in another tab or window" in said(second))
    first.press("+")
    first.wait_for("9.98")
    first.close()
    second.resize(640, 400)
    second.press("Enter")
    second.wait_for("9.98")
    assert second.value("window.testTerminal.cols") >= 80
    assert second.value("window.testTerminal.rows") >= 24
    second.press("+", "Enter")
    second.wait_for("CHANGE")
    second.close()
