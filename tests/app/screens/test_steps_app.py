"""An app of steps: what was said of a key does not outlive the step that it was pressed on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from app import text
from app.screens.steps_app import StepsApp
from app.screens.tasks import showing
from app.screens.tasks.showing import Showing
from app.screens.tasks.steps import Sheet
from tests.app.screens.walking import walk

NO_FUNCTION = "F2 has no function here"


class Making(StepsApp):
    """Something takes a while; then there is something to read, which ``before`` may complain about."""

    def __init__(self, home: Path, before: Callable[[Showing], None] = lambda _shown: None) -> None:
        super().__init__({}, datetime.now, home)
        self.made = asyncio.Event()
        self._before = before

    async def work(self) -> None:
        shown = Showing(self._host)
        self._host.shows(shown)
        await shown.long("Making it", lambda _far: self.made.wait())
        self._before(shown)
        while True:
            await shown.read(Sheet("What was made", "All of it."))


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    text.use("en")
    monkeypatch.setattr(showing, "LONG_S", 0.0)


async def test_that_a_key_did_nothing_is_over_when_another_step_comes_by_itself(tmp_path: Path) -> None:
    app = Making(tmp_path)
    async with walk(app) as walking:
        await walking.press("<f2>")
        assert "Making it" in walking.text
        assert NO_FUNCTION in walking.text
        app.made.set()
        await walking.rest()
        assert "What was made" in walking.text
        assert NO_FUNCTION not in walking.text


async def test_what_a_task_complains_of_stays_with_the_step_that_follows(tmp_path: Path) -> None:
    app = Making(tmp_path, lambda shown: shown.complain("It is too long."))
    async with walk(app) as walking:
        await walking.press("<f2>")
        app.made.set()
        await walking.rest()
        assert "What was made" in walking.text
        assert "It is too long." in walking.text


async def test_what_was_said_of_keys_typed_ahead_is_seen_though_one_of_them_answered(tmp_path: Path) -> None:
    app = Making(tmp_path)
    app.made.set()
    async with walk(app) as walking:
        await walking.press("<f2>\r")
        assert "What was made" in walking.text
        assert NO_FUNCTION in walking.text


async def test_what_the_screens_say_themselves_is_in_the_language(tmp_path: Path) -> None:
    text.use("de")
    app = Making(tmp_path)
    async with walk(app) as walking:
        app._paste("x" * 5000)
        await walking.rest()
        assert "Zu lang zum Einfügen: nichts übernommen." in walking.text
