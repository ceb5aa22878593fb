"""Payments by card at a till that has a card terminal: charged there once, kept with the terminal's proof.

1. What the terminal declines or the customer gives up goes back to the tenders, with the reason; so does what nobody
   knows the end of (``card_uncertain``). The sale is as it was, and paying by card again asks for the same money, not
   for more: whatever the terminal has moved for this sale meanwhile is taken.
2. A payment that the terminal has moved leaves the sale only by moving back (a reversal, or else a refund).
3. An order's *key* says what it is for; the same key is never charged twice (``app/engine/charging.py``).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import msgspec

from app.domain.card import CardAnswer, CardKind, CardOrder, CardProof
from app.domain.sale import OpenSale
from app.domain.tender import Tender
from app.facts.sales import CardRow, ReceiptCompleted
from app.till import typed
from app.till.commands import CloseTerminalDay, Pay, SettleCardCharge
from app.till.completing import card_row
from app.till.effects import Charge, Charged, CloseTerminal, Effect, Event, SettleCharge, TerminalClosed
from app.till.offering import Offered, Take, payment_by
from app.till.refusals import Refusal
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter

REFUSALS = {
    "aborted": "card_aborted",
    "card_unreadable": "card_unreadable",
    "card_blocked": "card_blocked",
    "card_expired": "card_expired",
    "card_unknown": "card_unknown",
    "credit_too_low": "card_credit_too_low",
    "no_connection": "card_no_connection",
    "not_registered": "card_not_registered",
    "not_possible": "card_not_possible",
    "busy": "card_busy",
    "already_reversed": "card_already_reversed",
    "reversal_not_possible": "card_reversal_not_possible",
    "amount_too_large": "card_amount_too_large",
    "amount_too_small": "card_amount_too_small",
    "wrong_currency": "card_not_possible",
    "memory_full": "card_memory_full",
    "day_not_closed": "card_day_not_closed",
    "pin_pad_defective": "card_terminal_defective",
    "offline": "card_offline",
    "no_terminal": "card_no_terminal",
    "not_charged": "card_not_charged",
    "taken_back": "card_not_charged",
    "pending": "card_pending",
    "unknown": "card_charge_unknown",
}
"""The refusal of each reason; of others the bank has declined without saying more."""
NOT_AS_REVERSAL = ("reversal_not_possible", "not_possible")
"""What has been settled with the bank cannot be reversed, but refunded."""


def take_card(counter: Counter, sale: OpenSale, tender: Tender, amount_minor: int, command: Pay, take: Take) -> Steps:
    """A payment that the terminal has charged, or money that it has given back to the card."""
    payment = payment_by(tender, amount_minor, reference=command.reference or "", opens_drawer=tender.opens_drawer)
    counter.with_payment(sale, payment)  # refused before money moves, not after
    kind: CardKind = "payment" if amount_minor > 0 else "refund"
    proof = yield from _moved(counter, f"{sale.sale_id}/{kind}", sale.sale_id, kind, abs(amount_minor))
    # In training nothing has moved, and there is nothing to prove.
    if proof is None:
        return (yield from take(Offered(payment)))
    payment = msgspec.structs.replace(payment, card=proof)
    return (yield from take(Offered(payment, fields={"card": fields_of(proof)})))


def given_back(counter: Counter, sale: OpenSale, number: int) -> Generator[Effect, Event, None]:
    """What the terminal charged for the payment of that number goes back, if it did; refused if that cannot be."""
    payment = next((each for each in sale.payments if each.line == number and each.card is not None), None)
    if payment is not None and payment.card is not None:
        yield from _back(counter, payment.card, payment.amount_minor, sale.sale_id)


def check_none_charged(sale: OpenSale) -> None:
    """Refused for a sale that holds money which a terminal has moved: it has to go back first."""
    charged = next((payment for payment in sale.payments if payment.card is not None), None)
    if charged is not None:
        raise Refusal("card_paid")


def moved_back(counter: Counter, receipt: ReceiptCompleted) -> Generator[Effect, Event, dict[int, CardRow]]:
    """The proofs of what the terminal gave back of a receipt that is voided, by the places of its tenders."""
    proofs = {}
    for place, row in enumerate(receipt.tenders):
        if row.card is None or not counter.till.charges:
            continue
        if row.amount_minor < 0:
            raise Refusal("void_not_possible", {"receipt_no": receipt.receipt_no, "name": row.name or row.tender})
        original = CardProof(**msgspec.structs.asdict(row.card))
        back = yield from _back(counter, original, row.amount_minor, f"void {receipt.receipt_no}")
        if (said := card_row(back)) is not None:
            proofs[place] = said
    return proofs


def settle_charge(counter: Counter, command: SettleCardCharge) -> Steps:
    """Somebody has read the terminal's last receipt and says whether the money has moved."""
    charge_id = command.charge_id.strip()
    counter.audit("settle_charge", f"{charge_id} {'charged' if command.charged else 'not charged'}")
    said = yield SettleCharge(charge_id, command.charged, counter.clerk.user or counter.clerk.cashier)
    assert isinstance(said, Charged)
    if said.answer.reason == "unknown":
        raise Refusal("card_charge_unknown", {"key": typed.shown(charge_id)})
    return {"charged": command.charged, "amount": counter.text(said.answer.amount_minor)}


