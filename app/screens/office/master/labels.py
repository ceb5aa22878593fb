"""What people call kinds of master data and their fields."""

from __future__ import annotations

from collections.abc import Mapping

from app.screens.tasks.reference import NAMES
from app.text import day, mark
from app.text import gettext as _

_OWN: Mapping[str, str] = {
    "article": mark("Articles"),
    "price": mark("Prices"),
    "vat_rate": mark("VAT rates"),
    "customer": mark("Customers"),
    "user": mark("Users"),
}
_FIRST = (
    "article", "price", "price_list", "vat_rate", "promotion", "campaign", "customer", "customer_group", "supplier",
    "user", "role", "tender", "exchange_rate", "cost_centre", "assortment", "catalogue", "travelling_catalogue",
)  # fmt: skip
_NAMES = {**_OWN, **NAMES}
KINDS: Mapping[str, str] = {
    **{kind: _NAMES[kind] for kind in _FIRST},
    **{kind: name for kind, name in NAMES.items() if kind not in (*_FIRST, "planned_change")},
}
"""In the order of the list."""
IN_PARTS = ("price", "vat_rate")
"""Kinds whose keys are made of several fields."""
FIELDS: Mapping[str, str] = {
    "ident_no": mark("Number"),
    "name": mark("Name"),
    "price_minor": mark("Price"),
    "vat_key": mark("VAT key"),
    "barcodes": mark("Barcodes"),
    "article_groups": mark("Article groups"),
    "unit": mark("Unit of quantity"),
    "open_price": mark("Price is asked for"),
    "purchase_price_minor": mark("Purchase price"),
    "age_limit": mark("Age limit"),
    "not_discountable": mark("Never discounted"),
    "container_deposit": mark("Deposit article"),
    "price_list": mark("Price list"),
    "valid_from": mark("From"),
    "valid_until": mark("Until"),
    "rate_bp": mark("Per cent"),
    "percent_bp": mark("Per cent"),
    "amount_minor": mark("Amount"),
    "customer_no": mark("Number"),
    "street": mark("Street"),
    "postcode": mark("Postcode"),
    "city": mark("City"),
    "country": mark("Country"),
    "email": mark("E-mail"),
    "phone": mark("Phone"),
    "vat_id": mark("VAT ID"),
    "note": mark("Note"),
    "customer_group": mark("Customer group"),
    "customer_groups": mark("Customer groups"),
    "credit_limit_minor": mark("Credit limit"),
    "blocked": mark("Blocked"),
    "user": mark("User"),
    "roles": mark("Roles"),
    "rights": mark("Single rights"),
    "pin": mark("PIN or password"),
    "badge": mark("Badge"),
    "articles": mark("Articles"),
    "active": mark("In force"),
    "currency": mark("Currency"),
    "rate": mark("Rate"),
    "source": mark("Source"),
    "tills": mark("Tills"),
}
"""Those that people meet often; the others have the names that files have for them."""


def kind(name: str) -> str:
    """What people call the kind; its name if it has none."""
    return _(_NAMES[name]) if name in _NAMES else name


def field(name: str) -> str:
    """What people call the field."""
    return _(FIELDS[name]) if name in FIELDS else name


def key(kind: str, name: str) -> str:
    """A value's key as people read it: of a price and a VAT rate its parts, with their days."""
    return " ".join(day(part) for part in name.split(":") if part) if kind in IN_PARTS else name
