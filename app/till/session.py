"""The whole till as a pure machine: ``handle(now, event) -> effects``.

One command runs at a time. ``Do(command)`` begins it; the session then asks for what it needs
(an article, a voucher, a claim, an append), each asking effect is answered by exactly one
event, and a ``Reply`` or ``Refuse`` ends it::

    Do(Redeem) ─► Look ─Seen─► Claim ─Claimed─► Look ─Seen─► Append(ResourceHeld) ─Journalled─► ReleaseClaim, Reply

Each command is a generator (``handlers.py`` lists them, one file per subject) that works on the
``Counter``: the flow of a command reads from top to bottom, and nothing but its frame has to
be remembered.

Rules:

1. The sale changes only when everything that had to be durable is durable. A refused command
   leaves the sale as it was.
2. Every command is conducted by ``standing.py``: who may give it, what of it is audited, training.
3. A receipt number is used up by the journal, not by the attempt: after a failed append the
   runner asks the books which number is next (``reconcile``).
4. Ids and codes come out of the command's ``fresh`` bytes; the clock is an argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from app.domain.claim_policy import Policy
from app.domain.holds import holds_of
from app.domain.instant import Moment
from app.till.completing import TillIdentity
from app.till.counter import WORDS, Counter
from app.till.effects import Do, Effect, Event, Refuse, Reply
from app.till.handlers import HANDLERS
from app.till.keeping import OpenSaleUnreadable, read_sale, write_sale
from app.till.refusals import Refusal
from app.till.standing import conducted
from app.till.steps import Steps
from app.till.views import SaleView, Views

__all__ = ["OpenSaleUnreadable", "Session", "SessionBusy", "TillIdentity"]


class SessionBusy(Exception):
    """A second command before the first has ended, or an answer that nobody asked for: the runner's fault."""


class Session:
    """The open sale of one till, and what may be done with it."""

    def __init__(
        self,
        till: TillIdentity,
        next_sequence: int,
        policies: Mapping[str, Policy] | None = None,
        open_sale: str | None = None,
        *,
        unknown_vouchers: bool = False,
        voucher_name: str = "Gutschein",
        words: Mapping[str, str] = WORDS,
    ) -> None:
        """``next_sequence`` is the number part of the next receipt, ``open_sale`` the sale as kept.

        ``unknown_vouchers``: one that was only typed and that nobody here knows may be taken for the amount typed, as
        long as its issuer may be somebody who could not be asked.

        ``policies`` are this till's own word, by kind of resource, on what to do when a claim was granted but not every
        member could be asked; of other kinds the reference data have it. ``voucher_name`` is what a voucher's line is
        called on the receipt, ``words`` what else is called on it (``counter.WORDS``). ``OpenSaleUnreadable`` if the
        kept sale is not one of this version's.
        """
        self.till = till
        self._counter = Counter(till, next_sequence, policies or {}, voucher_name, read_sale(open_sale), words)
        self._counter.takes_unknown_vouchers = unknown_vouchers
        self._running: Steps | None = None
        self._views = Views(till.currency)

    def handle(self, now: Moment, event: Event) -> list[Effect]:
        """Take one step; the effects are to be carried out in order."""
        self._counter.now = now
        answer: Event | None = event
        if isinstance(event, Do):
            if self._running is not None:
                raise SessionBusy("the command before has not ended")
            self._counter.begin(event)
            self._running = conducted(self._counter, event.command, HANDLERS[type(event.command)])
            answer = None
        if self._running is None:
            raise SessionBusy(f"nobody asked for {type(event).__name__}")
        try:
            # A generator that has not begun takes None.
            asked = self._running.send(cast("Event", answer))
        except StopIteration as ended:
            return self._ended(Reply(ended.value))
        except Refusal as refusal:
            return self._ended(Refuse(refusal.code, refusal.values))
        return [*self._unanswered(), asked]

    def abandon(self) -> list[Effect]:
        """Forget the command at work; its sale stays as it was. Effects that give back what it had taken."""
        if self._running is not None:
            self._running.close()
            self._running = None
        return self._unanswered()

    def reconcile(self, next_sequence: int, kept: str | None, *, completed: bool) -> None:
        """After an append that failed or whose end is unknown: what the engine says is true.

        ``completed``: the books have a receipt of this sale, or it was parked, ordered or aborted. Otherwise the sale
        as kept is taken over if it holds something that ours does not, or has had more lines: that was durable after
        all.
        """
        counter = self._counter
        counter.count_on(next_sequence)
        counter.z_no = None
        counter.last_numbers.clear()
        if completed:
            counter.sale, counter.assigned_no = None, ""
            return
        durable, ours = read_sale(kept), counter.sale
        if durable is None or (ours is not None and durable.sale_id != ours.sale_id):
            return
        held = set(holds_of(ours)) if ours else set()
        later = ours is None or durable.next_line > ours.next_line
        if later or any(hold not in held for hold in holds_of(durable)):
            counter.sale = durable

    @property
    def sale_id(self) -> str:
        """The open sale's id; empty if none is open."""
        return self._counter.sale.sale_id if self._counter.sale else ""

    @property
    def user(self) -> str:
        """Who has logged in; empty: nobody."""
        return self._counter.user.user if self._counter.user else ""

    @property
    def user_name(self) -> str:
        """What the receipt calls whoever has logged in; empty: nobody."""
        return self._counter.user.name if self._counter.user else ""

    @property
    def next_receipt_no(self) -> str:
        return self._counter.next_receipt_no

    def kept_text(self) -> str | None:
        """The open sale as the engine keeps it."""
        return write_sale(self._counter.sale)

    def view(self) -> SaleView:
        """What a screen needs to draw the sale."""
        counter = self._counter
        return self._views.of(counter.sale, counter.next_receipt_no, counter.last, training=counter.training)

    def _unanswered(self) -> list[Effect]:
        out, self._counter.out = self._counter.out, []
        return out

    def _ended(self, last: Effect) -> list[Effect]:
        self._running = None
        return [*self._unanswered(), last]
