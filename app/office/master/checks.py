"""What a value must fit beyond its type: the same at every door, whether it is typed, taken back or planned.

Each check gets the value in the clear (``people.py``) and the books, and raises ``Refusal`` (of a till's sentences) or
``Refused``. Reference data are checked by their own types (``app.domain.reference``, ``app.domain.settings``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.books.questions.articles import FindForSale
from app.books.questions.reference import AskReference
from app.books.questions.users import FindBadge, ListUsers
from app.books.reader import BooksReader
from app.domain import article, codes
from app.domain.article import MAX_AGE_LIMIT, barcode_fault
from app.domain.customer import CustomerGroup, bad_field, is_customer_no, is_group
from app.domain.instant import parse_day
from app.domain.money import MAX_AMOUNT_MINOR
from app.domain.reference import Reference, ReferenceFault, value_of
from app.domain.settings import RangesOverlap, check_among
from app.domain.user import BADGES, Role, is_pin, is_right, is_user, permissions, roles_of
from app.domain.vat import MAX_RATE_BP
from app.engine.control import Refused
from app.office.history.versions import ARTICLE, CUSTOMER, PRICE, USER, VAT_RATE
from app.office.master.people import SET
from app.text import gettext as _
from app.till.refusals import Refusal, sentence

SHOWN = 40
REASON = 200
MAX_NAME = 60
MAX_BADGE = 64
MANAGES = "users"

Value = Mapping[str, Any]


def check(kind: str, key: str, value: Value | None, books: BooksReader, day: str) -> None:
    """``Refused`` unless the value may be set (None: removed) on this day (ISO)."""
    try:
        if kind == USER:
            _user(key, value, books, day)
        elif value is None:
            return
        elif kind in _CHECKS:
            _CHECKS[kind](value, books, day)
        else:
            _reference(kind, key, value, books.ask(AskReference()))
    except Refusal as refusal:
        raise Refused(refusal.code, sentence(refusal.code, refusal.values, _)) from None


def _article(value: Value, books: BooksReader, day: str) -> None:
    ident_no = value["ident_no"]
    if not codes.is_ident_no(ident_no):
        raise Refusal("article_code_bad", {"text": ident_no[:SHOWN]})
    groups, barcodes, unit = value.get("article_groups", ()), value.get("barcodes", ()), value.get("unit", "Stk")
    if not all(map(article.is_name, (value["name"], *groups))):
        raise Refusal("article_name_bad")
    for barcode in barcodes:
        if fault := barcode_fault(barcode):
            shown = {"code": barcode[:SHOWN], "text": barcode[:SHOWN]}
            raise Refusal("wrong_check_digit" if fault == "wrong_check_digit" else "article_code_bad", shown)
    if len(barcodes) > article.MAX_BARCODES or len(groups) > article.MAX_GROUPS:
        raise Refusal("too_many_codes")
    if not article.is_unit(unit):
        raise Refusal("article_unit_bad", {"text": unit[:SHOWN]})
    if not 0 <= value.get("age_limit", 0) <= MAX_AGE_LIMIT:
        raise Refusal("age_limit_bad")
    for name in ("price_minor", "purchase_price_minor"):
        _check_price(value.get(name, 0))
    if books.vat_rate_bp(value["vat_key"], day) is None:
        raise Refusal("unknown_vat_key", {"vat_key": value["vat_key"][:SHOWN], "day": day})
    deposit = value.get("container_deposit", "")
    if deposit and (deposit == ident_no or not _is_article(deposit, books, day)):
        raise Refusal("unknown_article", {"code": deposit[:SHOWN]})


def _price(value: Value, books: BooksReader, day: str) -> None:
    if not _is_article(value["ident_no"], books, day):
        raise Refusal("unknown_article", {"code": value["ident_no"][:SHOWN]})
    begins, until = _day(value.get("valid_from", "")), _day(value.get("valid_until", ""))
    if until and until < begins:
        raise Refusal("dates_wrong")
    if not 1 <= value["price_list"] <= 15:
        raise Refusal("bad_price_list", {"no": str(value["price_list"])[:SHOWN]})
    _check_price(value["price_minor"])


def _rate(value: Value, _books: BooksReader, _today: str) -> None:
    if not codes.is_ident_no(value["vat_key"]) or not 0 <= value["rate_bp"] <= MAX_RATE_BP:
        raise Refused("bad_rate", _("a VAT rate lies between 0 and 100 per cent, and its key is letters and digits"))
    if not _day(value["valid_from"]):
        raise Refusal("bad_date", {"text": ""})


def _customer(value: Value, books: BooksReader, _today: str) -> None:
    no, group = value["customer_no"], value.get("customer_group", "")
    if not is_customer_no(no):
        raise Refusal("bad_customer_no", {"no": no[:SHOWN]})
    if not value.get("name"):
        raise Refusal("customer_name_missing")
    if (bad := bad_field(value)) is not None:
        raise Refused("bad_field", _("{field} is too long, or cannot be printed").format(field=bad))
    known = books.ask(AskReference()).all(CustomerGroup)
    if not is_group(group) or (group and known and group not in known):
        raise Refused(
            "unknown_setting", _("there is no customer group {group}; set it first").format(group=group[:SHOWN])
        )
    if not 0 <= value.get("credit_limit_minor", 0) <= MAX_AMOUNT_MINOR:
        raise Refused("bad_field", _("the credit limit is no amount of zero or more"))


def _user(user: str, value: Value | None, books: BooksReader, day: str) -> None:
    """Who is left manages users: nobody may lock everybody out."""
    known: Any = books.ask(AskReference()).all(Role)
    left = [(each.roles, each.rights, each.valid_until) for each in books.ask(ListUsers()) if each.user != user]
    if value is not None:
        _check_user(user, value, roles_of(known), books)
        left.append((value.get("roles", ()), value.get("rights", ()), value.get("valid_until", "")))
    if not any(
        permissions(known, roles, rights).has(MANAGES) for roles, rights, until in left if not until or until >= day
    ):
        raise Refusal("nobody_manages_users")


def _check_user(user: str, value: Value, roles: Mapping[str, Role], books: BooksReader) -> None:
    if not is_user(user):
        raise Refusal("user_id_bad", {"user": user[:SHOWN]})
    name = value.get("name", "")
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise Refusal("user_name_bad")
    for role in value.get("roles", ()):
        if role not in roles:
            raise Refusal("unknown_role", {"text": role[:SHOWN], "known": ", ".join(roles)})
    for right in value.get("rights", ()):
        if not is_right(right):
            raise Refusal("unknown_right", {"text": right[:SHOWN]})
    _day(value.get("valid_until", ""))
    pin, badge = value.get("pin", ""), value.get("badge", "").strip().upper()
    if pin and pin != SET and not is_pin(pin):
        raise Refusal("bad_pin")
    if badge and badge != SET.upper():
        if len(badge) > MAX_BADGE:
            raise Refusal("badge_bad")
        hashed = books.keyed(BADGES, badge)
        holder = books.ask(FindBadge(hashed)) if hashed else None
        if holder is not None and holder.user != user:
            raise Refusal("badge_taken", {"user": holder.name})


def _reference(subject: str, key: str, value: Value, known: Reference) -> None:
    try:
        typed = value_of(subject, value)
        check_among(typed, known)
    except ReferenceFault as fault:
        raise Refused("bad_setting", str(fault)[:REASON]) from None
    except RangesOverlap as overlap:
        raise Refusal("range_overlaps", {"other": overlap.other}) from None
    if typed.key != key:
        raise Refused(
            "bad_setting",
            _("with these fields its key is {key}; remove the old one and set another").format(key=typed.key[:SHOWN]),
        )


def _is_article(ident_no: str, books: BooksReader, day: str) -> bool:
    found = books.ask(FindForSale(ident_no, day)) if codes.is_ident_no(ident_no) else None
    return found is not None and found.article.ident_no == ident_no


def _check_price(price_minor: int) -> None:
    if not 0 <= price_minor <= MAX_AMOUNT_MINOR:
        raise Refused("bad_price", _("a price is an amount of zero or more"))


def _day(text: str) -> str:
    try:
        return parse_day(text) if text else ""
    except ValueError:
        raise Refusal("bad_date", {"text": text[:SHOWN]}) from None


_CHECKS: Mapping[str, Callable[[Value, BooksReader, str], None]] = {
    ARTICLE: _article,
    PRICE: _price,
    VAT_RATE: _rate,
    CUSTOMER: _customer,
}
