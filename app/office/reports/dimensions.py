"""What reports can be grouped and chosen by, each written once for all sources. Pure.

A *base* dimension is a column of the sources. A *derived* one is made of base ones here, after the books have summed
up: the month of a day, the branch of a till. So the books are asked the same whatever a calendar or a plan says, and
sums stay exact, since every sum of the one belongs to one value of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from app.domain.instant import weekday_of
from app.domain.tender import DEFAULT_TENDERS
from app.office.reports.surroundings import Surroundings
from app.office.reports.table import Cell, ColumnKind
from app.text import day, language, mark, month
from app.text import gettext as _
from receipts import wording

Value = Any
"""What is sorted and compared: text, a number, or a tuple of texts."""

AGES = (30, 90, 180, 365, 730)
"""Days that end the classes of ages."""
WEEKDAYS = (
    mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"), mark("Friday"), mark("Saturday"),
    mark("Sunday"),
)  # fmt: skip


def _same(_: Surroundings, value: Value) -> Value:
    return value


def _as_it_is(_: Surroundings, value: Value) -> Cell:
    return value if isinstance(value, int) else str(value)


@dataclass(frozen=True)
class Dimension:
    """``derive`` makes the value of that of ``base``; ``label`` the cell of the value."""

    key: str
    heading: str
    kind: ColumnKind = "text"
    base: str = ""
    """The base dimension that it is made of; empty: it is one."""
    derive: Callable[[Surroundings, Value], Value] = _same
    label: Callable[[Surroundings, Value], Cell] = _as_it_is

    @property
    def column(self) -> str:
        """The sources' column."""
        return self.base or self.key

    def fits(self, around: Surroundings, value: Value, wanted: frozenset[str]) -> bool:
        """Whether the value is one of those that were asked for, by key or by label."""
        if isinstance(value, tuple):
            return not wanted.isdisjoint(value)
        return str(value) in wanted or str(self.label(around, value)) in wanted


def _month(_: Surroundings, day: str) -> str:
    return day[:7]


def _year(_: Surroundings, day: str) -> str:
    return day[:4]


def _quarter(_: Surroundings, day: str) -> str:
    return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}" if day else ""


def _week(_: Surroundings, day: str) -> str:
    if not day:
        return ""
    year, week, _weekday = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02d}"


def _weekday(_: Surroundings, day: str) -> int:
    return weekday_of(day) if day else 0


def _weekday_name(_around: Surroundings, value: int) -> str:
    return _(WEEKDAYS[value - 1]) if value else ""


@lru_cache(maxsize=20_000)
def _hour_there(zone: Any, hour: str) -> int:
    return datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC).astimezone(zone).hour


def _hour(around: Surroundings, hour: str) -> int:
    """Of an hour in UTC (``2026-08-14T17``). Where clocks differ by less than hours, the hour that it began in."""
    return _hour_there(around.zone, hour)


def _from_to(_: Surroundings, hour: int) -> str:
    return f"{hour:02d}:00"


def _branch(around: Surroundings, till_no: int) -> str:
    return around.branches.get(till_no, "")


def _device_groups(around: Surroundings, till_no: int) -> tuple[str, ...]:
    """All of them together, so that no sum is counted twice."""
    return around.device_groups.get(till_no, ())


def _joined(_: Surroundings, groups: tuple[str, ...]) -> str:
    return " + ".join(groups)


def _age(around: Surroundings, day: str) -> int:
    """Whole days."""
    return max(0, (date.fromisoformat(around.today) - date.fromisoformat(day)).days) if day else 0


def _age_class(around: Surroundings, day: str) -> int:
    age = _age(around, day)
    return next((at for at, end in enumerate(AGES) if age <= end), len(AGES))


def _age_words(_around: Surroundings, at: int) -> str:
    if at == len(AGES):
        return _("over {days} days").format(days=AGES[-1])
    return _("up to {days} days").format(days=AGES[at])


def _named(what: str) -> Callable[[Surroundings, Value], Cell]:
    return lambda around, key: around.name_of(what, key)


def _tender_name(around: Surroundings, key: str) -> str:
    """A tender that nobody gave a name of its own has one in each language."""
    name, default = around.name_of("tender", key), DEFAULT_TENDERS.get(key)
    return _(default.name) if default is not None and name in (key, default.name) else name


def _business_case(_around: Surroundings, key: str) -> str:
    return wording(language()).documents.cases.get(key, key)


def _voucher_kind(_around: Surroundings, key: str) -> str:
    return wording(language()).voucher_kinds.get(key, key)


def _words(words: Mapping[str, str]) -> Callable[[Surroundings, Value], Cell]:
    return lambda _around, key: _(words[key]) if key in words else str(key)


