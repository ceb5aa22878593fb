"""Going over to another network that this office looks after: its own home, its own users."""

from __future__ import annotations

from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column
from app.text import gettext as _


async def tenants(desk: OfficeDesk) -> None:
    """Have one chosen; this office closes, and its own opens."""
    try:
        others = desk.services.tenants()
    except ValueError as fault:
        desk.complain(str(fault))
        return
    picked = await desk.choose(
        Choose(
            _("Tenants"),
            [Column(_("Network"), 0), Column(_("Id"), 20)],
            [Choice((other.name, other.tenant), other.home) for other in others],
            empty=_("This office has one network. `tillmesh tenants add` takes over another."),
        )
    )
    if picked is not None and picked.value is not None:
        desk.leave_for = picked.value
