"""Commands that change the lines: scan, sell a voucher, void a line, void the sale."""

from __future__ import annotations

from app.books.views import ArticleView
from app.domain import codes, voucher
from app.domain.article import DEFAULT_UNIT
from app.domain.quantity import MILLI, format_milli, gross_of
from app.domain.sale import SALE, VOUCHER_SALE, SaleLine
from app.till import typed
from app.till.commands import Scan, SellVoucher, VoidLine, VoidSale
from app.till.completing import facts_of_abort
from app.till.counter import Counter, Steps
from app.till.effects import ArticleFound, FindArticle, FindVatRate, VatRateFound
from app.till.refusals import Refusal


def scan(counter: Counter, command: Scan) -> Steps:
    """An article by barcode or ident number becomes a line."""
    code = typed.article_code(command.code)
    quantity = typed.quantity_milli(command.quantity)
    price = None if command.price is None else counter.amount(command.price, "price")
    found = yield FindArticle(code, counter.now.day)
    assert isinstance(found, ArticleFound)
    if found.article is None:
        raise Refusal("wrong_check_digit" if codes.has_wrong_check_digit(code) else "unknown_article", {"code": code})
    _check_sellable(counter, found.article, found.vat_rate_bp, price)
    unit_price = found.article.price_minor if price is None else price
    line = SaleLine(
        line=0,
        business_case=SALE,
        name=found.article.name,
        quantity_milli=quantity,
        unit=found.article.unit,
        unit_price_minor=unit_price,
        gross_minor=gross_of(unit_price, quantity),
        ident_no=found.article.ident_no,
        barcode=code if code != found.article.ident_no else "",
        vat_key=found.article.vat_key,
        vat_rate_bp=found.vat_rate_bp or 0,
    )
    sale = counter.with_line(line)
    counter.keep(sale)
    return {
        "line": sale.lines[-1].line,
        "name": line.name,
        "quantity": format_milli(quantity),
        "price": counter.text(unit_price),
        "total": counter.text(sale.total_minor),
    }


def sell_voucher(counter: Counter, command: SellVoucher) -> Steps:
    """A new voucher becomes a line; it comes into circulation with the receipt, not before."""
    value = counter.positive(command.value, "value")
    if command.kind not in voucher.KINDS:
        raise Refusal("unknown_voucher_kind", {"kind": command.kind})
    expires_on = typed.day(command.expires) if command.expires else ""
    if voucher.is_expired(expires_on, counter.now.day):
        raise Refusal("date_passed", {"text": expires_on})
    vat_key, rate_bp = "", 0
    if command.kind == voucher.SINGLE_PURPOSE:
        # Its tax arises now, so it needs a key; a multi-purpose voucher is not taxed here at all.
        vat_key = command.vat_key or ""
        if not vat_key:
            raise Refusal("vat_key_needed")
        found = yield FindVatRate(vat_key, counter.now.day)
        assert isinstance(found, VatRateFound)
        if found.vat_rate_bp is None:
            raise Refusal("unknown_vat_key", {"vat_key": vat_key, "day": counter.now.day})
        rate_bp = found.vat_rate_bp
    line = SaleLine(
        line=0,
        business_case=VOUCHER_SALE,
        name=counter.voucher_name,
        quantity_milli=MILLI,
        unit=DEFAULT_UNIT,
        unit_price_minor=value,
        gross_minor=value,
        vat_key=vat_key,
        vat_rate_bp=rate_bp,
        voucher_code=voucher.code_from(counter.draw("voucher")),
        voucher_kind=command.kind,
        expires_on=expires_on,
    )
    sale = counter.with_line(line)
    counter.keep(sale)
    return {"line": sale.lines[-1].line, "total": counter.text(sale.total_minor)}


def void_line(counter: Counter, command: VoidLine) -> Steps:
    """Take a line or a payment back."""
    sale = counter.open_sale()
    number = typed.line_number(command.line)
    if number not in {*(line.line for line in sale.lines), *(payment.line for payment in sale.payments)}:
        raise Refusal("unknown_line", {"line": str(number)})
    yield from counter.take_back(sale, number)
    return counter.sums()


def void_sale(counter: Counter, _: VoidSale) -> Steps:
    """Give the sale up: the abort is a fact, and every hold is given back."""
    sale = counter.open_sale()
    yield from counter.journal(facts_of_abort(sale, counter.till, counter.now), None)
    return counter.sums()


def _check_sellable(counter: Counter, article: ArticleView, rate_bp: int | None, price: int | None) -> None:
    if article.currency != counter.till.currency:
        raise Refusal("other_currency", {"name": article.name, "currency": article.currency})
    if rate_bp is None:
        values = {"name": article.name, "vat_key": article.vat_key, "day": counter.now.day}
        raise Refusal("vat_rate_missing", values)
    if price is None and article.open_price:
        raise Refusal("price_needed", {"name": article.name})
