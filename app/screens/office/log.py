"""The office's log: who entered and left, which tasks were begun, what was done there."""

from __future__ import annotations

from typing import Any

from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.steps import Sheet
from app.text import gettext as _
from app.text import mark, moment

SHOWN = 1000
WHAT = {
    "office_login": mark("came"),
    "office_login_failed": mark("was not let in"),
    "office_logout": mark("left"),
    "office": mark("began"),
    "office_done": mark("did"),
}


async def log(desk: OfficeDesk) -> None:
    """The newest first; Enter shows a line whole."""
    at = 0
    while (rows := await desk.ask("office_log", limit=SHOWN)) is not None:
        picked = await desk.choose(
            Choose(
                _("Who did what in the office"),
                [Column(_("When"), 20), Column(_("Who"), 16), Column(_("What"), 0)],
                [Choice((_moment(row), row["user"] or "-", _said(row)), number) for number, row in enumerate(rows)],
                empty=_("Nothing was logged yet."),
                at=at,
            )
        )
        if picked is None or picked.value is None:
            return
        at = int(picked.value)
        await desk.read(Sheet(f"{_moment(rows[at])} {rows[at]['user']}".strip(), _said(rows[at])))


def _moment(row: dict[str, Any]) -> str:
    return moment(row["at"], seconds=True)


def _said(row: dict[str, Any]) -> str:
    """A task by its title in the reader's language; a deed as a command; a refusal by its code."""
    detail = _(row["detail"]) if row["action"] == "office" and row["detail"] else row["detail"]
    return f"{_(WHAT.get(row['action'], row['action']))} {detail}".rstrip()
