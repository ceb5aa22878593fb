"""Commands that change the lines: scan, void a line, void the sale, change a price."""

from __future__ import annotations

from app.books.questions.articles import FindForSale
from app.books.views import ForSale
from app.domain import codes
from app.domain.business_case import SALE
from app.domain.quantity import format_milli, gross_of
from app.domain.sale import SaleLine, numbers_of
from app.till import typed
from app.till.commands import Scan, VoidLine, VoidSale
from app.till.counter import Counter
from app.till.refusals import Refusal
from app.till.relooking import price_of, rate_of
from app.till.steps import Steps, look


def scan(counter: Counter, command: Scan) -> Steps:
    """An article by barcode or ident number becomes a line."""
    code = typed.article_code(command.code)
    quantity = typed.quantity_milli(command.quantity)
    price = None if command.price is None else counter.amount(command.price, "price")
    sale = counter.begun()
    found = yield from look(
        FindForSale(code, counter.now.day, sale.price_list, sale.supply, sale.customer_group, counter.till.till_no)
    )
    if found is None:
        raise Refusal("wrong_check_digit" if codes.has_wrong_check_digit(code) else "unknown_article", {"code": code})
    if price is not None and not found.article.open_price:
        yield from counter.allowed("price_change", found.article.name)
    line = _line(counter, found, code, quantity, price)
    sale = yield from counter.repriced(counter.with_line(line))
    counter.keep(sale)
    return {
        "line": sale.lines[-1].line,
        "name": line.name,
        "quantity": format_milli(line.quantity_milli),
        "price": counter.text(line.unit_price_minor),
        "total": counter.text(sale.total_minor),
    }


def _line(counter: Counter, found: ForSale, code: str, quantity: int, price: int | None) -> SaleLine:
    article = found.article
    if article.currency != counter.till.currency:
        raise Refusal("other_currency", {"name": article.name, "currency": article.currency})
    rate_bp = rate_of(counter, found)
    if price is None and article.open_price:
        raise Refusal("price_needed", {"name": article.name})
    unit_price = price_of(found) if price is None else price
    return SaleLine(
        line=0,
        business_case=SALE,
        name=article.name,
        quantity_milli=quantity,
        unit=article.unit,
        unit_price_minor=unit_price,
        gross_minor=gross_of(unit_price, quantity),
        ident_no=article.ident_no,
        barcode=code if code != article.ident_no else "",
        vat_key=found.vat_key,
        vat_rate_bp=rate_bp,
        article_vat_key=article.vat_key if article.vat_key != found.vat_key else "",
        article_groups=article.article_groups,
        discountable=article.discountable,
        price_list=found.price_list,
        price_origin="" if price is None else "open" if article.open_price else "manual",
        list_price_minor=0 if price is None else found.price_minor or 0,
        age_limit=article.age_limit,
    )


def void_line(counter: Counter, command: VoidLine) -> Steps:
    """Take a line, a payment or a coupon back."""
    sale = counter.open_sale()
    number = typed.line_number(command.line)
    if number not in numbers_of(sale):
        raise Refusal("unknown_line", {"line": str(number)})
    yield from counter.take_back(sale, number)
    return counter.sums()


def void_sale(counter: Counter, _: VoidSale) -> Steps:
    """Give the sale up: the abort is a fact, and every hold is given back."""
    yield from counter.abort()
    return counter.sums()


def goods_line(counter: Counter, found: ForSale, code: str, quantity_milli: int, price_minor: int | None) -> SaleLine:
    """The line that scanning the article makes, for other commands; refused where a scan would be."""
    return _line(counter, found, code, quantity_milli, price_minor)
