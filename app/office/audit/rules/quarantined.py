"""Records that were refused when they came, and are kept as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.office.audit.finding import Evidence, Finding
from app.text import gettext as _
from app.text import ngettext

KIND = "quarantined"
SHOWN = 200


class Refused(NamedTuple):
    """One refusal; ``at`` is when it came here, ``reason`` the checker's own sentence."""

    source: str
    till_no: int
    at: str
    reason: str
    text: str


def refused(rows: Iterable[Refused]) -> Iterator[Finding]:
    """A finding for each source and reason, with the newest evidence."""
    groups: dict[tuple[str, str], list[Refused]] = {}
    for row in rows:
        groups.setdefault((row.source, row.reason), []).append(row)
    for (source, reason), of_group in groups.items():
        newest = max(of_group, key=lambda row: row.at)
        cause = ngettext(
            "{count} record from {source} was refused: {reason}",
            "{count} records from {source} were refused: {reason}",
            len(of_group),
        ).format(count=len(of_group), source=source, reason=reason)
        yield Finding(
            KIND,
            "warning",
            newest.till_no,
            newest.at,
            cause,
            _("`tillmesh log --what quarantined` says who sent it: a broken disk, or somebody who should not be there"),
            (Evidence("record", source, text=newest.text[:SHOWN]),),
        )
