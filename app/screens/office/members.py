"""Who belongs to the network, and how far each is known."""

from __future__ import annotations

from app import network_words
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.steps import Sheet
from app.text import gettext as _


async def members(desk: OfficeDesk) -> None:
    """As ``tillmesh status`` says it, looked at again every second."""

    async def said() -> str:
        status = await desk.services.ask("status")
        return "\n".join([network_words.heading(), *network_words.rows(status, desk.services.clock().astimezone())])

    if await desk.ask("status") is not None:
        await desk.read(Sheet(_("Network members"), await said()), said)
