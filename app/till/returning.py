"""Goods come back: with their receipt at the price that was paid, or without one by right. Voids: ``voiding.py``.

What came back is a resource of the line that sold it (``return/RECEIPT_NO/LINE``, in thousandths), with what was
sold as its capacity. All lines of a receipt are claimed together, so tills that take back the same receipt at once
wait for one another, and neither can give more than is left. A line below zero is held like any payment: voiding
it, or the sale, puts the goods back among what may be returned.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import msgspec

from app.books.questions.returns import AskReturned, FindReceipt, Returned
from app.books.views import ReceiptView
from app.domain import codes, resource
from app.domain.business_case import GOODS
from app.domain.money import divide_half_up
from app.domain.quantity import MILLI, format_milli, gross_of
from app.domain.returns import value_of_return
from app.domain.sale import SaleLine
from app.domain.weighing import BY_HAND, by_weight
from app.facts.sales import ReceiptCompleted, ReceiptLine
from app.till import typed
from app.till.commands import ReturnArticle, ReturnLine
from app.till.effects import Effect, Event
from app.till.finding import question, read_elements, with_elements
from app.till.holding import Granted, coverage_fields, hold_of, not_granted, under_claim
from app.till.refusals import Refusal
from app.till.selling import goods_line
from app.till.steps import Steps, claim, look

if TYPE_CHECKING:
    from app.till.counter import Counter

MAX_RECEIPT_NO = 40
ON_ITS_WAY_MS = 500
"""How long a receipt that is unknown here is waited for, while another till can be reached."""


def return_line(counter: Counter, command: ReturnLine) -> Steps:
    """So much of a receipt's line comes back, at the price, tax key and rate of then."""
    receipt_no = receipt_number(command.receipt_no)
    number = typed.line_number(command.line)
    quantity = typed.quantity_milli(command.quantity)
    why = typed.reason(command.reason, needed=False)
    sale = counter.begun()
    found = yield from known_receipt(counter, receipt_no, refusals="return")
    sold = _returnable(counter, found.receipt, number)
    yield from counter.allowed("return", f"{receipt_no}/{number}")
    named = {"receipt_no": receipt_no}

    def held(granted: Granted) -> Steps:
        name = resource.name(resource.RETURN, receipt_no, str(number))
        before = yield from look(AskReturned(receipt_no, (number,)), fresh=True)
        if before.voided:
            raise Refusal("receipt_voided", named)
        line = _returned_line(counter, found.receipt, sold, before.of(number), quantity)
        line = msgspec.structs.replace(line, reason=why, resource=name)
        after = yield from counter.repriced(counter.with_line(line, sale))
        hold = yield from hold_of(
            counter,
            sale,
            name,
            quantity,
            granted,
            hold_id=line.hold_id,
            capacity=sold.quantity_milli,
            value_minor=-line.gross_minor,
        )
        yield from counter.journal((hold,), after, claim_id=granted.claim_id)
        left = sold.quantity_milli - before.of(number).quantity_milli - quantity
        fields = _fields(counter, line, after.lines[-1].line, after.total_minor)
        return {**fields, "left": format_milli(left), "coverage": coverage_fields(granted)}

    claimed_name = resource.name(resource.RETURN, receipt_no)
    return (yield from under_claim(counter, claimed_name, held, named=named, refusals="return"))


def return_article(counter: Counter, command: ReturnArticle) -> Steps:
    """Goods come back without their receipt, at today's price or a lower one; more needs the right to set prices."""
    elements = yield from read_elements(counter, command.code)
    code = typed.article_code(command.code) if elements is None else elements.gtin
    quantity = typed.quantity_milli(command.quantity)
    price = None if command.price is None else counter.amount(command.price, "price")
    why = typed.reason(command.reason, needed=False)
    sale = counter.begun()
    found = yield from look(question(counter, sale, code))
    if found is None:
        raise Refusal("wrong_check_digit" if codes.has_wrong_check_digit(code) else "unknown_article", {"code": code})
    found = with_elements(found, elements)
    if found.quantity_milli is not None and quantity == MILLI:
        quantity = found.quantity_milli
    paid = price if price is not None else found.embedded_price_minor
    rung = goods_line(counter, found, code, quantity, paid)
    yield from counter.allowed("return_without_receipt", rung.name)
    if price is not None and not found.article.open_price and price > (found.price_minor or 0):
        yield from counter.allowed("price_change", rung.name)
    line = msgspec.structs.replace(
        rung,
        quantity_milli=-quantity,
        gross_minor=-gross_of(rung.unit_price_minor, quantity),
        **_typed_weight(counter, rung.unit, quantity),
        discountable=False,
        fixed=True,
        age_limit=0,
        reason=why,
    )
    sale = yield from counter.repriced(counter.with_line(line, sale))
    counter.keep(sale)
    return _fields(counter, line, sale.lines[-1].line, sale.total_minor)


