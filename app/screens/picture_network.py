"""The network on the picture of its screen: eight tills, a hub, and a centre that is reached now and then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

AT = datetime(2026, 11, 21, 18, 37).astimezone()
"""The picture's time wherever it is made: no picture depends on a machine's time zone."""
MINUTE_MS = 60_000
_AT_MS = int(AT.timestamp() * 1000)
_HALL, _YARD = "Halle", "Hof"


def status() -> dict[str, Any]:
    """As an engine tells it (``replication/core/status.py``), as far as it is shown."""
    members = [
        _member(1, "Kasse 1", _HALL, 4_812, online=True),
        _member(2, "Kasse 2", _HALL, 4_377, online=True),
        _member(3, "Kasse 3", _HALL, 3_920, me=True, online=True),
        _member(4, "Kasse 4", _HALL, 4_105, online=True, clock_off_ms=185_000),
        _member(5, "Kasse 5", _YARD, 388, pending=12, pending_since=_AT_MS - 16 * MINUTE_MS),
        _member(6, "Kasse 6", _YARD, 412, online=True),
        _member(7, "Kasse 7", _YARD, 95, signed_off=True, since=_AT_MS - 95 * MINUTE_MS),
        _member(8, "Kasse 8", _YARD, 230, revoked=True, since=_AT_MS - 200 * MINUTE_MS),
        _member(90, "Zelt", "", 0, role="node", online=True),
        _member(99, "Zentrale", "", 1_240, role="centre", pending=340, pending_since=_AT_MS - 140 * MINUTE_MS),
    ]
    peers = [member for member in members if member["online"] and not member["me"]]
    return {
        "online": True,
        "peers": peers,
        "pending": 0,
        "pending_anywhere": 340,
        "pending_since": _AT_MS - 140 * MINUTE_MS,
        "members": members,
        "clocks_off": [{"till_no": 4, "name": "Kasse 4", "off_ms": 185_000}],
    }


async def log_lines() -> Sequence[Mapping[str, Any]]:
    """Lines of the sync protocol, oldest first."""
    lines = (
        (16, "disconnected", "5 Kasse 5", "silent for too long"),
        (6, "received", "1 Kasse 1", "receipt.completed/1 ×31, voucher.issued/1 ×4; 48200 bytes"),
        (2, "sent", "1 Kasse 1", "receipt.completed/1 ×12; 17904 bytes"),
        (1, "received", "6 Kasse 6", "receipt.completed/1 ×7; 9655 bytes"),
    )
    return [
        {"at_ms": _AT_MS - minutes * MINUTE_MS, "what": what, "name": name, "detail": detail}
        for minutes, what, name, detail in lines
    ]


def _member(till_no: int, name: str, site: str, known: int, **said: Any) -> dict[str, Any]:
    usual = {"role": "till", "me": False, "online": False, "last_heard": _AT_MS, "since": None, "pending": 0}
    return {"till_no": till_no, "name": name, "site": site, "known": {"sales": known}, **usual, **said}
