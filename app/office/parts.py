"""What operations of the office are made of: one home's engine and all that it knows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.engine.local import LocalEngine
from app.engine.members import Members
from app.engine.operations import Who
from app.engine.vouching import Vouching
from app.office.bulk.standing import Standing
from app.office.desk import Desk
from replication.identity import Identity
from replication.store import Store


@dataclass(frozen=True)
class OfficeParts:
    """A running home, seen by the office. ``wall_ms`` is Unix time; ``new_id`` makes a fresh id of 32 hex digits."""

    engine: LocalEngine
    """Facts are journalled with ``journal``; ``settled`` returns when the books have them."""
    desk: Desk
    """Books and files; called off the loop."""
    members: Members
    vouching: Vouching
    store: Store
    identity: Identity
    who: Who
    home: Path
    wall_ms: Callable[[], int]
    new_id: Callable[[], str]
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while what tills are to be is read, decided and written."""
    bulk: Standing = field(default_factory=Standing)
    """How far a deed of many facts is (``app/office/bulk``)."""