def receipt_number(text: str) -> str:
    """A receipt's number as typed; whether there is one the books know."""
    number = text.strip()
    if not 0 < len(number) <= MAX_RECEIPT_NO or not number.isprintable() or "/" in number:
        raise Refusal("unknown_receipt", {"receipt_no": typed.shown(text)})
    return number


def known_receipt(counter: Counter, receipt_no: str, *, refusals: str) -> Generator[Effect, Event, ReceiptView]:
    """The receipt, whichever till wrote it; refused if there is none of that number.

    Receipts travel behind what is in circulation, so goods can be here before their receipt is. One that is unknown is
    claimed, as if it were to be returned: whoever promises is there, and what it wrote is as good as here.
    """
    found = yield from look(FindReceipt(receipt_no), fresh=True)
    if found is None:
        claimed = yield from claim(resource.name(resource.RETURN, receipt_no))
        if not claimed.granted and claimed.reason in ("busy", "cancelled"):
            raise not_granted(claimed.reason, {"receipt_no": receipt_no}, refusals)
        try:
            patience_ms = ON_ITS_WAY_MS if claimed.coverage.promised else 0
            found = yield from look(FindReceipt(receipt_no), fresh=True, patience_ms=patience_ms)
        finally:
            if claimed.granted:
                counter.released(claimed.claim_id)
    if found is None:
        raise Refusal("unknown_receipt", {"receipt_no": receipt_no})
    return found


def _returnable(counter: Counter, receipt: ReceiptCompleted, number: int) -> ReceiptLine:
    """The line that sold the goods; refused if it sold none that may come back."""
    line = next((line for line in receipt.lines if line.line == number), None)
    if line is None:
        raise Refusal("unknown_receipt_line", {"receipt_no": receipt.receipt_no, "line": str(number)})
    sold_goods = line.business_case in GOODS and line.quantity_milli > 0 and line.gross_minor >= 0
    if receipt.receipt_type != "receipt" or not sold_goods:
        raise Refusal("not_returnable", {"name": line.name})
    if receipt.currency != counter.till.currency:
        raise Refusal("receipt_other_currency", {"receipt_no": receipt.receipt_no, "currency": receipt.currency})
    return line


def _returned_line(
    counter: Counter, receipt: ReceiptCompleted, sold: ReceiptLine, before: Returned, quantity: int
) -> SaleLine:
    left = sold.quantity_milli - before.quantity_milli
    if quantity > left:
        code = "return_too_much" if left > 0 else "returned_already"
        raise Refusal(code, {"name": sold.name, "left": format_milli(max(0, left))})
    value = value_of_return(sold.gross_minor, sold.quantity_milli, before.quantity_milli, before.value_minor, quantity)
    return SaleLine(
        line=0,
        business_case=sold.business_case,
        name=sold.name,
        quantity_milli=-quantity,
        unit=sold.unit,
        unit_price_minor=divide_half_up(value * MILLI, quantity),
        gross_minor=-value,
        ident_no=sold.ident_no,
        barcode=sold.barcode,
        vat_key=sold.vat_key,
        vat_rate_bp=sold.vat_rate_bp,
        article_groups=sold.article_groups,
        price_list=sold.price_list,
        discountable=False,
        fixed=True,
        reference=receipt.receipt_no,
        reference_line=sold.line,
        hold_id=counter.draw("hold")[:16].hex(),
        held_amount=quantity,
        **_typed_weight(counter, sold.unit, quantity),
    )


def _typed_weight(counter: Counter, unit: str, quantity: int) -> dict[str, Any]:
    """What is said of goods by the kilogram that come back: nobody has weighed them."""
    by_hand = counter.till.weighs and by_weight(unit)
    return {"weighed": BY_HAND, "gross_g": -quantity} if by_hand else {}


def _fields(counter: Counter, line: SaleLine, number: int, total_minor: int) -> dict[str, Any]:
    return {
        "line": number,
        "name": line.name,
        "quantity": format_milli(line.quantity_milli),
        "price": counter.text(line.unit_price_minor),
        "gross": counter.text(line.gross_minor),
        "total": counter.text(total_minor),
    }
