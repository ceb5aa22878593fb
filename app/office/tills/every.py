"""The operations about tills: the one list of them."""

from __future__ import annotations

from app.engine.control import Operation
from app.engine.operations import called
from app.office.catalogues.keeping import Keeper
from app.office.parts import OfficeParts
from app.office.tills.desk import TillDesk
from app.office.tills.listing import Listing
from app.office.tills.planning import Planning
from app.office.tills.values import Values


def operations(parts: OfficeParts) -> dict[str, Operation]:
    """All of them by name. Revoking, replacing and renaming are those of ``app/engine/members.py``."""
    desk = TillDesk(parts)
    listing, planning, values = Listing(desk), Planning(desk, Keeper(desk)), Values(desk)
    coroutines = (
        listing.tills,
        listing.till,
        planning.till_set,
        planning.till_release,
        planning.till_block,
        planning.till_block_remove,
        values.till_values,
        values.till_value_set,
        values.till_value_remove,
    )
    return {coroutine.__name__: called(coroutine) for coroutine in coroutines}
