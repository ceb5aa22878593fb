"""Which files can be imported and exported: the one list, by what they hold.

An import is a function from the desk and the file's text to facts and faults; an export is rows that JSON can
hold, and how a row looks as CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from app.engine.operations import Imported
from app.office.importing import read_articles, reason
from app.text import gettext as _

if TYPE_CHECKING:
    from app.office.desk import Desk


class Export(NamedTuple):
    """``rows`` asks the books; ``cells`` makes a CSV line of one row as JSON brought it."""

    columns: Sequence[str]
    rows: Callable[[Desk], list[dict[str, Any]]]
    cells: Callable[[dict[str, Any]], Sequence[str]]


def _import_articles(desk: Desk, text: str) -> Imported:
    found = read_articles(text, currency=desk.currency, vat_keys=desk.books.vat_keys())
    return Imported(found.facts, tuple((fault.line, reason(fault, _)) for fault in found.faults))


def _articles(desk: Desk) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(article) for article in desk.articles()]


def _article_cells(row: dict[str, Any]) -> Sequence[str]:
    return (
        row["ident_no"],
        "|".join(row["barcodes"]),
        row["name"],
        f"{row['price_minor'] // 100}.{row['price_minor'] % 100:02d}",
        row["vat_key"],
        "|".join(row["article_groups"]),
        row["unit"],
    )


IMPORTS: Mapping[str, Callable[[Desk, str], Imported]] = {
    "articles": _import_articles,
}
EXPORTS: Mapping[str, Export] = {
    "articles": Export(
        ("ident_no", "barcode", "name", "price", "vat_key", "article_groups", "unit"), _articles, _article_cells
    ),
}
