"""How far a deed of many facts is, in this process: one for each open home. Light, since every till has one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

KEPT = "office_bulk"
"""The store's kept value that holds the intent."""
KEPT_ORDERS = "office_orders"
"""Likewise what is left of a web shop's file."""
NOTICES_MAX = 20


@dataclass
class Standing:
    """``lock`` is held by whoever writes; the rest is read by everybody."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    pending: bool | None = None
    """Whether an intent is put down that has not ended; None: nobody has looked yet."""
    orders: bool | None = None
    """Likewise of what is left of a web shop's file (``order_rest.py``)."""
    live: bool = False
    """It is being written for who asked for it, and not gone on with after an interruption."""
    stop: bool = False
    """Whoever writes is to end after this step."""
    change: str = ""
    done: int = 0
    of: int = 0
    notices: list[dict[str, Any]] = field(default_factory=list)
    """What became of deeds whose asker has gone, until somebody enters the office."""

    def begin(self, change: str, of: int) -> None:
        """From now on this is written."""
        self.change, self.done, self.of = change, 0, of

    def shown(self) -> dict[str, Any]:
        """``state``: ``running``, ``waiting`` (for the disk, or until this home may write), or empty: there is none."""
        state = "running" if self.lock.locked() else "waiting" if self.pending else ""
        return {"state": state, "change": self.change, "done": self.done, "of": self.of}

    def notice(self, outcome: dict[str, Any]) -> None:
        """Somebody should be told."""
        self.notices = [*self.notices, outcome][-NOTICES_MAX:]

    def take_notices(self) -> list[dict[str, Any]]:
        """What is to be told, once; also of what is still going on."""
        found, self.notices = self.notices, []
        going_on = [self.shown()] if self.pending and not self.live else []
        return found + going_on
