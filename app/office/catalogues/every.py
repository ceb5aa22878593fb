"""The operations about travelling catalogues: the one list of them."""

from __future__ import annotations

from app.engine.control import Operation
from app.engine.operations import called
from app.office.catalogues.keeping import Keeper
from app.office.catalogues.listing import Listing
from app.office.catalogues.selling import Selling
from app.office.parts import OfficeParts
from app.office.tills.desk import TillDesk


def operations(parts: OfficeParts) -> dict[str, Operation]:
    """All of them by name."""
    desk = TillDesk(parts)
    listing, selling = Listing(desk), Selling(desk, Keeper(desk))
    coroutines = (
        listing.catalogues,
        listing.catalogue_shown,
        selling.catalogue_set,
        selling.catalogue_put,
        selling.catalogue_import,
        selling.catalogue_take,
        selling.catalogue_assign,
        selling.catalogue_remove,
    )
    return {coroutine.__name__: called(coroutine) for coroutine in coroutines}
