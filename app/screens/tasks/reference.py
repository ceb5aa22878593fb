"""The network's reference data on the screen: each subject's values to read; the simple ones set by a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.money import MINOR_DIGITS
from app.domain.resource import KINDS
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk
from app.screens.tasks.fields import NO, YES, Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import mark
from app.till.commands import SetReference
from app.till.queries.settings import AskNumberRanges, AskSettings

NEW, CHANGE, REMOVE = "new", "change", "remove"
NAMES: Mapping[str, str] = {
    "claim_policy": mark("When not every till can be asked"),
    "exchange_rate": mark("Exchange rates"),
    "cash_rounding": mark("Rounding of cash"),
    "supply_rule": mark("Eat in and take away"),
    "expiry_rule": mark("How long vouchers are good"),
    "number_range": mark("Number ranges"),
    "tender": mark("Ways to pay"),
    "promotion": mark("Promotions"),
    "campaign": mark("Coupon campaigns"),
    "price_list": mark("Price lists"),
    "customer_group": mark("Customer groups"),
    "bonus_rule": mark("Bonus"),
    "role": mark("Roles"),
    "cost_centre": mark("Cost centres"),
    "typed_number": mark("Typed numbers"),
    "in_store_mask": mark("In-store barcodes"),
    "tare_class": mark("Tare"),
    "assortment": mark("Assortments"),
    "catalogue": mark("Catalogues"),
    "assortment_page": mark("Pages of the assortment"),
    "number_pool": mark("Number pools"),
    "branch": mark("Branches"),
    "device_group": mark("Device groups"),
    "till_plan": mark("Plans of tills"),
    "travelling_catalogue": mark("Travelling catalogues"),
    "catalogue_article": mark("Articles of travelling catalogues"),
    "account": mark("Accounts"),
    "accounting": mark("Accounting"),
    "supplier": mark("Suppliers"),
    "audit_limit": mark("Limits of the audit"),
    "planned_change": mark("Planned changes"),
}
"""What people call each subject, in the order of the list."""
KIND_NAMES: Mapping[str, str] = {
    "voucher": mark("Vouchers"),
    "coupon": mark("Coupons"),
    "return": mark("Returns"),
    "void": mark("Voided receipts"),
    "parked": mark("Parked receipts"),
    "order": mark("Orders"),
    "deposit": mark("Deposits"),
    "receivable": mark("Delivery notes and invoices"),
    "credit": mark("Customers' credit"),
    "settling": mark("Credit being paid"),
    "purse": mark("Purses"),
    "bonus": mark("Bonus"),
}
SUMMARY_ROOM = 200

Value = Mapping[str, Any]


def subject_names() -> list[tuple[str, str]]:
    """Every subject and what people call it."""
    return [(subject, _(name)) for subject, name in NAMES.items()]


async def values(desk: Desk, subject: str) -> None:
    """What is set of a subject; Enter reads one, and of simple ones F2 makes, F4 changes and F3 removes one."""
    title = _(NAMES[subject])
    while True:
        rows = await _rows(desk, subject)
        if rows is None:
            return
        picked = await desk.choose(_list(subject, title, rows))
        if picked is None:
            return
        match picked.name:
            case "new":
                await _set(desk, subject, {})
            case "change":
                await _set(desk, subject, picked.value["value"])
            case "remove":
                await _removed(desk, subject, picked.value["key"])
            case _:
                await desk.read(Sheet(f"{title}: {picked.value['key']}", sheet(picked.value["value"], subject)))


async def _rows(desk: Desk, subject: str) -> list[dict[str, Any]] | None:
    """Key and value of each; of number ranges with how much of them is used."""
    if subject == "number_range":
        found = await desk.ask(AskNumberRanges())
        return None if found is None else [{"key": row["range_id"], "value": row} for row in found["ranges"]]
    found = await desk.ask(AskSettings(subject))
    return None if found is None else list(found["values"])


def _list(subject: str, title: str, rows: Sequence[Mapping[str, Any]]) -> Choose:
    choices = [Choice((row["key"], summary(row["value"])), row) for row in rows]
    simple = subject in FIELDS
    actions = (Action(2, NEW, _("New")), Action(3, REMOVE, _("Remove")), Action(4, CHANGE, _("Change")))
    empty = _("Nothing is set: what the program brings along counts.")
    if simple:
        empty += " " + _("F2 sets one.")
    columns = (Column(_("Key"), 24), Column(_("Value"), 0))
    return Choose(title, columns, choices, actions=actions if simple else (), alone=(NEW,), empty=empty)


def summary(value: Value) -> str:
    """The value in one line."""
    return ", ".join(f"{name} {_text(each)}" for name, each in value.items() if each not in ("", None, [], ()))[
        :SUMMARY_ROOM
    ]


def sheet(value: Value, subject: str) -> str:
    """The value, a line for each field, and where it is set."""
    lines = [f"{name:<24} {_text(each)}" for name, each in value.items()]
    if subject not in FIELDS:
        where = _("It is set with `tillmesh import settings FILE`; docs/drive.md has every field.")
        lines += ["", where]
    return "\n".join(lines)


def _text(value: Any) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case str():
            return value
        case Mapping():
            return "(" + ", ".join(f"{name} {_text(each)}" for name, each in value.items()) + ")"
        case Sequence():
            return ", ".join(_text(each) for each in value)
    return str(value)


# -- the simple ones -----------------------------------------------------------------------------


def _currency() -> Field:
    options = [Option(code, code) for code in sorted(MINOR_DIGITS)]
    return Field("currency", _("Currency"), Kind.CHOICE, required=True, options=options)


def _from() -> Field:
    return Field("valid_from", _("From"), Kind.DATE, required=True)


def _claim_policy() -> list[Field]:
    kinds = [Option(kind, _(KIND_NAMES[kind])) for kind in KINDS]
    policies = [
        Option("allow", _("Allow")), Option("refuse", _("Refuse")), Option("limit", _("Up to a limit")),
    ]  # fmt: skip
    return [
        Field("kind", _("Of what"), Kind.CHOICE, required=True, options=kinds),
        Field("policy", _("Rule"), Kind.CHOICE, "refuse", required=True, options=policies),
        Field("limit", _("Limit"), hint=_("50.00, or how many; of one voucher, receipt … a day")),
        Field("per_day", _("Limit a day"), hint=_("of all of them at a till; empty: any")),
        Field("site", _("Site"), hint=_("empty: everywhere")),
    ]


def _exchange_rate() -> list[Field]:
    rate = Field("rate", _("Rate"), required=True, hint=_("what one unit is worth here, like 1.0432"))
    return [_currency(), _from(), rate, Field("source", _("Source"))]


def _cash_rounding() -> list[Field]:
    return [_currency(), _from(), Field("step_minor", _("To how many cents"), Kind.COUNT, required=True)]


def _supply_rule() -> list[Field]:
    supplies = [Option("eat_in", _("Eat in")), Option("take_away", _("Take away"))]
    return [
        Field("vat_key", _("VAT key of the goods"), required=True),
        Field("supply", _("Where"), Kind.CHOICE, options=supplies),
        Field("to_key", _("VAT key then"), required=True),
        Field("customer_group", _("Customer group"), hint=_("empty: everybody")),
    ]


def _expiry_rule() -> list[Field]:
    kinds = [
        Option("multi_purpose", _("Multi-purpose voucher")), Option("single_purpose", _("Single-purpose voucher")),
        Option("token", _("Token")),
    ]  # fmt: skip
    return [
        Field("voucher_kind", _("Of what"), Kind.CHOICE, required=True, options=kinds),
        _from(),
        Field("years", _("Years"), Kind.COUNT, "3", required=True),
        Field("to_year_end", _("To the year's end"), Kind.CHOICE, YES, required=True,
              options=[Option(YES, _("yes")), Option(NO, _("no"))]),
    ]  # fmt: skip


def _tare_class() -> list[Field]:
    return [
        Field("name", _("Name"), required=True),
        Field("grams", _("Grams"), Kind.COUNT),
        Field("barcode", _("Barcode"), hint=_("of the packing; a mask: 279999VVVVV0K")),
    ]


FIELDS = {
    "claim_policy": _claim_policy,
    "exchange_rate": _exchange_rate,
    "cash_rounding": _cash_rounding,
    "supply_rule": _supply_rule,
    "expiry_rule": _expiry_rule,
    "tare_class": _tare_class,
}
"""Subjects that a form is enough for."""

LIMITS = ("limit", "per_day")
"""Of a claim policy: they belong to its rule ``limit`` alone."""
DECIMALS = ("rate", *LIMITS)
"""Text fields that hold a number, which may be typed with a comma."""


async def _set(desk: Desk, subject: str, now: Value) -> None:
    fields = [_filled(field, now) for field in FIELDS[subject]()]
    if not now:
        today = desk.services.clock().date().isoformat()
        fields = [_filled(field, {"valid_from": today}) for field in fields]
    form = Form(_(NAMES[subject]), fields)
    while (filled := await desk.fill(form)) is not None:
        if await desk.do(SetReference(subject, value_of(subject, filled, now))) is not None:
            desk.tell(_("It is set, at every till."))
            return


async def _removed(desk: Desk, subject: str, key: str) -> None:
    if await desk.confirm(_(NAMES[subject]), _("Remove {key}?").format(key=key)) and await desk.do(
        SetReference(subject, key=key, removed=True)
    ):
        desk.tell(_("{key} is removed, at every till.").format(key=key))


def _filled(field: Field, now: Value) -> Field:
    """The field with what is there."""
    if field.name not in now:
        return field
    value = now[field.name]
    text = (YES if value else NO) if isinstance(value, bool) else str(value)
    return Field(field.name, field.label, field.kind, text, field.required, field.options, field.hint)


def value_of(subject: str, filled: Mapping[str, str], now: Value) -> dict[str, Any]:
    """What was typed as the value of the subject; what the form does not ask for stays as it is."""
    kinds = {field.name: field for field in FIELDS[subject]()}
    value: dict[str, Any] = {name: each for name, each in now.items() if name not in kinds}
    for name, text in filled.items():
        field = kinds[name]
        if field.kind is Kind.COUNT and text:
            value[name] = int(text)
        elif field.kind is Kind.CHOICE and {option.value for option in field.options} == {YES, NO}:
            value[name] = text == YES
        elif text:
            value[name] = text.replace(",", ".") if name in DECIMALS else text
    if subject == "claim_policy" and value.get("policy") != "limit":
        return {name: each for name, each in value.items() if name not in LIMITS}
    return value