STATES = {
    "open": mark("open"), "used": mark("used"), "invoiced": mark("invoiced"), "paid": mark("paid"),
    "picked_up": mark("picked up"), "cancelled": mark("cancelled"), "blocked": mark("blocked"),
    "owing": mark("owing"), "settled": mark("settled"),
}  # fmt: skip
MOVEMENTS = {
    "opening_float": mark("Opening float"), "pay_in": mark("Cash paid in"), "pay_out": mark("Cash paid out"),
    "cash_transfer": mark("Cash transfer"), "difference": mark("Difference"),
}  # fmt: skip
RECEIPT_TYPES = {"receipt": mark("Receipt"), "void": mark("Void")}
RULES = {
    "promotion": mark("Promotion"), "coupon": mark("Coupon"), "line_discount": mark("Discount on a line"),
    "receipt_discount": mark("Discount on the receipt"),
}  # fmt: skip

_EVERY = (
    Dimension("tenant", mark("Tenant")),
    Dimension("day", mark("Day"), "date"),
    Dimension("week", mark("Week"), base="day", derive=_week),
    Dimension("month", mark("Month"), "month", base="day", derive=_month),
    Dimension("quarter", mark("Quarter"), base="day", derive=_quarter),
    Dimension("year", mark("Year"), base="day", derive=_year),
    Dimension("weekday", mark("Weekday"), base="day", derive=_weekday, label=_weekday_name),
    Dimension("age", mark("Age in days"), "number", base="day", derive=_age),
    Dimension("age_class", mark("Age"), base="day", derive=_age_class, label=_age_words),
    Dimension("utc_hour", mark("Hour in UTC")),
    Dimension("hour", mark("Hour"), base="utc_hour", derive=_hour, label=_from_to),
    Dimension("till", mark("Till"), "number"),
    Dimension("branch", mark("Branch"), base="till", derive=_branch, label=_named("branch")),
    Dimension("device_group", mark("Device groups"), base="till", derive=_device_groups, label=_joined),
    Dimension("cashier", mark("Cashier")),
    Dimension("receipt", mark("Receipt")),
    Dimension("receipt_type", mark("Kind of receipt"), label=_words(RECEIPT_TYPES)),
    Dimension("business_case", mark("Business case"), label=_business_case),
    Dimension("article", mark("Ident no.")),
    Dimension("article_group", mark("Article group")),
    Dimension("article_group_2", mark("Second group")),
    Dimension("article_group_3", mark("Third group")),
    Dimension("vat_key", mark("VAT key")),
    Dimension("vat_rate", mark("VAT rate"), "percent"),
    Dimension("tender", mark("Tender key")),
    Dimension("tender_name", mark("Tender"), base="tender", label=_tender_name),
    Dimension("tender_kind", mark("Kind of tender")),
    Dimension("customer", mark("Customer no.")),
    Dimension("customer_name", mark("Customer"), base="customer", label=_named("customer")),
    Dimension("customer_group", mark("Customer group"), label=_named("customer_group")),
    Dimension("cost_centre", mark("Cost centre no.")),
    Dimension("cost_centre_name", mark("Cost centre"), base="cost_centre", label=_named("cost_centre")),
    Dimension("rule", mark("Why"), label=_words(RULES)),
    Dimension("campaign", mark("Campaign"), label=_named("campaign")),
    Dimension("movement", mark("Movement"), label=_words(MOVEMENTS)),
    Dimension("reason", mark("Reason")),
    Dimension("currency", mark("Currency")),
    Dimension("z_no", mark("Z no."), "number"),
    Dimension("z_report", mark("Z report")),
    Dimension("closed_at", mark("Closed at (UTC)")),
    Dimension("voucher", mark("Voucher")),
    Dimension("voucher_kind", mark("Kind of voucher"), label=_voucher_kind),
    Dimension("coupon", mark("Coupon")),
    Dimension("expires_on", mark("Expires on"), "date"),
    Dimension("state", mark("State"), label=_words(STATES)),
    Dimension("resource", mark("What")),
    Dimension("order", mark("Order")),
    Dimension("due_on", mark("Due on"), "date"),
    Dimension("delivery_note", mark("Delivery note")),
    Dimension("invoice", mark("Invoice")),
)

DIMENSIONS: Mapping[str, Dimension] = {dimension.key: dimension for dimension in _EVERY}
"""Every dimension by its key."""


def derived_of(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of all dimensions that these columns of a source make possible; ``tenant`` always is."""
    return tuple(key for key, dimension in DIMENSIONS.items() if key == "tenant" or dimension.column in columns)


def in_words(name: str, label: str) -> str:
    """A value's label where it stands among words: days and months as the language writes them."""
    match DIMENSIONS[name].kind:
        case "date":
            return day(label)
        case "month":
            return month(label)
    return label
