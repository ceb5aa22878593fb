"""Facts of the ``circulation`` feed: what other tills must know at once."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from app.facts.base import Fact, Positive


class VoucherIssued(Fact, frozen=True):
    """A voucher came into circulation with its receipt. ``code`` is 13 characters, canonical, without separators."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "voucher.issued/1"

    code: str
    voucher_kind: str
    value_minor: Positive
    currency: str
    issued_at: str
    till_no: int
    receipt_no: str
    vat_key: str = ""
    expires_on: str = ""


class ClaimCoverage(msgspec.Struct, frozen=True):
    """Who had promised when the hold was written (member ids), and who was missing."""

    complete: bool
    promised: tuple[str, ...]
    missing: tuple[str, ...]


class VoucherHeld(Fact, frozen=True):
    """Part of a voucher is held for an open sale: it counts against the balance at once."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "voucher.held/1"

    hold_id: str
    code: str
    amount_minor: Positive
    sale_id: str
    till_no: int
    held_at: str
    coverage: ClaimCoverage


class VoucherHoldReleased(Fact, frozen=True):
    """The hold is given back: the payment or the whole sale was voided."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "voucher.hold_released/1"

    hold_id: str
    code: str
    released_at: str
    reason: str


class VoucherRedeemed(Fact, frozen=True):
    """The hold became a redemption: its receipt is complete."""

    topic: ClassVar[str] = "circulation"
    kind: ClassVar[str] = "voucher.redeemed/1"

    hold_id: str
    code: str
    amount_minor: Positive
    receipt_no: str
    redeemed_at: str
