"""What the books hold to a file, in the process of whoever asks: a mapping with the fields of an export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from app.office.exchange.known import cells_of
from app.office.files import EXPORTS
from app.office.mapping.plan import FieldPlan, FilePlan, MappingFault, check_for
from app.office.mapping.writing import Row, Unwritable, written
from app.text import gettext as _

__all__ = ["Unwritable", "check", "exported"]

OF_VALUES = "value."


def check(plan: FilePlan) -> None:
    """``Unwritable`` if an export does not have the plan's fields."""
    if plan.what not in EXPORTS:
        raise Unwritable(_("{what} cannot be exported").format(what=plan.what))
    try:
        check_for(plan, EXPORTS[plan.what].columns, open_names=plan.what == "settings")
    except MappingFault as fault:
        raise Unwritable(str(fault)) from None


def exported(plan: FilePlan, rows: Iterable[dict[str, Any]], currency: str) -> bytes:
    """The file of rows as the operation ``export`` gives them. ``Unwritable``.

    Settings whose mapping names fields of values (``value.name``) are those of its constant ``subject``.
    """
    export = EXPORTS[plan.what]
    fields = plan.fields or tuple(FieldPlan(name, source=name) for name in export.columns)
    whole = msgspec.structs.replace(plan, fields=fields)
    return written(whole, _rows(whole, rows), currency)


def _rows(plan: FilePlan, rows: Iterable[dict[str, Any]]) -> Iterator[Row]:
    export = EXPORTS[plan.what]
    of_values = any(each.to.startswith(OF_VALUES) for each in plan.fields)
    subject = next((each.value for each in plan.fields if each.to == "subject"), None)
    for row in rows:
        if of_values and subject is not None and row["subject"] != subject:
            continue
        cells = dict(zip(export.columns, export.cells(row), strict=True))
        if of_values:
            cells |= {f"{OF_VALUES}{name}": text for name, text in cells_of(row["value"]).items()}
        yield [each.value if each.value is not None else cells.get(each.to, "") for each in plan.fields]
