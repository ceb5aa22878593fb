"""Users and settings between files and the books: what an import needs to know, and what an export shows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from app.books.questions.reference import AskReference
from app.books.questions.users import ListUsers
from app.domain.persons import NONCE_BYTES
from app.domain.supplier import Supplier
from app.domain.user import BADGES, Role, roles_of
from app.engine.operations import Imported
from app.office import rows
from app.office.rows import Rows, Source, decoded, read_rows
from app.office.settings import SettingsRead, read_setting_rows, read_settings, written
from app.office.users import read_users, reason
from app.text import gettext as _
from app.till import pins

if TYPE_CHECKING:
    from app.office.desk import Desk

USER_COLUMNS = ("user", "name", "role", "rights", "valid_until")
SUPPLIER_COLUMNS = ("no", "name")
SETTING_COLUMNS = ("subject", "key", "value")


def import_users(desk: Desk, source: Source) -> Imported:
    found = read_users(
        source,
        roles=tuple(roles_of(desk.books.ask(AskReference()).all(Role))),
        known={user.user: user for user in desk.books.ask(ListUsers())},
        hash_pin=pins.hashed,
        hash_badge=lambda badge: desk.books.keyed(BADGES, badge),
        seal=lambda person_id, name: desk.books.sealed(person_id, name, os.urandom(NONCE_BYTES)),
    )
    return Imported(found.facts, tuple((fault.line, reason(fault, _)) for fault in found.faults))


def import_settings(desk: Desk, source: Source) -> Imported:
    known = desk.books.ask(AskReference())
    if isinstance(source, Rows):
        return _settings(read_setting_rows(source.rows, known))
    return _settings(read_settings(decoded(source), known))


def import_suppliers(desk: Desk, source: Source) -> Imported:
    facts, faults = read_rows(source, SUPPLIER_COLUMNS, lambda line, row: (line, row))
    entries = [
        (line, {"subject": "supplier", **{f"value.{name}": text for name, text in row.items()}}) for line, row in facts
    ]
    found = _settings(read_setting_rows(entries, desk.books.ask(AskReference())))
    return Imported(found.facts, tuple(sorted((*((fault.line, _reason(fault)) for fault in faults), *found.faults))))


def suppliers(desk: Desk) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(value) for value in desk.books.ask(AskReference()).all(Supplier).values()]


def supplier_cells(row: dict[str, Any]) -> Sequence[str]:
    return (row["no"], row["name"])


def _reason(fault: rows.Fault) -> str:
    return rows.reason(fault, _)


def _settings(found: SettingsRead) -> Imported:
    faults = tuple((fault.line, _(fault.reason).format_map(fault.values)) for fault in found.faults)
    return Imported(found.facts, faults)


def users(desk: Desk) -> list[dict[str, Any]]:
    """Every user, without PIN and badge."""
    return [
        {
            "user": user.user,
            "name": user.name,
            "role": list(user.roles),
            "rights": list(user.rights),
            "valid_until": user.valid_until,
        }
        for user in desk.books.ask(ListUsers())
    ]


def user_cells(row: dict[str, Any]) -> Sequence[str]:
    return (row["user"], row["name"], "|".join(row["role"]), "|".join(row["rights"]), row["valid_until"])


def settings(desk: Desk) -> list[dict[str, Any]]:
    """Every value of reference data; as JSON it can be imported again."""
    return written(desk.books.ask(AskReference()))


def setting_cells(row: dict[str, Any]) -> Sequence[str]:
    return (row["subject"], row["key"], msgspec.json.encode(row["value"]).decode())
