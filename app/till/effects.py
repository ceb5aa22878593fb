"""What the session asks of the world, and the events that answer it.

One command runs at a time: ``Do(command)`` goes in, effects come out, each asking
effect is answered by exactly one event, until a ``Reply`` or ``Refuse`` ends it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from app.books.views import ArticleView, VoucherView
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage
from app.facts.sales import ReceiptCompleted
from app.till.commands import Command


class Event(msgspec.Struct, frozen=True):
    """Base of what goes in."""


class Do(Event, frozen=True):
    """A command; ``fresh`` is randomness for the ids and codes that it may need (32 bytes)."""

    command: Command
    fresh: bytes


class ArticleFound(Event, frozen=True):
    """The books' answer to ``FindArticle``: the article, and the rate of its key on the day; None if unknown."""

    article: ArticleView | None
    vat_rate_bp: int | None = None


class VatRateFound(Event, frozen=True):
    """The books' answer to ``FindVatRate``; None if the key has no rate on that day."""

    vat_rate_bp: int | None


class VoucherFound(Event, frozen=True):
    """The books' answer to ``FindVoucher``; None if unknown."""

    voucher: VoucherView | None


class Claimed(Event, frozen=True):
    """The answer to ``Claim``; ``reason`` as in replication's ``ClaimDone`` when not granted."""

    claim_id: str
    granted: bool
    coverage: ClaimCoverage
    reason: str = ""


class Journalled(Event, frozen=True):
    """The facts of ``Append`` are on disk."""


class JournalFailed(Event, frozen=True):
    """``Append`` was not written. ``code``: ``disk_full``, ``claim_expired``, ``recovering``, ``engine_gone``."""

    code: str
    reason: str = ""


class Effect(msgspec.Struct, frozen=True):
    """Base of what comes out."""


class FindArticle(Effect, frozen=True):
    """Look an article up by ident number or barcode; ``day`` (ISO) picks the VAT rate."""

    code: str
    day: str


class FindVatRate(Effect, frozen=True):
    """Look the rate of a VAT key up; ``day`` is ISO."""

    vat_key: str
    day: str


class FindVoucher(Effect, frozen=True):
    """Look a voucher up in the books, after everything known has been applied."""

    code: str


class Claim(Effect, frozen=True):
    """Ask every reachable member before the resource is used."""

    resource: str


class ReleaseClaim(Effect, frozen=True):
    """The claim is done with. Not answered."""

    claim_id: str


class Append(Effect, frozen=True):
    """Journal facts and the open sale (``keep``: its JSON text, or None to remove it) in one durable step."""

    facts: tuple[Fact, ...]
    keep: str | None
    claim_id: str | None = None
    print_receipt: ReceiptCompleted | None = None
    """Queue this receipt for printing in the same step; the drawer opens with it if cash moved."""


class Keep(Effect, frozen=True):
    """Keep the open sale (JSON text; None: none is open), so that it is there after any crash. Not answered."""

    text: str | None


class Reply(Effect, frozen=True):
    """The command is done; ``fields`` go to the caller, money and numbers as strings."""

    fields: dict[str, Any]


class Refuse(Effect, frozen=True):
    """The command is refused and the sale is as it was; ``code`` and ``values`` name a sentence of ``refusals.py``."""

    code: str
    values: dict[str, str] = {}
