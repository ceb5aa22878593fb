"""What a till may believe of a transaction: approved, declined, or uncertain until it is resolved. Pure.

The *intent* is durable before the first byte leaves: what is to be moved, and what the terminal did last before that.
Then every end means one of three things::

    06 01 ─► 04 0F approved, same amount, and 06 0F ────────────────────► APPROVED
      ├────► 84 code; 06 1E; 04 0F with another result ─────────────────► DECLINED
      └────► anything else: the line lost, silence, two stories at once ► UNCERTAIN

    UNCERTAIN ─► reconnect, 05 01, 06 20: the last transaction is
        what it was before, or one that was not approved ───────────────► DECLINED   (nothing was charged)
        a newer one, approved, of this amount and currency ─────────────► APPROVED
        a newer one that takes this back ───────────────────────────────► DECLINED
        anything else ──────────────────────────────────────────────────► UNCERTAIN  (a person reads the terminal)

Nothing in here asks for money a second time.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from peripherals.card_terminal.apdu import NUMERIC, Apdu, pay, refund, reverse
from peripherals.card_terminal.exchange import Ended
from peripherals.card_terminal.result_codes import reason_of
from peripherals.card_terminal.status_information import Transaction

Kind = Literal["payment", "refund", "reversal"]


class Intent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be moved, above zero. ``receipt_no``: of a reversal, the terminal's number of what it takes back.

    ``before`` is the terminal's last transaction before this one; None: it did not name one.
    """

    kind: Kind
    amount_minor: int
    currency: str
    before: Transaction | None = None
    receipt_no: int = 0

    def request(self, password: str) -> Apdu:
        """The one APDU that moves the money. ``ValueError`` for what no terminal can do."""
        if self.currency not in NUMERIC:
            raise ValueError(f"a card terminal knows no {self.currency!r}")
        if self.kind == "payment":
            return pay(self.amount_minor, NUMERIC[self.currency])
        if self.kind == "refund":
            return refund(password, self.amount_minor, NUMERIC[self.currency])
        return reverse(password, self.receipt_no)


class Outcome(StrEnum):
    APPROVED = "approved"
    DECLINED = "declined"
    UNCERTAIN = "uncertain"


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of an intent. ``reason`` is a word of ``result_codes.py``, or says why it is uncertain:
    ``line_lost``, ``contradiction`` (the terminal told two stories), ``other_transaction``, ``not_told``."""

    outcome: Outcome
    reason: str = ""
    code: int = 0
    transaction: Transaction | None = None
    slip: tuple[str, ...] = ()


def verdict(intent: Intent, ended: Ended) -> Verdict:
    """What the end of the exchange means."""
    told = ended.transaction
    said_yes = told is not None and told.approved
    match ended.how:
        case "refused":
            return Verdict(Outcome.DECLINED, reason_of(ended.code), ended.code)
        case "silent":
            return Verdict(Outcome.UNCERTAIN, "line_lost", transaction=told)
        case "aborted" if not said_yes:
            return Verdict(Outcome.DECLINED, reason_of(ended.code), ended.code, told)
        case "aborted":
            return Verdict(Outcome.UNCERTAIN, "contradiction", ended.code, told)
    if told is None or told.result is None:
        return Verdict(Outcome.UNCERTAIN, "not_told", transaction=told)
    if not said_yes:
        return Verdict(Outcome.DECLINED, reason_of(told.result), told.result, told)
    if not _same_money(intent, told):
        return Verdict(Outcome.UNCERTAIN, "contradiction", transaction=told)
    return Verdict(Outcome.APPROVED, transaction=told, slip=ended.slip)


def resolved(intent: Intent, heard: Transaction | None, last: Ended) -> Verdict:
    """What the terminal's last transaction (the end of ``06 20``) says of an intent whose line was lost.

    ``heard``: the status information that had come before that, if any.
    """
    told = last.transaction
    if last.how == "silent":
        return Verdict(Outcome.UNCERTAIN, "line_lost", transaction=heard)
    if told is None or told.result is None or None in (told.trace, told.receipt_no):
        return Verdict(Outcome.UNCERTAIN, "not_told", transaction=heard)
    said_yes = heard is not None and heard.approved
    if intent.before is not None and told.named == intent.before.named:
        # Had it heard of ours, the last one would be ours, or one after it.
        if said_yes:
            return Verdict(Outcome.UNCERTAIN, "contradiction", transaction=heard)
        return Verdict(Outcome.DECLINED, "not_charged")
    if heard is None and intent.before is None:
        return Verdict(Outcome.UNCERTAIN, "other_transaction")  # it may be older than ours
    of_ours = heard is None or told.named == heard.named or told.original_trace == heard.trace
    if not of_ours or not _same_money(intent, told):
        return Verdict(Outcome.UNCERTAIN, "other_transaction", transaction=heard)
    if not told.approved:
        return Verdict(Outcome.DECLINED, reason_of(told.result), told.result, told)
    if intent.kind == "reversal" and told.original_trace is None:
        return Verdict(Outcome.UNCERTAIN, "other_transaction", transaction=heard)  # a payment of the same amount?
    if told.original_trace is not None and intent.kind != "reversal":
        if intent.before is not None and told.original_trace == intent.before.trace:
            return Verdict(Outcome.UNCERTAIN, "other_transaction", transaction=heard)
        return Verdict(Outcome.DECLINED, "taken_back", transaction=told)
    return Verdict(Outcome.APPROVED, transaction=told, slip=last.slip)


def _same_money(intent: Intent, told: Transaction) -> bool:
    """Whether it is this amount; a terminal of one currency may leave that out."""
    return told.amount_minor == intent.amount_minor and told.currency in (None, NUMERIC[intent.currency])
