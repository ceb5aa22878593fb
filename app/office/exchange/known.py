"""How what the books know, and what a fact would make of it, look in a file's columns, kind by kind.

A kind has ``known``: cells by key as the books have them, and ``after``: key, name and cells that a fact leaves.
Cells are texts by column, as an export writes them; what is secret shows only that it is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from app.books.questions.customers import AllCustomers
from app.books.questions.reference import AskReference
from app.books.questions.users import ListUsers, UserView
from app.books.views import ArticleView, CustomerView
from app.domain.customer import Person
from app.domain.money import format_minor
from app.domain.price_list import BASE_LIST
from app.domain.reference import value_of
from app.domain.user import person_id
from app.domain.vat import format_rate
from app.facts.base import Fact
from app.facts.circulation import CustomerSet, OrderPlaced, VoucherIssued
from app.facts.master import ArticleSet, PriceSet, ReferenceSet, UserSet, VatRateSet

if TYPE_CHECKING:
    from app.office.desk import Desk

Cells = Mapping[str, str]
SECRET, NEW_SECRET = "***", "*** *"
"""What is shown in place of one that is known, and of one that comes."""


class After(NamedTuple):
    """What a fact leaves: of what, and its cells; None: it takes a value away."""

    key: str
    name: str
    cells: Cells | None


class Compared(NamedTuple):
    """A kind that can be compared: ``before`` gives the cells of a key, None if it is not known."""

    before: Callable[[str], Cells | None]
    after: Callable[[Fact], After]


def compared(desk: Desk, what: str) -> Compared:
    """The books as they are now, for files of that kind."""
    return _KINDS[what](desk)


def _articles(desk: Desk) -> Compared:
    known = {article.ident_no: article for article in desk.books.all_articles()}
    lasting: dict[str, Cells] = {
        f"{price['ident_no']} {price['price_list']}": {_list(price): format_minor(price["price_minor"], desk.currency)}
        for price in desk.books.all_prices()
        if not price["valid_from"] and not price["valid_until"] and price["price_list"] != BASE_LIST
    }

    def before(key: str) -> Cells | None:
        article = known.get(key)
        return _article(article, discountable=article.discountable) if article is not None else lasting.get(key)

    def after(fact: Fact) -> After:
        if isinstance(fact, PriceSet):
            price = {"price_list": fact.price_list, "price_minor": fact.price_minor}
            cells = {_list(price): _amount(fact.price_minor, desk.currency)}
            return After(f"{fact.ident_no} {fact.price_list}", "", cells)
        assert isinstance(fact, ArticleSet)
        return After(fact.ident_no, fact.name, _article(fact, discountable=not fact.not_discountable))

    return Compared(before, after)


def _article(article: ArticleView | ArticleSet, *, discountable: bool) -> Cells:
    return {
        "name": article.name,
        "price": format_minor(article.price_minor, article.currency),
        "vat_key": article.vat_key,
        "barcode": "|".join(article.barcodes),
        "article_groups": "|".join(article.article_groups),
        "unit": article.unit,
        "open_price": _yes(article.open_price),
        "purchase_price": format_minor(article.purchase_price_minor, article.currency),
        "age_limit": str(article.age_limit),
        "discountable": _yes(discountable),
        "container_deposit": article.container_deposit,
    }


def _list(price: Mapping[str, Any]) -> str:
    return f"price_{price['price_list']}"


def _prices(desk: Desk) -> Compared:
    def key(price: Mapping[str, Any]) -> str:
        return " ".join(
            (price["ident_no"], str(price["price_list"]), price["valid_from"] or "-", price["valid_until"] or "-")
        )

    known = {
        key(price): {"price": format_minor(price["price_minor"], desk.currency)} for price in desk.books.all_prices()
    }

    def after(fact: Fact) -> After:
        assert isinstance(fact, PriceSet)
        gone = fact.price_minor is None
        cells = None if gone else {"price": _amount(fact.price_minor, desk.currency)}
        return After(key(msgspec.structs.asdict(fact)), "", cells)

    return Compared(known.get, after)


def _vat_rates(desk: Desk) -> Compared:
    known = {
        f"{rate['vat_key']} {rate['valid_from']}": {"rate": format_rate(rate["rate_bp"])}
        for rate in desk.books.all_vat_rates()
    }

    def after(fact: Fact) -> After:
        assert isinstance(fact, VatRateSet)
        return After(f"{fact.vat_key} {fact.valid_from}", "", {"rate": format_rate(fact.rate_bp)})

    return Compared(known.get, after)


def _customers(desk: Desk) -> Compared:
    known = {view.customer_no: view for view in desk.books.ask(AllCustomers())}

    def before(key: str) -> Cells | None:
        view = known.get(key)
        return None if view is None or view.removed or view.person is None else cells(view, view.person)

    def cells(of: CustomerView | CustomerSet, person: Person) -> Cells:
        return {
            **msgspec.structs.asdict(person),
            "customer_group": of.customer_group,
            "credit_limit": format_minor(of.credit_limit_minor, desk.currency),
            "blocked": _yes(of.blocked),
        }

    def after(fact: Fact) -> After:
        assert isinstance(fact, CustomerSet)
        opened = desk.books.opened(fact.customer_no, fact.person)
        person = msgspec.json.decode(opened, type=Person) if opened is not None else Person(name="")
        return After(fact.customer_no, person.name, cells(fact, person))

    return Compared(before, after)


def _users(desk: Desk) -> Compared:
    known = {user.user: user for user in desk.books.ask(ListUsers())}

    def before(key: str) -> Cells | None:
        user = known.get(key)
        if user is None:
            return None
        return _user(user, user.name, _secret(user.pin_hash, user.pin_hash), _secret(user.badge_hash, user.badge_hash))

    def after(fact: Fact) -> After:
        assert isinstance(fact, UserSet)
        name = desk.books.opened(person_id(fact.user), fact.person) or ""
        had = known.get(fact.user)
        pin = _secret(fact.pin_hash, had.pin_hash if had else "")
        return After(fact.user, name, _user(fact, name, pin, _secret(fact.badge_hash, had.badge_hash if had else "")))

    return Compared(before, after)


def _user(user: UserView | UserSet, name: str, pin: str, badge: str) -> Cells:
    return {
        "name": name,
        "role": "|".join(user.roles),
        "rights": "|".join(user.rights),
        "valid_until": user.valid_until,
        "pin": pin,
        "badge": badge,
    }


def _secret(now: str, before: str) -> str:
    """Two hashes of one PIN differ: whatever a file names counts as a new one."""
    return "" if not now else SECRET if now == before else NEW_SECRET


def _settings(desk: Desk) -> Compared:
    known = {
        f"{subject} {key}": cells_of(msgspec.to_builtins(value))
        for subject, key, value in desk.books.ask(AskReference())
    }

    def after(fact: Fact) -> After:
        assert isinstance(fact, ReferenceSet)
        value = value_of(fact.subject, fact.value or {})
        return After(
            f"{fact.subject} {fact.key}", str(getattr(value, "name", "")), cells_of(msgspec.to_builtins(value))
        )

    return Compared(known.get, after)


def cells_of(value: Mapping[str, Any]) -> Cells:
    """A value of reference data, field by field: texts as they are, truth values as yes and no, the rest as JSON."""
    return {name: _cell(cell) for name, cell in value.items()}


def _cell(cell: Any) -> str:
    if isinstance(cell, bool):
        return _yes(cell)
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)


def _vouchers(_desk: Desk) -> Compared:
    def after(fact: Fact) -> After:
        assert isinstance(fact, VoucherIssued)
        cells = {"value": format_minor(fact.value_minor, fact.currency), "kind": fact.voucher_kind}
        return After(fact.code, "", cells | {"expires": fact.expires_on})

    return Compared(_never_known, after)


def _orders(_desk: Desk) -> Compared:
    def after(fact: Fact) -> After:
        assert isinstance(fact, OrderPlaced)
        cells = {"lines": str(len(fact.lines)), "total": format_minor(fact.total_minor, fact.currency)}
        return After(fact.order_no, "", cells | {"due": fact.due_on, "customer_no": fact.customer_no})

    return Compared(_never_known, after)


def _never_known(_key: str) -> Cells | None:
    """One that is known is a fault of its line already."""
    return None


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _amount(minor: int | None, currency: str) -> str:
    return "" if minor is None else format_minor(minor, currency)


_KINDS: Mapping[str, Callable[[Desk], Compared]] = {
    "articles": _articles,
    "prices": _prices,
    "vat_rates": _vat_rates,
    "customers": _customers,
    "users": _users,
    "settings": _settings,
    "vouchers": _vouchers,
    "orders": _orders,
    "suppliers": _settings,
}