def close_day(counter: Counter, _: CloseTerminalDay) -> Steps:
    """The terminal's end of day, by the right to end the till's: it settles with the card companies."""
    yield from counter.allowed("z_report", "card terminal")
    said = yield CloseTerminal()
    assert isinstance(said, TerminalClosed)
    if said.day.reason:
        raise Refusal(REFUSALS.get(said.day.reason, "card_day_failed"))
    return {"lines": list(said.day.lines)}


def fields_of(proof: CardProof | CardRow) -> dict[str, Any]:
    """What a program hears of a card payment."""
    fields = {
        "terminal": proof.terminal_id,
        "trace": str(proof.trace) if proof.trace else "",
        "receipt_no": str(proof.receipt_no) if proof.receipt_no else "",
        "name": proof.card_name,
        "read_by": proof.read_by,
    }
    return {name: text for name, text in fields.items() if text}


def _back(
    counter: Counter, original: CardProof, amount_minor: int, sale_id: str
) -> Generator[Effect, Event, CardProof | None]:
    """The reversal of what was charged; what has been settled with the bank meanwhile is refunded."""
    key = f"{sale_id}/back/{original.charge_id}"
    answer = CardAnswer("declined", "not_possible")
    if original.receipt_no:
        answer = yield from _asked(counter, key, sale_id, "reversal", amount_minor, original)
    if answer.outcome == "declined" and answer.reason in NOT_AS_REVERSAL:
        return (yield from _moved(counter, key, sale_id, "refund", amount_minor, original))
    return _proof(counter, answer, amount_minor)


def _moved(
    counter: Counter,
    key: str,
    sale_id: str,
    kind: CardKind,
    amount_minor: int,
    original: CardProof | None = None,
) -> Generator[Effect, Event, CardProof | None]:
    answer = yield from _asked(counter, key, sale_id, kind, amount_minor, original)
    return _proof(counter, answer, amount_minor)


def _asked(
    counter: Counter, key: str, sale_id: str, kind: CardKind, amount_minor: int, original: CardProof | None
) -> Generator[Effect, Event, CardAnswer]:
    charge_id = counter.draw(f"charge/{key}/{kind}")[:16].hex()
    held = counter.sale.payments if counter.sale else ()
    booked = tuple(payment.card.charge_id for payment in held if payment.card is not None)
    currency = counter.till.currency
    said = yield Charge(CardOrder(charge_id, key, sale_id, kind, amount_minor, currency, original, booked))
    assert isinstance(said, Charged)
    return said.answer


def _proof(counter: Counter, answer: CardAnswer, amount_minor: int) -> CardProof | None:
    match answer.outcome:
        case "pending":
            raise Refusal("card_pending")
        case "uncertain":
            raise Refusal("card_uncertain", {"amount": counter.text(answer.amount_minor)})
        case "declined":
            raise Refusal(REFUSALS.get(answer.reason, "card_declined"), {"code": f"{answer.code:02X}"})
    if answer.amount_minor != amount_minor:
        raise Refusal("card_charged_already", {"amount": counter.text(answer.amount_minor)})
    return answer.proof
