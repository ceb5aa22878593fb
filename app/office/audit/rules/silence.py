"""Tills of which nothing has been heard for long, while others were: measured from the newest record of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.office.audit.finding import Evidence, Finding
from app.office.audit.rules.silent_days import KIND
from app.text import gettext as _
from app.text import moment

HOUR_MS = 3_600_000


class Heard(NamedTuple):
    """An active till, and its newest record (Unix ms; 0: none at all; ``at`` the same as an instant)."""

    member_id: str
    till_no: int
    name: str
    newest_ms: int
    at: str


def silences(tills: Iterable[Heard], now_ms: int, limit_hours: int) -> Iterator[Finding]:
    """A finding for each; ``now_ms`` is the newest record that is known of anybody."""
    for till in tills:
        hours = (now_ms - till.newest_ms) // HOUR_MS
        if hours < max(1, limit_hours):
            continue
        if till.newest_ms:
            cause = _("nothing is known of till {till_no} ({name}) since {at}: {hours} hours less than of others")
        else:
            cause = _("nothing was ever heard of till {till_no} ({name})")
        yield Finding(
            KIND,
            "warning",
            till.till_no,
            till.at,
            cause.format(till_no=till.till_no, name=till.name, at=moment(till.at), hours=hours),
            _("bring it on line, or fetch its records with a stick (`tillmesh carrier`); revoke it if it is gone"),
            (Evidence("member", till.member_id), Evidence("till", str(till.till_no), text=till.name)),
        )
