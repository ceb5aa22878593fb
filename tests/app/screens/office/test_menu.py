"""The office's menu: every task by number, refusals in their own words, Esc closes after a question."""

from __future__ import annotations

import pytest

from app import text
from app.screens.office import menu
from app.screens.office.app import OfficeApp
from app.screens.office.desk import OfficeDesk
from app.screens.office.menu import MENU, TITLE_WIDTH
from app.screens.tasks.steps import Sheet
from tests.app.screens.office.standin import Office
from tests.app.screens.walking import walk


@pytest.mark.parametrize("language", ["de", "en"])
async def test_every_task_stands_in_the_menu_and_says_what_it_is(office: Office, language: str) -> None:
    text.use(language)
    async with walk(OfficeApp(office.services())) as walking:
        assert "Bird fair" in walking.lines[0]
        for entry in MENU:
            assert text.gettext(entry.title) in walking.text
            assert len(text.gettext(entry.title)) <= TITLE_WIDTH, "it is cut off"
            assert text.gettext(entry.about) in walking.text, "it is cut off"


@pytest.mark.parametrize("language", ["de", "en"])
async def test_what_is_handed_over_is_said_whole(office: Office, language: str) -> None:
    text.use(language)
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press(f"{1 + [entry.title for entry in MENU].index('Handing over')}\r")
        for about in (
            "Z reports for DATEV: bookings, cash book",
            "everything sold, for a merchandise system",
            "what a customer owes and paid, as a file",
        ):
            assert text.gettext(about) in walking.text, "it is cut off"


async def test_what_cannot_be_asked_is_told_and_the_menu_is_there_again(office: Office) -> None:
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press(f"{1 + [entry.title for entry in MENU].index('Network members')}\r")
        assert "nobody answers status" in walking.text
        assert "Bird fair" in walking.lines[0]


async def test_what_was_told_of_one_task_is_not_said_in_the_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def saves(desk: OfficeDesk) -> None:
        desk.tell("it is saved")

    async def shows(desk: OfficeDesk) -> None:
        await desk.read(Sheet("Another", "paper"))

    monkeypatch.setattr(menu, "MENU", (menu.Entry("Saves", "", saves), menu.Entry("Shows", "", shows)))
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press("1\r")
        assert "it is saved" in walking.text
        await walking.press("2\r")
        assert "paper" in walking.text
        assert "it is saved" not in walking.text


async def test_it_is_closed_only_after_a_question(office: Office) -> None:
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press("\x1b\x1b")
        assert walking.app.return_code is None
        await walking.press("\x1b\r")
        assert walking.app.return_code == 0
