"""The engine and the books as the session's runner needs them. Adapters live in ``app/engine`` and ``app/books``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from app.books.questions import Question
from app.books.views import ArticleView, ReceiptView, TurnoverView, VoucherView
from app.domain.number_range import FROM_THE_FIRST, Beginning
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage

T = TypeVar("T")


class JournalRefused(Exception):
    """Nothing was written. ``code`` as in ``JournalFailed``."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(reason or code)
        self.code = code
        self.reason = reason


class ClaimAnswer(Protocol):
    """What asking ended with."""

    @property
    def claim_id(self) -> str: ...

    @property
    def granted(self) -> bool: ...

    @property
    def coverage(self) -> ClaimCoverage: ...

    @property
    def reason(self) -> str: ...


class Readiness(msgspec.Struct, frozen=True):
    """Whether the till may sell: ``provisioning`` (records that have come, of how many) as long as it may not.

    ``beginning``: where this hardware's numbers begin; known once the till may sell.
    """

    provisioning: tuple[int, int] | None = None
    beginning: Beginning = FROM_THE_FIRST


class Engine(Protocol):
    """What owns store, hub, network, books and printer: in this process or behind the home's socket."""

    async def append(
        self,
        facts: Sequence[Fact],
        *,
        keep: str | None,
        claim_id: str | None = None,
        printed: Fact | None = None,
    ) -> None:
        """Journal durably, together with the open sale; ``JournalRefused`` when nothing was written."""

    async def keep(self, text: str | None) -> None:
        """Keep the open sale. Returns when it is handed over, not when it is on disk."""

    async def kept(self) -> str | None:
        """The open sale as last kept."""

    async def claim(self, resource: str) -> ClaimAnswer:
        """Ask every reachable member; ends within about a second."""

    async def release_claim(self, claim_id: str) -> None:
        """The claim is done with."""

    async def settled(self) -> None:
        """Wait until all that is durable is in the books; ``JournalRefused`` when that cannot be (a full disk)."""

    async def status(self) -> dict[str, Any]:
        """As `status` of the drive contract: online, peers, pending, members, positions.

        And ``synced``: connected peers have all that this till has, and it has all that they told of.
        """

    async def readiness(self) -> Readiness:
        """How far the till is. Once it may sell, that changes only with ``on_change``'s ``membership``."""

    async def release_slot(self, no: int, name: str, role: str, site: str) -> str:
        """Release a slot; its enrolment code. ``JournalRefused`` with code and sentence if that cannot be."""

    async def sign_off(self) -> None:
        """Say durably that this till is put away; its next claim says that it is back. ``JournalRefused``."""

    def on_change(self, callback: Callable[[str], None]) -> None:
        """Call back when one of ``books``, ``status``, ``membership`` changed (from the event loop; may coalesce)."""


class Books(Protocol):
    """Questions to the books; each takes well under a millisecond unless it says that it is slow."""

    def ask(self, question: Question[T]) -> T: ...

    def sealed(self, person_id: str, text: str, nonce: bytes) -> str | None:
        """Personal text sealed with the person's key; None if that has been erased, or there are no keys here."""

    def opened(self, person_id: str, sealed: str) -> str | None:
        """What was sealed for this person; None if the key has been erased, or there are no keys here."""

    def keyed(self, label: str, text: str) -> str | None:
        """The text's HMAC-SHA256 (hex) with the network's key of that label; None if there are no keys here."""

    def article(self, code: str) -> ArticleView | None: ...

    def vat_rate_bp(self, vat_key: str, day: str) -> int | None: ...

    def vat_keys(self) -> tuple[str, ...]: ...

    def voucher(self, code: str, day: str | None = None) -> VoucherView | None:
        """The voucher; with a day (ISO 8601) its state may be ``expired``."""

    def receipt(self, receipt_no: str) -> ReceiptView | None: ...

    def last_receipt_sequence(self, till_no: int) -> int:
        """The number part of the till's newest receipt; 0 if it has none."""

    def turnover(self, till_no: int | None, day: str | None) -> TurnoverView: ...

    def overdraws(self) -> list[dict[str, Any]]: ...

    def search_articles(self, text: str, limit: int) -> list[ArticleView]: ...
