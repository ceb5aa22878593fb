"""What somebody did in the office is in its log, by name, and the log is shown; the network by stick."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app import text
from app.screens.office.app import OfficeApp
from app.screens.office.carrying import carrying
from app.screens.office.jobs import jobs
from app.screens.office.log import log
from app.screens.office.menu import MENU
from app.screens.office.tills.tills import tills
from app.till.ports import JournalRefused
from tests.app.books.shelf import records_of
from tests.app.screens.office.standin import Office
from tests.app.screens.office.test_tills import ROWS
from tests.app.screens.walking import Walk, walk


@pytest.fixture
def clara(office: Office) -> Office:
    """Somebody who may do everything, once she has logged in."""
    from app.domain.user import RIGHTS
    from app.facts.master import UserSet

    text.use("en")
    office.say(records_of([("a", UserSet("clara"))]))
    office.answers |= {
        "office_enter": {"user": "clara", "name": "Clara Kern", "rights": list(RIGHTS)},
        "office_leave": None,
        "office_did": None,
    }
    return office


def place(task: object) -> str:
    return f"{[entry.task for entry in MENU].index(task) + 1}\r"


def flat(walking: Walk) -> str:
    """What is shown, without its line ends."""
    return " ".join(walking.text.split())


def done(office: Office) -> list[str]:
    """The deeds that were logged."""
    return [said["what"] for op, said in office.asked if op == "office_did" and said.get("done")]


async def test_what_the_screens_do_themselves_is_logged_once_it_is_done(clara: Office) -> None:
    def revoked(no: int) -> dict[str, Any]:
        if no == 3:
            raise JournalRefused("authority_elsewhere", "only the authority does that")
        return {"no": no, "name": "Messekasse", "member": "ab"}

    clara.answers |= {"tills": ROWS, "revoke": revoked}
    async with walk(OfficeApp(clara.services())) as walking:
        await walking.press("clara\rpassword\r")
        await walking.press(place(tills))
        await walking.press("3<f3>\r")
        assert "only the authority" in walking.text
        await walking.press("2<f3>\r")
        assert done(clara) == [], "the engine logs that itself"
        await walking.press("\x1b")
        await walking.press(f"{place(jobs)}<f2>nightly\rstatus\r0 3 * * *\r\r\r")
        assert done(clara) == ["jobs add nightly --run 'status'"]


async def test_the_log_says_who_did_what_and_when(clara: Office) -> None:
    at = "2026-11-22T14:03:00.000Z"
    clara.answers["office_log"] = [
        {"at": at, "action": "office_done", "user": "clara", "detail": "tills revoke 2"},
        {"at": at, "action": "office", "user": "clara", "detail": "Tills"},
        {"at": at, "action": "office_login_failed", "user": "otto", "detail": "user_expired"},
        {"at": at, "action": "office_login", "user": "", "detail": ""},
    ]
    async with walk(OfficeApp(clara.services())) as walking:
        await walking.press("clara\rpassword\r")
        await walking.press(place(log))
        rows = [" ".join(line.split()) for line in walking.lines]
        for said in ("clara did tills revoke 2", "clara began Tills", "otto was not let in user_expired", "- came"):
            assert any(said in row for row in rows), said
        await walking.press("1\r")
        assert "did tills revoke 2" in walking.text
        await walking.press("\r\x1b")
        assert "Clara Kern" in walking.lines[0]


async def test_a_stick_is_read_and_written_and_what_it_refuses_is_told(clara: Office, tmp_path: Path) -> None:
    clara.answers["carrier_read"] = {
        "folder": str(tmp_path), "taken": {"receipt": 12}, "known": 3, "unnamed": 0, "left": [],
        "refused": [{"code": "changed", "where": "feeds/ab"}],
    }  # fmt: skip
    clara.answers["carrier_write"] = {"folder": str(tmp_path), "records": 9, "renewed": 1, "files": 2}
    async with walk(OfficeApp(clara.services())) as walking:
        await walking.press("clara\rpassword\r")
        await walking.press(f"{place(carrying)}{tmp_path}\r\r\r")
        assert "12 entries taken" in flat(walking)
        assert "feeds/ab: is not what was written" in flat(walking)
        await walking.press("\r")
        await walking.press(f"{place(carrying)}{tmp_path}\r2\r2-3\r")
        assert "9 entries" in flat(walking)
        assert clara.asked[-1] == ("carrier_write", {"path": str(tmp_path), "tills": [2, 3]})
        await walking.press("\r")
        clara.answers["carrier_read"] = lambda path: (_ for _ in ()).throw(
            JournalRefused("other_network", f"{path}: only other networks are on this stick")
        )
        await walking.press(f"{place(carrying)}{tmp_path}\r\r\r")
        assert "only other networks" in flat(walking)
        await walking.press("\r")
        assert "Folder or stick" in walking.text, "what was typed is still there"
