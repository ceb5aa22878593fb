"""Gates that open for goods: a receipt with a ticket on it lets its buyer through, once it is durable.

Which goods those are is said by their article groups, so no till has to know the tickets by number. A gate that
cannot be reached is not opened later: the cashier is told, and opens it by right.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

import msgspec

from app.domain.quantity import MILLI
from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted
from peripherals.gate.device import Gate

MAX_PULSES = 16
"""For one receipt: whoever has more tickets on it is let through by right."""

_log = logging.getLogger(__name__)


class OpensFor(msgspec.Struct, frozen=True):
    """The article groups for which a gate opens: once a receipt, or once for each piece."""

    groups: tuple[str, ...]
    each: bool = False

    def pulses(self, receipt: ReceiptCompleted) -> int:
        """How often it opens. Goods that come back, voids and training open nothing."""
        if receipt.receipt_type != "receipt":
            return 0
        pieces_milli = sum(
            line.quantity_milli
            for line in receipt.lines
            if line.quantity_milli > 0 and not set(self.groups).isdisjoint(line.article_groups)
        )
        pieces = min(MAX_PULSES, -(-pieces_milli // MILLI))
        return pieces if self.each else min(1, pieces)


class Gates:
    """The gates of the settings, by name, each with what it opens for."""

    def __init__(self, gates: Mapping[str, tuple[Gate, OpensFor]], failed: Callable[[str, str], None]) -> None:
        """``failed`` is told of the gate and the receipt if somebody was not let through."""
        self._gates = dict(gates)
        self._failed = failed
        self._opening: set[asyncio.Task[None]] = set()

    def kept(self, text: str | None) -> None:
        """A sale that is open lets nobody through."""

    def journalled(self, facts: Sequence[Fact], keep: str | None, printed: Fact | None) -> None:  # noqa: ARG002
        """Open for the receipts among these facts."""
        for fact in facts:
            if isinstance(fact, ReceiptCompleted):
                self._open_for(fact)

    def _open_for(self, receipt: ReceiptCompleted) -> None:
        for name, (gate, opens_for) in self._gates.items():
            if pulses := opens_for.pulses(receipt):
                task = asyncio.create_task(self._open(name, gate, pulses, receipt.receipt_no))
                self._opening.add(task)
                task.add_done_callback(self._opening.discard)

    async def _open(self, name: str, gate: Gate, pulses: int, receipt_no: str) -> None:
        reasons = {reason for reason in await asyncio.gather(*(gate.open() for _ in range(pulses))) if reason}
        if reasons:
            _log.warning("%s was not opened for receipt %s: %s", name, receipt_no, ", ".join(sorted(reasons)))
            self._failed(name, receipt_no)
