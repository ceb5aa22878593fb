"""Which of the office's data go to which till; Enter changes it in the till's plan."""

from __future__ import annotations

from typing import Any

from app import till_words
from app.screens.office.desk import OfficeDesk
from app.screens.office.tills.planning import planned
from app.screens.tasks.choosing import Choice, Choose, Column
from app.text import gettext as _

WIDTHS = (4, 0, 9, 9, 11, 10, 14)


async def flows(desk: OfficeDesk) -> None:
    """The table, until it is left."""
    at = 0
    while True:
        rows: list[dict[str, Any]] | None = await desk.ask("tills")
        if rows is None:
            return
        columns = [
            Column(heading, width, numeric=place == 0)
            for place, (heading, width) in enumerate(zip(till_words.flow_headings(), WIDTHS, strict=True))
        ]
        choices = [Choice(till_words.flow_cells(row), row) for row in rows]
        picked = await desk.choose(Choose(_("Data flows"), columns, choices, at=at))
        if picked is None or picked.value is None:
            return
        at = next((place for place, row in enumerate(rows) if row is picked.value), 0)
        await planned(desk, picked.value)
