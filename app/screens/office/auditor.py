"""Everything for an outside auditor: where to, and what he has to be told beside it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from app.home import Home
from app.office.audit import export_words
from app.office.audit.export_write import NotWritten, write
from app.office.audit.opening import FAILURES
from app.screens.office.desk import OfficeDesk
from app.screens.tasks.fields import Field
from app.screens.tasks.form import Form
from app.screens.tasks.showing import Far
from app.screens.tasks.steps import Sheet
from app.sentences import sentence
from app.text import gettext as _
from app.till.ports import JournalRefused


async def auditor(desk: OfficeDesk) -> None:
    """Ask for a place until one can be written to."""
    place = ""
    about = _("All signed feeds, for somebody who checks them without us: tillmesh verify --export")
    while True:
        field = Field("place", _("Folder, or a file .zip"), value=place, required=True)
        filled = await desk.fill(Form(_("For an auditor"), [field], text=about, finish=_("Write")))
        if filled is None:
            return
        place = filled["place"]
        written = await desk.long(_("For an auditor"), partial(_written, desk, Path(place)), may_stop=False)
        if written is not None:
            await desk.did(f"export-network {place}")
            await desk.read(Sheet(_("For an auditor"), "\n\n".join(export_words.written(written))))
            return


async def _written(desk: OfficeDesk, place: Path, _far: Far) -> dict[str, Any] | None:
    """What was written; None: nothing, and that was told."""
    try:
        return await desk.off(lambda: write(Home(desk.services.home), place))
    except NotWritten as refused:
        desk.told(JournalRefused(refused.code, str(refused)))
    except FAILURES as fault:
        desk.told(JournalRefused("unreadable", sentence(fault)))
    return None
