"""X and Z reports as sheets to read on the screen: fields as programs get them -> lines. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.screens import wording
from app.screens.cells import between, left, right
from app.text import gettext as _
from app.text import language, local
from receipts import wording as words_of

WIDTH = 60
Fields = Mapping[str, Any]


def report(fields: Fields, *, overdraws: int = 0) -> str:
    """The figures of a report, part by part; ``overdraws``: how many are not settled yet."""
    said = words_of(language()).documents
    currency = str(fields["currency"])
    counts = [
        *((name, str(fields[key])) for name, key in _counted(said.report) if fields[key]),
        *((name, _money(fields[key])) for name, key in _summed(said.report) if _is_some(fields[key])),
        *([(_("Parked receipts"), str(fields["parked"]))] if fields.get("parked") else []),
        *([(_("Overdraws not settled"), str(overdraws))] if overdraws else []),
    ]
    parts = [
        _head(fields),
        *(_drawer(drawer) for drawer in fields["drawers"]),
        _vat(fields["by_vat"]),
        _rows(said.report.tenders, map(_tender, fields["by_tender"])),
        _rows(said.report.cases, _sums(fields["business_cases"], "business_case", said.cases)),
        _rows(said.report.groups, _sums(fields["article_groups"], "article_group", {})),
        _rows(said.report.movements, (_movement(row, said.movements) for row in fields["movements"])),
        _rows("", counts),
        _tills(fields.get("tills", ()), currency),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _head(fields: Fields) -> list[str]:
    said = words_of(language()).documents.report
    lines = []
    if closed_at := fields.get("closed_at"):
        lines.append(
            _("Till {till_no}, closed {at} by {cashier}").format(
                till_no=fields["till_no"], at=wording.instant(closed_at), cashier=fields["cashier"] or "-"
            )
        )
    numbers = [no for no in (fields["first_receipt_no"], fields["last_receipt_no"]) if no]
    lines.append(between(said.receipts, str(fields["receipts"]), WIDTH))
    if numbers:
        lines.append(between(f"  {said.from_to}", " - ".join(dict.fromkeys(numbers)), WIDTH))
    return [*lines, between(_("TOTAL"), f"{_money(fields['gross'])} {fields['currency']}", WIDTH)]


def _vat(rows: Iterable[Fields]) -> list[str]:
    columns = (_("VAT"), _("gross"), _("net"), _("tax"))
    table = [(f"{row['vat_key']} {_money(row['rate'])} %", *(_money(row[name]) for name in ("gross", "net", "tax")))
             for row in rows]  # fmt: skip
    return (
        [left(f"{cells[0]}", 18) + "".join(right(cell, 14) for cell in cells[1:]) for cells in [columns, *table]]
        if table
        else []
    )


def _tender(row: Fields) -> tuple[str, str]:
    foreign = f" {_money(row['foreign'])} {row['currency']}" if row["foreign"] is not None else ""
    return f"{row['count']} x {wording.tender(row['tender'])}{foreign}", _money(row["amount"])


def _sums(rows: Iterable[Fields], name: str, names: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return ((f"{row['count']} x {names.get(row[name], row[name])}", _money(row["amount"])) for row in rows)


def _movement(row: Fields, names: Mapping[str, str]) -> tuple[str, str]:
    name = names.get(row["movement"], row["movement"])
    return f"{row['count']} x {name}", f"{_money(row['amount'])} {row['currency']}"


def _drawer(drawer: Fields) -> list[str]:
    said = words_of(language()).documents.report
    rows = [(said.expected, _money(drawer["expected"]))]
    rows += [(f"{count} x {_money(piece)}", "") for piece, count in drawer["pieces"].items()]
    if drawer["counted"] is None:
        rows.append((said.not_counted, ""))
    else:
        rows += [(said.counted, _money(drawer["counted"])), (said.difference, _money(drawer["difference"]))]
    return _rows(f"{said.drawer} {drawer['currency']}", rows)


def _tills(rows: Iterable[Fields], currency: str) -> list[str]:
    listed = [
        (
            _("Till {no}: {count} receipts").format(no=row["till_no"], count=row["receipts"]),
            f"{_money(row['gross'])} {currency}",
        )
        for row in rows
    ]
    return _rows(_("Tills"), listed)


def _rows(title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    """A part under its title; nothing if it is empty."""
    lines = [between(f"  {name}" if title else name, amount, WIDTH) for name, amount in rows]
    return [title, *lines] if title and lines else lines


def _counted(said: Any) -> tuple[tuple[str, str], ...]:
    return (said.returns, "returns"), (said.voids, "voids"), (said.aborted, "aborted")


def _summed(said: Any) -> tuple[tuple[str, str], ...]:
    return (
        (said.discounts, "discounts"),
        (said.vouchers_sold, "vouchers_sold"),
        (said.vouchers_redeemed, "vouchers_redeemed"),
    )


def _money(text: str) -> str:
    return local(text)


def _is_some(amount: str) -> bool:
    return amount.strip("-0.") != ""
