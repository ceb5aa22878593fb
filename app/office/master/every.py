"""The operations about master data: the one list of them."""

from __future__ import annotations

from app.engine.control import Operation
from app.engine.operations import called
from app.office.master.desk import MasterDesk
from app.office.master.editing import Editing
from app.office.master.groups import Groups
from app.office.master.listing import Listing
from app.office.master.planning import Planning
from app.office.master.restoring import Restoring
from app.office.parts import OfficeParts


def operations(parts: OfficeParts) -> dict[str, Operation]:
    """All of them by name."""
    desk = MasterDesk(parts)
    listing, editing = Listing(desk), Editing(desk)
    planning, restoring = Planning(desk, editing), Restoring(desk, editing)
    groups = Groups(desk, editing)
    coroutines = (
        listing.master_kinds,
        listing.master_list,
        listing.master_form,
        listing.master_show,
        listing.master_history,
        listing.master_changes,
        editing.master_set,
        editing.master_remove,
        editing.master_undo,
        editing.master_undo_change,
        restoring.master_copies,
        restoring.master_restore,
        groups.master_groups,
        groups.master_regroup,
        planning.master_plan,
        planning.master_plans,
        planning.master_plan_cancel,
        planning.master_due,
    )
    return {coroutine.__name__: called(coroutine) for coroutine in coroutines}
