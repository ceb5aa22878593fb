"""The engine and the books as the session's runner needs them. Adapters live in ``app/engine`` and ``app/books``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from app.books.questions import Question
from app.books.views import ArticleView, ReceiptView, TurnoverView, VoucherView
from app.domain.card import CardAnswer, CardOrder, TerminalDay
from app.domain.number_range import FROM_THE_FIRST, Beginning
from app.domain.statement import Examined
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


def claiming(promised: int, asked: int) -> str:
    """What ``on_change`` hears of a claim that waits.

    >>> claiming(6, 8), claiming_of("claiming 6/8"), claiming_of("books")
    ('claiming 6/8', (6, 8), None)
    """
    return f"{_CLAIMING}{promised}/{asked}"


def claiming_of(what: str) -> tuple[int, int] | None:
    """How many have promised, of how many that are asked; None if ``what`` is about something else."""
    promised, _stroke, asked = what.removeprefix(_CLAIMING).partition("/")
    return (int(promised), int(asked)) if what.startswith(_CLAIMING) else None


_CLAIMING = "claiming "

WEIGHING = "weighing"
"""What ``on_change`` hears of a weighing that does not end at once."""


def charging(word: str) -> str:
    """What ``on_change`` hears of a card payment that goes on: what the terminal shows.

    >>> charging_of(charging("insert_card")), charging_of("books")
    ('insert_card', None)
    """
    return _CHARGING + word


def charging_of(what: str) -> str | None:
    """What the card terminal shows; None if ``what`` is about something else."""
    return what[len(_CHARGING) :] if what.startswith(_CHARGING) else None


_CHARGING = "charging "


class Weight(msgspec.Struct, frozen=True):
    """How a weighing ended: a weight that stood still, above zero; or why there is none.

    ``reason`` is one of ``peripherals.scale.reading``, or ``cancelled``, ``busy``, ``no_scale`` (the weight is typed).
    """

    net_g: int = 0
    tare_g: int = 0
    reason: str = ""


SCANNER, BADGE_READER = "scanner", "badge_reader"
MISREAD = "misread"
NOT_OPENED = "not_opened"
"""Of a gate that should have opened for a receipt: ``text`` is its number."""
"""Something was read that is to be read again; the text says why (``partial``, ``check_digit``, ``double``, …)."""


class Heard(NamedTuple):
    """What a device has read: ``kind`` is the device's (``SCANNER``, ``BADGE_READER``) or ``MISREAD``, ``device`` its
    stable name.
    """

    kind: str
    device: str
    text: str


def heard(kind: str, device: str, text: str) -> str:
    """What ``on_change`` hears of it; nothing of this is left out or merged.

    >>> heard_of(heard("scanner", "hand", "4006381333931")), heard_of("books")
    (Heard(kind='scanner', device='hand', text='4006381333931'), None)
    """
    return _HEARD + msgspec.json.encode((kind, device, text)).decode()


def heard_of(what: str) -> Heard | None:
    """What a device has read; None if ``what`` is about something else."""
    return Heard(*msgspec.json.decode(what[len(_HEARD) :])) if what.startswith(_HEARD) else None


_HEARD = "heard "


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

    async def claim(self, *resources: str) -> ClaimAnswer:
        """Ask every reachable member, for all at once; ends within about a second.

        Meanwhile ``on_change`` hears how far it is (``claiming_of``), unless everybody answers at once.
        """

    async def cancel_claims(self) -> None:
        """Claims that still wait are not wanted any more: they end not granted, ``cancelled``."""

    async def release_claim(self, claim_id: str) -> None:
        """The claim is done with."""

    async def examine(self, text: str) -> Examined:
        """Who signed a slip's statement, and what is wrong with it."""

    async def weigh(self, unit_price_minor: int, tare_g: int) -> Weight:
        """What lies on the scale; ends within a few seconds. ``on_change`` hears ``WEIGHING`` when it takes a while."""

    async def cancel_weighing(self) -> None:
        """The weighing that goes on is not wanted any more: it ends with ``cancelled``."""

    async def open_gate(self, name: str) -> str:
        """Open this gate once, now or not at all. Nothing, or why it was not: ``offline``, ``busy``, ``no_gate``."""

    async def charge(self, order: CardOrder) -> CardAnswer:
        """Move money by card, once. It takes as long as a customer does; ``on_change`` hears ``charging``.

        ``JournalRefused`` when the order could not be kept: the terminal has not heard of it then.
        """

    async def cancel_charge(self) -> None:
        """The payment at the terminal is not wanted any more; whether it ends by that, the terminal says."""

    async def settle_charge(self, charge_id: str, *, charged: bool, by: str) -> CardAnswer:
        """Somebody has read the terminal: whether it was charged, where the till cannot know."""

    async def close_terminal(self) -> TerminalDay:
        """The card terminal's end of day."""

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
        """Call back when one of ``books``, ``status``, ``membership`` changed (from the event loop; may coalesce).

        And with ``claiming(promised, asked)`` while a claim waits, from its first 100 ms on; with
        ``heard(kind, device, text)`` of all that a device has read.
        """


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
