"""Every screen and step of the till, reached by keys alone, as a picture: in both languages, on 80x24 and on 120x40."""

from __future__ import annotations

import ast
import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import screens, text
from app.screens import picture
from app.screens.functions import REGISTRY, TASKS, Function
from app.screens.keyed import KeyedApp
from app.screens.keys import Keymap
from app.screens.setup.app import SetupApp
from app.screens.tasks.steps import Step, Working
from app.screens.till.app import TillApp
from app.screens.widgets import message
from tests.app.screens import tours
from tests.app.screens.pictures import Album
from tests.app.screens.setup.test_assistant import World
from tests.app.screens.shopful import Walked
from tests.app.screens.walking import Walk, walk

SIZES = [(80, 24), (120, 40)]
SCREENS = Path(screens.__file__).parent
ASKING = {"Choose", "Form", "Sheet", "CountPieces", "KeyTest", "KeysOfPage", "confirm"}
"""What makes a step: calls of these."""

Site = tuple[str, str]
"""A file and a function in it."""


@pytest.fixture(autouse=True)
def _one_look(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same terminal and the same time zone wherever this runs; what is refused gives way to what is said next."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr(message, "ERROR_STAYS_S", 0.0)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def steps_of(*files: Path) -> set[Site]:
    """Every function that shows somebody a step."""
    found = set()
    for file in files:
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_asks, ast.walk(function))):
                found.add((file.name, function.name))
    return found


def _asks(node: ast.AST) -> bool:
    name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
    return name in ASKING


class Pictured:
    """Whose steps and which functions have been seen on a picture."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, sites: set[Site]) -> None:
        self.steps: set[Site] = set()
        self.functions: set[Function] = set()
        self._pressed: set[Function] = set()
        self._sites = sites
        begin, find, numbered = Step.__init__, Keymap.find, Keymap.numbered

        def begun(step: Any, *given: Any, **named: Any) -> None:
            step.site = self._site()
            begin(step, *given, **named)

        def found(keymap: Keymap, *given: Any) -> Any:
            function = find(keymap, *given)
            self._pressed |= {function} if function is not None else set()
            return function

        def called(keymap: Keymap, *given: Any) -> Any:
            row = numbered(keymap, *given)
            self._pressed |= {row.function} if row is not None else set()
            return row

        monkeypatch.setattr(Step, "__init__", begun)
        monkeypatch.setattr(Keymap, "find", found)
        monkeypatch.setattr(Keymap, "numbered", called)

    def _site(self) -> Site | None:
        frame: Any = sys._getframe(2)
        while frame is not None:
            site = (Path(frame.f_code.co_filename).name, frame.f_code.co_name)
            if site in self._sites:
                return site
            frame = frame.f_back
        return None

    def seen(self, app: KeyedApp) -> None:
        """A picture is taken."""
        self.functions |= self._pressed
        self._pressed.clear()
        if app.router.step is not None:
            self.steps |= {app.router.step.site} - {None}  # type: ignore[attr-defined]


class Tourist:
    """Goes the way, takes the pictures."""

    def __init__(self, walk: Walk, album: Album, pictured: Pictured) -> None:
        self.walk = walk
        self._album = album
        self._pictured = pictured

    async def go(self, tour: tours.Tour, **codes: str) -> None:
        """All of it."""
        for name, keys in tour:
            await self.walk.press(keys.format_map(codes))
            if name:
                self.take(name)

    def take(self, name: str) -> None:
        """What is shown now."""
        self._album.take(self.walk.app, name)
        self._pictured.seen(self.walk.app)

    async def wait_for_work(self, keys: str) -> None:
        """Until the bar of what these keys have begun is there."""
        await self.walk.press(keys)
        while not isinstance(self.walk.app.router.step, Working):
            await asyncio.sleep(0.01)
        await self.walk.rest()


@pytest.fixture
def album(request: pytest.FixtureRequest, tmp_path: Path) -> Album:
    language, (columns, rows) = request.getfixturevalue("language"), request.getfixturevalue("size")
    name = f"walks/{request.node.originalname.split('_')[1]}-{language}-{columns}x{rows}"
    return Album(name, tmp_path / "pictures", update=request.config.option.update_snapshots)


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
async def test_till_walks_lead_to_every_screen_and_each_looks_as_it_did(
    tmp_path: Path, language: str, size: tuple[int, int], album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    text.use(language)
    asked = steps_of(*(file for file in (SCREENS / "tasks").glob("*.py") if file.name not in ("showing.py", "desk.py")))
    pictured = Pictured(monkeypatch, asked)
    walked = Walked(tmp_path)
    try:
        await walked.stock()
        async with walk(TillApp(walked.services()), size) as walking:
            tourist = Tourist(walking, album, pictured)
            await tourist.go(tours.ALONE, **walked.codes)
            walked.shop.network.reconnect()
            await tourist.go(tours.TOGETHER, **walked.codes)
            await tourist.wait_for_work("/60\r5\r")
            tourist.take("settings-checking")
            walked.house.may_end.set()
            await walking.rest()
            tourist.take("settings-checked")
            await tourist.go(tours.END)
    finally:
        walked.close()
    album.close()
    assert pictured.steps == asked, "a step that no picture shows: tests/app/screens/tours.py leads there"
    assert pictured.functions == {row.function for row in REGISTRY}, "a function without a picture"
    assert pictured.functions >= TASKS


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
async def test_setup_walks_lead_to_every_question_and_each_looks_as_it_did(
    tmp_path: Path, language: str, size: tuple[int, int], album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = steps_of(SCREENS / "setup" / "assistant.py", SCREENS / "setup" / "devices.py")
    pictured = Pictured(monkeypatch, asked)
    world = World(tmp_path)
    world.folder = Path("/home/till")
    world.print_faults = ["The printer does not answer", ""]
    monkeypatch.setattr(world, "write_protocol", lambda _protocol: Path("/home/till/setup.txt"))
    world.goes_on.clear()
    async with walk(SetupApp(world.services()), size) as walking:
        tourist = Tourist(walking, album, pictured)
        await tourist.go(tours.SETUP, language=str(1 + list(text.LANGUAGES).index(language)))
        await tourist.wait_for_work("1\r")
        tourist.take("fetching")
        world.goes_on.set()
        await walking.rest()
        tourist.take("printer")
        await tourist.go(tours.SETUP_END)
    album.close()
    assert pictured.steps == asked, "a question that no picture shows: tests/app/screens/tours.py leads there"


@pytest.mark.parametrize("language", ["de"])
@pytest.mark.parametrize("size", [(170, 45)], ids=["170x45"])
async def test_wide_walks_show_the_customer_display_and_the_paper_as_they_were(
    language: str, size: tuple[int, int], album: Album
) -> None:
    text.use(language)
    async with walk(TillApp(picture.sample_services()), size) as walking:
        for name, leave in (("sale", "\x1b/13\r\r"), ("payment", "\x1b+"), ("receipt", "")):
            await walking.press(picture.SCENES[name])
            album.take(walking.app, name)
            await walking.press(leave)
    album.close()
