"""Business days on which a till has no receipt although others sold, between its first day and the last of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.office.audit.finding import Evidence, Finding
from app.text import gettext as _
from app.text import ngettext

KIND = "silent_till"
NAMED_DAYS = 5


def silent(sold: Iterable[tuple[int, str]]) -> Iterator[Finding]:
    """``sold``: every (till, business day) with a receipt. A finding for each till; its last day is the newest one."""
    days: dict[int, set[str]] = {}
    for till_no, day in sold:
        days.setdefault(till_no, set()).add(day)
    every = sorted(set().union(*days.values()))
    for till_no, own in sorted(days.items()):
        begun = min(own)
        missed = [day for day in every if day > begun and day not in own]
        if not missed:
            continue
        named = ", ".join(missed[-NAMED_DAYS:])
        cause = ngettext(
            "till {till_no} sold nothing on {count} day on which others did: {days}",
            "till {till_no} sold nothing on {count} days on which others did, the last ones {days}",
            len(missed),
        ).format(till_no=till_no, count=len(missed), days=named)
        advice = _("if it was open: bring it on line, or fetch its records with a stick (`tillmesh carrier`)")
        yield Finding(KIND, "note", till_no, missed[-1], cause, advice, (Evidence("till", str(till_no)),))
