"""What somebody did in the office is in its log, by name, and the log is shown; the network by stick."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from app import text
from app.screens.office.app import OfficeApp
from app.screens.office.carrying import carrying
from app.screens.office.deeds import DEEDS, deed
from app.screens.office.jobs import jobs
from app.screens.office.log import log
from app.screens.office.menu import MENU
from app.screens.office.tills.tills import tills
from app.till.ports import JournalRefused
from tests.app.books.shelf import records_of
from tests.app.screens.office.standin import Office
from tests.app.screens.office.test_tills import ROWS
from tests.app.screens.walking import Walk, walk

HERE = Path(app.__file__).parent
OPERATIONS = HERE / "office"
SCREENS = HERE / "screens" / "office"


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


def with_by() -> set[str]:
    """Operations of the office that want to know whose word it is."""
    found = set()
    for file in OPERATIONS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
                arguments = [*node.args.args, *node.args.kwonlyargs]
                if "by" in {argument.arg for argument in arguments}:
                    found.add(node.name)
    return found - {"master_history", "write", "put"}  # a filter; and helpers that are no operations


def calls() -> Iterator[tuple[Path, str, ast.Call, str]]:
    """Each operation that a screen asks for: file, name, call, the file's text."""
    for file in SCREENS.rglob("*.py"):
        source = file.read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("ask", "done")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield file, str(node.args[0].value), node, source


def test_every_operation_of_a_screen_is_told_whose_word_it_is_and_is_logged() -> None:
    wanted = with_by()
    assert {"master_set", "till_set", "take_over", "catalogue_put"} <= wanted
    seen = set()
    for file, op, call, source in calls():
        if op not in wanted:
            continue
        seen.add(op)
        named = {keyword.arg for keyword in call.keywords}
        by_parts = None in named and ("by=desk.user" in source or '"by": desk.user' in source)
        assert "by" in named or "dry_run" in named or by_parts, f"{file.name}: {op} without by"
        assert op in DEEDS, f"{op} is not logged"
        assert ast.unparse(call.func) != "desk.services.ask", f"{file.name}: {op} goes past the log"
    assert len(seen) > 12


def test_a_deed_is_written_as_its_command_and_a_look_is_none() -> None:
    new = {"kind": "article", "key": "", "values": {"name": "Kork"}, "by": "clara"}
    assert deed("master_set", new, {"key": "17", "changed": True}) == "master set article 17"
    assert deed("till_release", {"nos": [5, 6], "plan": {}}, {"code": "SECRET"}) == "tills release 5,6"
    assert deed("master_undo_change", {"change": "import x", "dry_run": True}, {"undone": 1}) == ""
    assert deed("take_over", {"what": "articles", "look": True}, {"imported": 0}) == ""
    assert deed("take_over", {"what": "articles"}, {"imported": 12}) == "import articles (12)"
    assert deed("tills", {}, []) == ""


async def test_what_is_done_is_logged_once_it_is_done(clara: Office, monkeypatch: pytest.MonkeyPatch) -> None:
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
        assert done(clara) == []
        await walking.press("2<f3>\r")
        assert done(clara) == ["tills revoke 2"]
        await walking.press("\x1b")
        await walking.press(f"{place(jobs)}<f2>nightly\rstatus\r0 3 * * *\r\r\r")
        assert done(clara)[1:] == ["jobs add nightly --run 'status'"]


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
        assert clara.asked[-2] == ("carrier_write", {"path": str(tmp_path), "tills": [2, 3]})
        await walking.press("\r")
        clara.answers["carrier_read"] = lambda path: (_ for _ in ()).throw(
            JournalRefused("other_network", f"{path}: only other networks are on this stick")
        )
        await walking.press(f"{place(carrying)}{tmp_path}\r\r\r")
        assert "only other networks" in flat(walking)
        await walking.press("\r")
        assert "Folder or stick" in walking.text, "what was typed is still there"
    assert done(clara) == [f"carrier read {tmp_path}", f"carrier write {tmp_path}"]
