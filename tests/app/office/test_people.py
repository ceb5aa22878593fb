"""Who works in the office, at a real home: users from a file, entering, the log; and the day as it stands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app import live_words, text, wiring
from app.config import Settings
from app.engine.control import Refused
from app.home import Home
from app.office import live
from replication.tickets import AppendRefused

PASSWORD = "korrektes Pferd"
USERS = f"""user,name,role,pin,badge,valid_until
clara,Clara Kern,accountant,{PASSWORD},04A1B2C3,
otto,Otto Alt,office,4711,,2020-01-01
anna,Anna Beispiel,cashier,1234,,
"""
Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[wiring.Parts]:
    home = Home(tmp_path / "home")
    await wiring.found(home, Settings(), "Fair", 100, "centre")
    async with wiring.opened(home, Settings(), network=False) as opened:
        yield opened


@pytest.fixture
def ask(parts: wiring.Parts) -> Ask:
    async def asked(op: str, **args: Any) -> Any:
        return await parts.operations[op](args)

    return asked


async def refusal(asking: Awaitable[Any]) -> str:
    with pytest.raises(Refused) as refused:
        await asking
    return refused.value.code


async def test_without_users_everybody_may_do_everything_and_it_is_logged(ask: Ask) -> None:
    assert "office_master" in (await ask("office_enter"))["rights"]
    await ask("office_leave")
    assert [entry["action"] for entry in await ask("office_log")] == ["office_logout", "office_login"]


async def test_an_office_that_may_not_write_lets_people_in_to_look_and_says_why(
    parts: wiring.Parts, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_args: Any, **_named: Any) -> None:
        raise AppendRefused("recovering", "this home was copied")

    with monkeypatch.context() as copied:
        copied.setattr(parts.engine, "journal", refused)
        entered = await ask("office_enter")
    assert (entered["warning"], "office_reports" in entered["rights"]) == ("recovering", True)
    assert await ask("office_log") == []


async def test_a_password_or_a_badge_opens_the_office_to_whom_it_belongs(ask: Ask) -> None:
    assert (await ask("imports", what="users", text=USERS))["faults"] == []
    rights = ["office_audit", "office_reports"]
    clara = {"user": "clara", "name": "Clara Kern", "rights": rights, "warning": "", "notices": []}
    assert await ask("office_enter", user="clara", secret=PASSWORD) == clara
    assert await ask("office_enter", secret="04a1b2c3") == clara
    assert await refusal(ask("office_enter", user="clara", secret="falsches Pferd")) == "login_refused"
    assert await refusal(ask("office_enter", user="nobody", secret=PASSWORD)) == "login_refused"
    assert await refusal(ask("office_enter", secret="04FFFFFF")) == "login_refused"
    assert await refusal(ask("office_enter", secret="")) == "login_refused"
    assert await refusal(ask("office_enter", user="otto", secret="4711")) == "user_expired"
    assert await refusal(ask("office_enter", user="anna", secret="1234")) == "right_missing"
    await ask("office_did", user="clara", what="Reports")
    await ask("office_did", user="clara", what="backup x", done=True)
    entries = await ask("office_log", user="clara")
    assert [(entry["action"], entry["detail"]) for entry in entries] == [
        ("office_done", "backup x"),
        ("office", "Reports"),
        ("office_login_failed", "login_refused"),
        ("office_login", ""),
        ("office_login", ""),
    ]
    assert [entry["user"] for entry in await ask("office_log", action="office_login_failed")] == [
        "anna", "otto", "", "", "nobody", "clara",
    ]  # fmt: skip


async def test_who_guesses_is_locked_out_for_a_while(ask: Ask) -> None:
    await ask("imports", what="users", text=USERS)
    said = [await refusal(ask("office_enter", user="clara", secret="0000")) for _ in range(6)]
    assert said == ["login_refused"] * 5 + ["login_locked"]
    assert await refusal(ask("office_enter", user="clara", secret=PASSWORD)) == "login_locked"


async def test_the_day_as_it_stands_is_told_with_what_to_look_at(parts: wiring.Parts, ask: Ask) -> None:
    found = await ask("live")
    assert (found["gross"], found["receipts"], found["tills"], found["hours"]) == ("0.00", 0, [], [])
    assert (found["online"], found["members"], found["queue"], found["warnings"]) == (1, 1, [], [])
    assert await refusal(ask("live", day="yesterday")) == "bad_day"


STATUS: dict[str, Any] = {
    "members": [
        {
            "member": f"{no:032x}",
            "till_no": no,
            "name": f"Kasse {no}",
            "online": online,
            "pending": pending,
            "since": since,
            "revoked": revoked,
            "signed_off": off,
        }
        for no, online, pending, since, revoked, off in (
            (1, True, 0, 0, False, False),
            (2, True, 3, 5_000_000, False, False),
            (3, False, 0, 5_000_000 - 30 * 60_000, False, False),
            (4, False, 9, 0, True, False),
            (5, False, 9, 0, False, True),
            (6, False, 1, 5_000_000 - 60_000, False, False),
        )
    ],
    "forks": [{"till_no": 3, "topic": "sales", "seq": 7}],
    "clones": [],
    "clocks_off": [{"till_no": 2, "off_ms": 90_000}],
    "own_clock_off_ms": None,
    "stopped": None,
}


async def test_who_is_revoked_or_signed_off_is_waited_for_by_nobody() -> None:
    me = f"{1:032x}"
    queue = live.queue_of(STATUS, me)
    assert [member["till_no"] for member in queue] == [2, 3, 6]
    assert live.present(STATUS) == (2, 5), "who is shut out is no member any more"
    assert [(each["code"], each["till_no"]) for each in live.warnings_of(STATUS, me, 5_000_000, 2)] == [
        ("silent", 3),
        ("fork", 3),
        ("clock", 2),
        ("overdraws", 0),
    ]
    unwritten = {**STATUS, "books": {"trouble": "the books cannot be written: the disk is full", "waiting": 3}}
    assert {"code": "books", "till_no": 0, "value": "the disk is full"} in live.warnings_of(unwritten, me, 0, 0)


def test_whoever_is_away_is_shown_with_since_when(german: None) -> None:
    text.use("en")
    since = datetime.fromtimestamp(5_000 - 60, UTC).astimezone()
    found: dict[str, Any] = {"day": since.date().isoformat(), "gross": "0.00", "currency": "EUR", "receipts": 0}
    found |= {"online": 2, "members": 5, "tills": [], "hours": [], "warnings": []}
    found["queue"] = live.queue_of(STATUS, f"{1:032x}")
    last = " ".join(live_words.lines(found, 80)[-1].split())
    assert last == f"6 Kasse 6 away since {since:%H:%M} 1 entry"
