"""Articles, prices and reference data set at the till, by right."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from app.books.questions.articles import FindForSale, FindVatRate
from app.books.questions.reference import AskReference
from app.books.views import ArticleView
from app.domain import article as articles
from app.domain import codes
from app.domain.price_list import PRICE_LISTS
from app.domain.reference import SUBJECTS, ReferenceFault, value_of
from app.domain.settings import RangesOverlap, check_among
from app.facts.base import Fact
from app.facts.master import ArticleSet, PriceSet, ReferenceSet
from app.till import typed
from app.till.commands import ChangeSetting, SetArticle, SetPrice, SetReference
from app.till.effects import Effect, Event
from app.till.refusals import Refusal
from app.till.steps import Steps, look

if TYPE_CHECKING:
    from app.till.counter import Counter

ABOUT_RIGHTS = ("role",)
"""Subjects that say who may do what: whoever sets them could grant himself anything."""

MAX_AGE = 99
SHOWN_REASON = 200


def set_reference(counter: Counter, command: SetReference) -> Steps:
    """Set one value of reference data, or remove it."""
    subject = command.subject
    yield from counter.allowed("users" if subject in ABOUT_RIGHTS else "settings", f"{subject} {command.key or ''}")
    if subject not in SUBJECTS:
        raise Refusal("unknown_subject", {"subject": subject[:40]})
    known = yield from look(AskReference(), fresh=True)
    if command.removed:
        key = (command.key or "").strip()
        if known.get(SUBJECTS[subject], key) is None:
            raise Refusal("unknown_setting", {"subject": subject, "key": key[:40]})
        fact = ReferenceSet(subject=subject, key=key, removed=True)
    else:
        try:
            value = value_of(subject, command.value)
            check_among(value, known)
        except ReferenceFault as fault:
            raise Refusal("bad_setting", {"reason": str(fault)[:SHOWN_REASON]}) from None
        except RangesOverlap as overlap:
            raise Refusal("range_overlaps", {"other": overlap.other}) from None
        if command.key not in (None, value.key):
            raise Refusal("bad_setting", {"reason": f"{subject}: its key is {value.key}"})
        fact = ReferenceSet(subject=subject, key=value.key, value=dict(command.value))
    yield from _written(counter, fact)
    return {"subject": subject, "key": fact.key}


def change_setting(counter: Counter, command: ChangeSetting) -> Steps:
    """Whether whoever stands here may change it; the change itself is no business of the session."""
    yield from counter.allowed("settings", command.what)
    return {"what": command.what}


def set_article(counter: Counter, command: SetArticle) -> Steps:
    """Set an article; what is left out stays as it is."""
    ident_no = command.ident_no.strip()
    yield from counter.allowed("settings", f"article {ident_no}")
    if not codes.is_ident_no(ident_no):
        raise Refusal("article_code_bad", {"text": typed.shown(ident_no)})
    found = yield from _article(counter, ident_no)
    if found is None and (command.removed or command.name is None):
        raise Refusal("unknown_article" if command.removed else "article_name_bad", {"code": ident_no})
    before = found or ArticleView(ident_no, "", 0, counter.till.currency, "1", articles.DEFAULT_UNIT)
    price = before.price_minor if command.price is None else counter.amount(command.price, "price")
    purchase = command.purchase_price
    fact = ArticleSet(
        ident_no=ident_no,
        name=(before.name if command.name is None else command.name).strip(),
        price_minor=price,
        currency=counter.till.currency,
        vat_key=before.vat_key if command.vat_key is None else command.vat_key,
        barcodes=before.barcodes if command.barcodes is None else command.barcodes,
        article_groups=before.article_groups if command.article_groups is None else command.article_groups,
        unit=before.unit if command.unit is None else command.unit,
        open_price=before.open_price if command.open_price is None else command.open_price,
        purchase_price_minor=before.purchase_price_minor if purchase is None else counter.amount(purchase, "price"),
        age_limit=before.age_limit if command.age_limit is None else command.age_limit,
        not_discountable=not (before.discountable if command.discountable is None else command.discountable),
        container_deposit=before.container_deposit if command.container_deposit is None else command.container_deposit,
        removed=command.removed,
    )
    _check(fact)
    if (yield from look(FindVatRate(fact.vat_key, counter.now.day))) is None:
        raise Refusal("unknown_vat_key", {"vat_key": typed.shown(fact.vat_key), "day": counter.now.day})
    if fact.container_deposit and (yield from _article(counter, fact.container_deposit)) is None:
        raise Refusal("unknown_article", {"code": typed.shown(fact.container_deposit)})
    yield from _written(counter, fact)
    return {"ident_no": ident_no, "name": fact.name, "price": counter.text(fact.price_minor)}


def set_price(counter: Counter, command: SetPrice) -> Steps:
    """Enter a price in a list, for good or from a day to a day; without a price take it back."""
    ident_no = command.ident_no.strip()
    yield from counter.allowed("settings", f"price {ident_no} {command.price_list}")
    if command.price_list not in PRICE_LISTS:
        raise Refusal("bad_price_list", {"no": str(command.price_list)[:20]})
    found = (yield from _article(counter, ident_no)) if codes.is_ident_no(ident_no) else None
    if found is None:
        raise Refusal("unknown_article", {"code": typed.shown(ident_no)})
    valid_from = typed.day(command.valid_from) if command.valid_from else ""
    valid_until = typed.day(command.valid_until) if command.valid_until else ""
    if valid_until and valid_until < valid_from:
        raise Refusal("dates_wrong")
    price = None if command.price is None else counter.amount(command.price, "price")
    yield from _written(counter, PriceSet(found.ident_no, command.price_list, price, valid_from, valid_until))
    shown = None if price is None else counter.text(price)
    return {"ident_no": found.ident_no, "price_list": command.price_list, "price": shown}


def _article(counter: Counter, ident_no: str) -> Generator[Effect, Event, ArticleView | None]:
    """The article as it is in the books now."""
    found = yield from look(FindForSale(ident_no, counter.now.day), fresh=True)
    return found.article if found is not None and found.article.ident_no == ident_no else None


def _check(fact: ArticleSet) -> None:
    if not articles.is_name(fact.name):
        raise Refusal("article_name_bad")
    for barcode in fact.barcodes:
        if fault := articles.barcode_fault(barcode):
            known = {"wrong_check_digit": "wrong_check_digit"}.get(fault, "article_code_bad")
            raise Refusal(known, {"code": typed.shown(barcode), "text": typed.shown(barcode)})
    if not articles.is_unit(fact.unit):
        raise Refusal("article_unit_bad", {"text": typed.shown(fact.unit)})
    if len(fact.barcodes) > articles.MAX_BARCODES or len(fact.article_groups) > articles.MAX_GROUPS:
        raise Refusal("too_many_codes")
    if not all(articles.is_name(group) for group in fact.article_groups):
        raise Refusal("article_name_bad")
    if not 0 <= fact.age_limit <= MAX_AGE:
        raise Refusal("age_limit_bad")


def _written(counter: Counter, fact: Fact) -> Generator[Effect, Event, None]:
    """Journalled, and in the books: whoever has the answer can sell by it."""
    yield from counter.journal((fact,), counter.sale)
    yield from look(AskReference(), fresh=True)
