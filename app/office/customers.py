"""Customers out of CSV files, sealed as they are read, and into CSV files again.

    no;name;street;postcode;city;customer_group;note;country;email;phone;vat_id;credit_limit;blocked

``no`` and ``name`` must be there, the other columns may; how a file is read is ``rows.py``'s business. A customer
who is known keeps what the file has no column for. Whoever has been forgotten is a fault of the line: that number has
no person any more. The file itself is in the clear, so it is the office's to keep and to delete.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from app.books.questions.customers import AllCustomers
from app.books.views import CustomerView
from app.domain.customer import MAX_LENGTHS, Person, bad_field, is_customer_no, is_group
from app.domain.money import MoneyError, format_minor, parse_minor
from app.domain.persons import NONCE_BYTES
from app.engine.operations import Imported
from app.facts.circulation import CustomerSet
from app.office.rows import BadRow, Source, read_rows, reason, shown, yes_or_no
from app.text import gettext as _

if TYPE_CHECKING:
    from app.office.desk import Desk

COLUMNS = (
    "no", "name", "street", "postcode", "city", "customer_group", "note", "country", "email", "phone", "vat_id",
    "credit_limit", "blocked",
)  # fmt: skip
REQUIRED = ("no", "name")


def import_customers(desk: Desk, source: Source) -> Imported:
    """The customers of a file as facts, sealed with their own keys, and the faults of its lines."""
    known = {view.customer_no: view for view in desk.books.ask(AllCustomers())}
    lines: dict[str, int] = {}

    def read(line: int, row: Mapping[str, str]) -> CustomerSet:
        no = row["no"]
        if not is_customer_no(no):
            raise BadRow("no_bad", text=shown(no))
        if no in lines:
            raise BadRow("customer_no_twice", text=no, other=str(lines[no]))
        fact = _fact(desk, row, known.get(no))
        lines[no] = line
        return fact

    facts, faults = read_rows(source, REQUIRED, read)
    return Imported(facts, tuple((fault.line, reason(fault, _)) for fault in faults))


def customers(desk: Desk) -> list[dict[str, Any]]:
    """Every customer that has a person, by number."""
    return [
        {
            "no": view.customer_no,
            **msgspec.structs.asdict(view.person),
            "customer_group": view.customer_group,
            "credit_limit": format_minor(view.credit_limit_minor, desk.currency),
            "blocked": view.blocked,
        }
        for view in desk.books.ask(AllCustomers())
        if view.person is not None
    ]


def customer_cells(row: dict[str, Any]) -> list[str]:
    """A row as CSV, in the order of ``COLUMNS``."""
    return [("yes" if row[name] else "no") if name == "blocked" else str(row[name]) for name in COLUMNS]


def _fact(desk: Desk, row: Mapping[str, str], known: CustomerView | None) -> CustomerSet:
    no = row["no"]
    if known is not None and known.forgotten:
        raise BadRow("customer_forgotten", text=no)
    fields = {name: row[name] for name in MAX_LENGTHS if name in row}
    bad = bad_field(fields)
    if bad is not None:
        raise BadRow("customer_field_bad", column=bad, limit=str(MAX_LENGTHS[bad]))
    if not fields["name"]:
        raise BadRow("name_bad")
    group = row.get("customer_group", known.customer_group if known else "")
    if not is_group(group):
        raise BadRow("group_bad")
    limit = _limit(desk, row, known)
    blocked = yes_or_no(row, "blocked", default=bool(known and known.blocked))
    before = known.person if known else None
    person = msgspec.structs.replace(before, **fields) if before else Person(**fields)
    sealed = desk.books.sealed(no, msgspec.json.encode(person).decode(), os.urandom(NONCE_BYTES))
    if sealed is None or (known is not None and known.sealed):
        raise BadRow("persons_locked")
    return CustomerSet(no, sealed, group, limit, blocked)


def _limit(desk: Desk, row: Mapping[str, str], known: CustomerView | None) -> int:
    text = row.get("credit_limit", "")
    if not text:
        return known.credit_limit_minor if known else 0
    try:
        return parse_minor(text, desk.currency)
    except MoneyError:
        raise BadRow("credit_limit_bad", text=shown(text)) from None
