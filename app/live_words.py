"""The live view in words and bars, the same for ``tillmesh office live`` and the office's screen.

``live`` is what the operation answers (``app/office/live.py``).
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.text import day, local, mark, ngettext
from app.text import gettext as _

EIGHTHS = " ▏▎▍▌▋▊▉"
LEAST_BAR = 8
WARNINGS = {
    "silent": mark("till {till_no} has not been heard for {value} min: look whether it runs and has a network"),
    "fork": mark("till {till_no} exists twice: its record {value} is there in two versions; see `tillmesh verify`"),
    "clone": mark("till {till_no} runs on two machines: switch the copy off"),
    "clock": mark("the clock of till {till_no} is off by {value} s: set it"),
    "own_clock": mark("this machine's clock is off by {value} s: set it"),
    "stopped": mark("this office may not write ({value}): `tillmesh network confirm` after a look at why"),
    "job": mark("the job {value} did not end well: `tillmesh jobs log {value}` says why"),
    "cut_off": mark("an import is not complete ({value}): `tillmesh master unfinished` says more"),
    "books": mark("the books cannot be written: {value}"),
}
"""What somebody should look at; ``overdraws`` has a plural."""


def lines(live: Mapping[str, Any], width: int) -> list[str]:
    """The whole view in lines of at most ``width`` columns."""
    shown = [
        _("{day}: {gross} {currency} in {receipts} receipts; {online} of {members} members online").format(
            **{**live, "day": day(live["day"]), "gross": local(live["gross"])}
        ),
        "",
        *_bars(_("Till"), [(f"{till['till_no']} {till['name']}".strip(), till) for till in live["tills"]], width),
        "",
        *_bars(_("Hour"), [(f"{hour['hour']}:00", hour) for hour in live["hours"]], width),
    ]
    if not live["tills"]:
        shown = [shown[0], "", _("No receipt on this day so far.")]
    if live["queue"]:
        shown += ["", _("Still to be sent")]
        shown += [_queued(member, live["day"]) for member in live["queue"]]
    if live["warnings"]:
        shown += ["", _("Warnings")]
        for each in live["warnings"]:
            shown += textwrap.wrap(warning(each), width, initial_indent="  ! ", subsequent_indent="    ")
    return [line[:width] for line in shown]


def warning(each: Mapping[str, Any]) -> str:
    """What somebody should look at."""
    if each["code"] == "overdraws":
        count = int(each["value"])
        said = ngettext("{count} overdraw waits to be settled", "{count} overdraws wait to be settled", count)
        return said.format(count=count)
    said = WARNINGS[each["code"]]
    return _(said).format(**each)


def _queued(member: Mapping[str, Any], today: str) -> str:
    state = _("online") if member["online"] else _away(member["since"], today)
    entries = ngettext("{count} entry", "{count} entries", member["pending"]).format(count=member["pending"])
    return f"  {member['till_no']:>4} {member['name'][:24]:<24}  {state:<24} {entries}"


def _away(since_ms: int | None, today: str) -> str:
    if since_ms is None:
        return _("away")
    since = datetime.fromtimestamp(since_ms / 1000, UTC).astimezone()
    date = since.date().isoformat()
    when = f"{since:%H:%M}" if date == today else f"{day(date)} {since:%H:%M}"
    return _("away since {when}").format(when=when)


def _bars(heading: str, rows: Sequence[tuple[str, Mapping[str, Any]]], width: int) -> list[str]:
    """A table with a bar for each row's turnover; the longest is the greatest."""
    if not rows:
        return []
    label = min(26, max(len(heading), *(len(name) for name, _row in rows)))
    money = max(len(_("Turnover")), *(len(row["gross"]) for _name, row in rows))
    count = max(len(_("Receipts")), *(len(str(row["receipts"])) for _name, row in rows))
    room = max(LEAST_BAR, width - label - money - count - 8)
    most = max(1, *(row["gross_minor"] for _name, row in rows))
    head = f"  {heading:<{label}}  {_('Receipts'):>{count}}  {_('Turnover'):>{money}}"
    return [
        head,
        *(
            f"  {name[:label]:<{label}}  {row['receipts']:>{count}}  {local(row['gross']):>{money}}  "
            f"{bar(row['gross_minor'], most, room)}"
            for name, row in rows
        ),
    ]


def bar(value: int, most: int, width: int) -> str:
    """``value`` of ``most`` as a bar of at most ``width`` columns, in eighths of one; nothing for what is below zero.

    >>> [bar(value, 100, 2) for value in (100, 75, 50, 0, -5)]
    ['██', '█▌', '█', '', '']
    """
    eighths = max(0, value) * width * 8 // most
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()
