"""Overdraws as rows for a spreadsheet: a row for each use that counts, the last overdraw first.

``beyond`` is what of the use nothing granted; ``settled`` what of that is settled, ``how`` in the order it was said;
``confirmed`` whether every till had promised when it was held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.books.questions.overdraws import ListOverdraws
from app.till.overdraws import fields

if TYPE_CHECKING:
    from app.office.desk import Desk

COLUMNS = (
    "resource", "amount", "open", "state", "since", "caused", "receipt_no", "till_no", "cashier", "at", "used",
    "beyond", "settled", "how", "confirmed",
)  # fmt: skip


def overdraws(desk: Desk) -> list[dict[str, Any]]:
    """Every use of everything that is or was overdrawn."""
    rows = []
    for each in desk.books.ask(ListOverdraws()):
        told = fields(each, desk.currency, {})
        for use, of in zip(told["uses"], each.uses, strict=True):
            rows.append(
                {
                    **{name: told[name] for name in ("resource", "amount", "open", "state", "since")},
                    **{name: use[name] for name in ("receipt_no", "till_no", "cashier", "at", "beyond", "settled")},
                    "caused": of == each.caused_by,
                    "used": use["amount"],
                    "how": [said.how for said in each.settlements if said.hold_id == of.hold_id],
                    "confirmed": bool(of.coverage and of.coverage.complete),
                }
            )
    return rows


def cells(row: dict[str, Any]) -> list[str]:
    """A row as CSV, in the order of ``COLUMNS``."""
    shown = {**row, "how": " ".join(row["how"])}
    shown.update({name: "yes" if row[name] else "no" for name in ("caused", "confirmed")})
    return ["" if shown[name] is None else str(shown[name]) for name in COLUMNS]
