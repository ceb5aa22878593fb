"""Vouchers out of CSV files, as a shop brings them along from the system before, and all of them into one.

    code;value;kind;expires;vat_key;reloadable;issued_at

``code`` and ``value`` must be there. ``kind`` is ``multi_purpose`` (also if it is left out) or ``single_purpose``,
which needs a ``vat_key`` and the day ``issued_at``: its tax arose then, at the rate of that day. ``value`` is what
the voucher still holds. A code that is known already, or stands in the file twice, is a fault of its line:
importing a file again adds nothing. The file is worth its money; who may read it is the file system's business.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from app.books.questions.vouchers import AllVouchers
from app.books.views import VoucherView
from app.domain import voucher
from app.domain.money import MoneyError, format_minor, parse_minor
from app.domain.vat_data import resolve_key
from app.engine.operations import Imported
from app.facts.circulation import VoucherIssued
from app.office import rows
from app.office.rows import BadRow, Source, day, read_rows, shown, yes_or_no
from app.text import gettext as _
from app.text import mark
from app.till.runner import local_day

if TYPE_CHECKING:
    from app.office.desk import Desk

REQUIRED = ("code", "value")
COLUMNS = (
    "code", "kind", "value", "balance", "currency", "state", "expires", "vat_key", "article", "reloadable",
    "issued_at", "receipt_no", "replaces",
)  # fmt: skip

REASONS: dict[str, str] = {
    **rows.REASONS,
    "voucher_code_bad": mark("{text} is no voucher code: 4 to 40 printable characters without blanks"),
    "voucher_twice": mark("the voucher {text} stands in line {other} already"),
    "voucher_known": mark("the voucher {text} is known already"),
    "value_bad": mark("the value {text} is no amount above zero"),
    "kind_bad": mark("the kind {text} is unknown; use multi_purpose or single_purpose"),
    "reloadable_single": mark("only a multi-purpose voucher can be reloadable"),
    "rate_unknown": mark("VAT key {text} has no rate on the day of issue; fill in issued_at"),
}


def import_vouchers(desk: Desk, source: Source) -> Imported:
    """The vouchers of a file as facts, and the faults of its lines."""
    known = set(desk.books.voucher_codes())
    lines: dict[str, int] = {}

    def voucher_of(line: int, row: Mapping[str, str]) -> VoucherIssued:
        fact = _voucher(desk, row)
        _check_new(fact.code, known, lines)
        lines[fact.code] = line
        return fact

    facts, faults = read_rows(source, REQUIRED, voucher_of)
    return Imported(facts, tuple((fault.line, _(REASONS[fault.code]).format_map(fault.values)) for fault in faults))


def exported(desk: Desk) -> list[dict[str, Any]]:
    """Every voucher with its balance and state of today, by code."""
    today = local_day(int(time.time() * 1000))
    return [_row(view) for view in desk.books.ask(AllVouchers(today))]


def cells(row: dict[str, Any]) -> list[str]:
    """A CSV line of an exported voucher."""
    return ["yes" if cell is True else "no" if cell is False else str(cell) for cell in (row[name] for name in COLUMNS)]


def _row(view: VoucherView) -> dict[str, Any]:
    return {
        "code": view.code,
        "kind": view.voucher_kind,
        "value": format_minor(view.value_minor, view.currency),
        "balance": format_minor(view.balance_minor, view.currency),
        "currency": view.currency,
        "state": view.state,
        "expires": view.expires_on,
        "vat_key": view.vat_key,
        "article": view.ident_no,
        "reloadable": view.reloadable,
        "issued_at": view.issued_at,
        "receipt_no": view.receipt_no,
        "replaces": view.replaces,
    }


def _voucher(desk: Desk, row: Mapping[str, str]) -> VoucherIssued:
    kind = row.get("kind", "") or voucher.MULTI_PURPOSE
    if kind not in voucher.KINDS:
        raise BadRow("kind_bad", text=shown(kind))
    reloadable = yes_or_no(row, "reloadable")
    issued_on = _day(row.get("issued_at", ""))
    vat_key, rate_bp = _tax(desk, kind, row.get("vat_key", ""), issued_on)
    if reloadable and kind != voucher.MULTI_PURPOSE:
        raise BadRow("reloadable_single")
    return VoucherIssued(
        code=_code(row["code"]),
        voucher_kind=kind,
        value_minor=_value(row["value"], desk.currency),
        currency=desk.currency,
        issued_at=f"{issued_on}T00:00:00.000Z" if issued_on else "",
        till_no=0,
        receipt_no="",
        vat_key=vat_key,
        expires_on=_day(row.get("expires", "")),
        reloadable=reloadable,
        vat_rate_bp=rate_bp,
    )


def _code(text: str) -> str:
    try:
        return voucher.canonical_code(text)
    except voucher.CodeMistyped:
        raise BadRow("voucher_code_bad", text=shown(text)) from None


def _value(text: str, currency: str) -> int:
    try:
        value = parse_minor(text, currency)
    except MoneyError:
        value = 0
    if not value:
        raise BadRow("value_bad", text=shown(text))
    return value


def _day(text: str) -> str:
    """A day (of an instant: its first ten characters); empty stays empty."""
    return day(text[:10]) if text else ""


def _tax(desk: Desk, kind: str, text: str, issued_on: str) -> tuple[str, int]:
    """Key and rate at which a single-purpose voucher was taxed; nothing for a multi-purpose one."""
    if kind == voucher.MULTI_PURPOSE:
        return "", 0
    keys = desk.books.vat_keys()
    if not text:
        raise BadRow("vat_key_missing", known=", ".join(sorted(keys)))
    vat_key = resolve_key(text, keys)
    if vat_key is None:
        raise BadRow("vat_key_unknown", text=shown(text), known=", ".join(sorted(keys)))
    rate_bp = desk.books.vat_rate_bp(vat_key, issued_on) if issued_on else None
    if rate_bp is None:
        raise BadRow("rate_unknown", text=vat_key)
    return vat_key, rate_bp


def _check_new(code: str, known: Collection[str], lines: Mapping[str, int]) -> None:
    if code in lines:
        raise BadRow("voucher_twice", text=voucher.shown(code), other=str(lines[code]))
    if code in known:
        raise BadRow("voucher_known", text=voucher.shown(code))
