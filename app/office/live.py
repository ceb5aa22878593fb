"""The event as it happens: turnover per till and hour, whose records are still to come or to go, warnings.

``live`` is asked every second by a screen, so it costs the engine two short reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from app.books.questions.live import AskDayNow
from app.books.questions.overdraws import ListOverdraws
from app.domain.money import format_minor
from app.engine.control import Operation, Refused
from app.engine.operations import called
from app.office.jobs.failing import failing
from app.office.parts import OfficeParts
from app.text import gettext as _

SILENT_MS = 15 * 60_000
"""A till that is away so long is worth a warning: a walk to the lavatory is not."""
OVERDRAWS_EVERY_MS = 10_000


class _Overdraws:
    """How many wait to be settled; to find out takes a while in large books, so that it is not asked every second."""

    def __init__(self, parts: OfficeParts) -> None:
        self._parts = parts
        self._asked_ms = -OVERDRAWS_EVERY_MS
        self._open = 0

    async def count(self) -> int:
        now_ms = self._parts.wall_ms()
        if abs(now_ms - self._asked_ms) >= OVERDRAWS_EVERY_MS:
            self._asked_ms = now_ms
            found = await asyncio.to_thread(self._parts.desk.books.ask, ListOverdraws())
            self._open = sum(each.state != "settled" for each in found)
        return self._open


async def _live(parts: OfficeParts, overdraws: _Overdraws, day: str) -> dict[str, Any]:
    """A day at all tills: ``tills``, ``hours``, ``gross``, ``receipts``, ``queue`` and ``warnings``.

    Amounts are decimal strings. ``queue``: members that lack records of ours or were not heard for a while;
    ``warnings``: (code, till number, value) of what somebody should look at. ``Refused`` for a day that is none.
    """
    now = datetime.fromtimestamp(parts.wall_ms() / 1000, UTC).astimezone()
    try:
        wanted = date.fromisoformat(day).isoformat() if day else now.date().isoformat()
    except ValueError:
        raise Refused("bad_day", _("{text!r} is no day; write 2026-11-22").format(text=day[:40])) from None
    standing = await asyncio.to_thread(parts.desk.books.ask, AskDayNow(wanted))
    status = await parts.engine.status()
    currency = standing.currency or parts.desk.currency
    online, of = present(status)
    members = {member["till_no"]: member for member in status["members"]}
    tills = [
        {
            "till_no": till.till_no,
            "name": members.get(till.till_no, {}).get("name", ""),
            "receipts": till.receipts,
            "gross": format_minor(till.gross_minor, currency),
            "gross_minor": till.gross_minor,
            "last_at": till.last_at,
        }
        for till in standing.tills
    ]
    hours = [
        {
            "hour": datetime.fromisoformat(f"{hour}:00+00:00").astimezone().strftime("%H"),
            "receipts": count,
            "gross": format_minor(gross_minor, currency),
            "gross_minor": gross_minor,
        }
        for hour, count, gross_minor in standing.hours
    ]
    return {
        "day": wanted,
        "currency": currency,
        "gross": format_minor(sum(till.gross_minor for till in standing.tills), currency),
        "receipts": sum(till.receipts for till in standing.tills),
        "tills": tills,
        "hours": hours,
        "online": online,
        "members": of,
        "queue": queue_of(status, parts.who.member_id),
        "warnings": [
            *warnings_of(status, parts.who.member_id, parts.wall_ms(), await overdraws.count()),
            *await asyncio.to_thread(_jobs, parts.home),
            *_cut_off(parts),
        ],
    }


def present(status: Mapping[str, Any]) -> tuple[int, int]:
    """How many members are online, of how many; who is shut out is none any more."""
    belong = [member for member in status["members"] if not member["revoked"]]
    return sum(member["online"] for member in belong), len(belong)


def queue_of(status: Mapping[str, Any], me: str) -> list[dict[str, Any]]:
    """Members that lack something of ours, or that have gone without signing off."""
    return [
        {
            "till_no": member["till_no"],
            "name": member["name"],
            "online": member["online"],
            "pending": member["pending"],
            "since": member["since"],
        }
        for member in status["members"]
        if member["member"] != me
        and not member["revoked"]
        and not member["signed_off"]
        and (member["pending"] or not member["online"])
    ]


def warnings_of(status: Mapping[str, Any], me: str, now_ms: int, overdraws: int) -> list[dict[str, Any]]:
    """What somebody should look at, by code; ``overdraws`` is how many wait to be settled."""
    found: list[tuple[str, int, str]] = []
    for member in status["members"]:
        away = member["member"] != me and not (member["online"] or member["revoked"] or member["signed_off"])
        if away and member["since"] is not None and now_ms - member["since"] > SILENT_MS:
            found.append(("silent", member["till_no"], str((now_ms - member["since"]) // 60_000)))
    found += [("fork", fork["till_no"], f"{fork['topic']} {fork['seq']}") for fork in status["forks"]]
    found += [("clone", clone["till_no"], "") for clone in status["clones"]]
    found += [("clock", clock["till_no"], str(clock["off_ms"] // 1000)) for clock in status["clocks_off"]]
    if status["own_clock_off_ms"] is not None:
        found.append(("own_clock", 0, str(status["own_clock_off_ms"] // 1000)))
    if status["stopped"] is not None:
        found.append(("stopped", 0, status["stopped"]["code"]))
    if trouble := status.get("books", {}).get("trouble", ""):
        found.append(("books", 0, trouble.partition(": ")[2] or trouble))  # after "the books cannot be written"
    if overdraws:
        found.append(("overdraws", 0, str(overdraws)))
    return [{"code": code, "till_no": till_no, "value": value} for code, till_no, value in found]


def _jobs(home: Path) -> list[dict[str, Any]]:
    """A warning for each job that did not end well last time."""
    return [{"code": "job", "till_no": 0, "value": name} for name in failing(home)]


def _cut_off(parts: OfficeParts) -> list[dict[str, Any]]:
    """A warning of an import that was cut off, and cannot be completed yet."""
    standing = parts.bulk.shown()
    return [{"code": "cut_off", "till_no": 0, "value": standing["change"]}] if standing["state"] == "waiting" else []


def operations(parts: OfficeParts) -> dict[str, Operation]:
    """``live``."""

    overdraws = _Overdraws(parts)

    async def live(day: str = "") -> dict[str, Any]:
        return await _live(parts, overdraws, day)

    return {"live": called(live)}
