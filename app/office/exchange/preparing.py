"""A file made ready to be taken over, in the process of whoever asks: the engine gets rows and never a foreign file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from app.office.exchange.packing import TooMuch, pack
from app.office.files import COLUMNS, EXPORTS
from app.office.mapping.convert import Typed
from app.office.mapping.delimited import NoRows
from app.office.mapping.encoding import NAMES, decode
from app.office.mapping.plan import FilePlan, MappingFault, check_for
from app.office.mapping.reading import Unreadable, format_of, opened
from app.office.mapping.structured import JsonEntries
from app.office.rows import BadRow, Fault, Rows, reason
from app.office.settings import rows_of
from app.text import gettext as _

BAD_MAX = 5_000
"""Beyond it this is another kind of file, or another mapping."""


class Prepared(msgspec.Struct, frozen=True):
    """What ``take_over`` takes of a file, and what was found while it was read."""

    what: str
    columns: tuple[str, ...]
    packed: str
    bad: tuple[tuple[int, str], ...]
    encoding: str
    """As people call it; empty where the format has one of its own."""
    passed_over: tuple[str, ...]
    guessed: bool = False
    """Nobody stated the encoding, and what was found is one of those for which every file is a text."""

    def request(self) -> dict[str, Any]:
        """The arguments of ``take_over``."""
        return {"what": self.what, "columns": list(self.columns), "packed": self.packed, "bad": list(self.bad)}


def prepared(
    data: bytes, what: str, name: str, currency: str, plan: FilePlan | None = None, encoding: str = ""
) -> Prepared:
    """The file's rows, packed. ``name``: of the file, for its format where no mapping says it. ``Unreadable``."""
    known = COLUMNS[what]
    if plan is None:
        plan = FilePlan(what, format_of(name, data), encoding or "auto")
    if plan.what != what:
        said = _("the mapping is for {its}, not for {what}; choose another").format(its=plan.what, what=what)
        raise Unreadable(said)
    try:
        check_for(plan, known, open_names=what == "settings")
    except MappingFault as fault:
        raise Unreadable(str(fault)) from None
    passed_over: tuple[str, ...] = ()
    if plan.format == "json" and not plan.fields:
        used, rows = _own_json(data, what, plan, encoding, currency)
    else:
        found = opened(data, plan, known, currency, encoding)
        rows, used, passed_over = found.rows, found.encoding, found.passed_over
    bad: list[tuple[int, str]] = []
    try:
        packed = pack(tuple(rows.columns), _good(rows.rows, bad))
    except TooMuch as fault:
        raise Unreadable(str(fault)) from None
    guessed = (encoding or plan.encoding) == "auto" and used in ("cp1252", "cp850")
    return Prepared(what, tuple(rows.columns), packed, tuple(bad), NAMES.get(used, used), passed_over, guessed)


def _good(
    rows: Iterable[tuple[int, Mapping[str, str] | BadRow]], bad: list[tuple[int, str]]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    for line, row in rows:
        if not isinstance(row, BadRow):
            yield line, row
            continue
        bad.append((line, reason(Fault(line, row.code, row.values), _)))
        if len(bad) > BAD_MAX:
            told = _("line {line}: more than {most} lines are bad; is this the right file, and its mapping?")
            raise Unreadable(told.format(line=line, most=BAD_MAX))


def _own_json(data: bytes, what: str, plan: FilePlan, encoding: str, currency: str) -> tuple[str, Rows]:
    """JSON without a mapping: entries as ``tillmesh export`` prints them, or with our columns' names."""
    if what == "settings":
        text = decode(data, encoding or plan.encoding)
        return text.encoding, rows_of(text.text)
    plain = opened(data, plan, COLUMNS[what], currency, encoding)
    export = EXPORTS.get(what)
    if export is None:
        return plain.encoding, plain.rows
    entries = JsonEntries(decode(data, encoding or plan.encoding).text, plan).entries()

    def theirs_of() -> Iterator[Mapping[str, str] | None]:
        try:
            for _line, entry in entries:
                yield _as_exported(entry, export.columns, export.cells)
        except NoRows:
            yield None  # where the file breaks off is told by the other reading of it

    rows = (
        (line, theirs if theirs is not None else ours)
        for (line, ours), theirs in zip(plain.rows.rows, theirs_of(), strict=False)
    )
    return plain.encoding, Rows(plain.rows.columns, rows)


def _as_exported(entry: Any, columns: Any, cells: Any) -> Mapping[str, str] | None:
    """The entry's cells if it is a row of an export; one of texts alone has our columns' names."""
    if (
        isinstance(entry, dict)
        and entry.keys() <= set(columns)
        and all(isinstance(each, str) for each in entry.values())
    ):
        return None
    try:
        return dict(zip(columns, cells(_with_numbers(entry)), strict=True))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _with_numbers(value: Any) -> Any:
    if isinstance(value, Typed):
        return int(value)
    if isinstance(value, dict):
        return {name: _with_numbers(each) for name, each in value.items()}
    return [_with_numbers(each) for each in value] if isinstance(value, list) else value
