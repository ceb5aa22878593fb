"""The event as it happens: looked at again every second."""

from __future__ import annotations

import textwrap

from app import live_words
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.steps import Sheet, Text
from app.text import gettext as _
from app.till.ports import JournalRefused


async def live(desk: OfficeDesk) -> None:
    """Until it is closed."""

    async def said() -> Text:
        try:
            found = await desk.services.ask("live")
        except (OSError, JournalRefused) as fault:
            # The books' server may be back in a moment, so it is asked again.
            why = desk.said_of(fault)
            return lambda width: "\n".join(textwrap.wrap(why, width))
        return lambda width: "\n".join(live_words.lines(found, width))

    await desk.read(Sheet(_("Live"), await said()), said)
