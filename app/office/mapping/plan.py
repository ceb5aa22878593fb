"""A mapping: how another program's file is laid out, and which column is which field. Pure: TOML text in and out.

Kept as ``mappings/NAME.toml`` in a home, and used both ways: what imports a file also writes one like it.

    what = "articles"
    format = "csv"
    encoding = "cp850"
    separator = ";"

    [[fields]]
    to = "ident_no"
    from = "Art-Nr"
    drop_zeros = true

    [[fields]]
    to = "price"
    from = "VK brutto"
    decimal = ","

    [[fields]]
    to = "vat_key"
    from = "MwSt"
    table = { A = "1", B = "2" }

Without ``fields`` the file's columns have our own names. Where a field stands: ``from`` is a column's heading, or the
path inside an entry (JSON ``price.gross``; XML ``price``, ``price/@currency``, ``@id``); ``column`` counts columns from
1; ``at`` (from 1) and ``width`` cut a line of fixed width; ``value`` is the same for every row.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping

import msgspec

from app.text import gettext as _

FORMATS = ("csv", "fixed", "json", "xml", "xlsx")
ENCODINGS = ("auto", "utf-8", "utf-8-sig", "utf-16", "cp1252", "cp850")
"""``utf-8-sig`` writes a byte order mark; read are all of UTF-8 and UTF-16 with or without one."""
DECIMALS = ("auto", ",", ".", "minor")
"""``auto``: 1.234,56 and 1,234.56 alike; ``minor``: whole cents (percent: hundredths, quantities: thousandths)."""
LINE_ENDS = ("lf", "crlf")
MAX_FIELDS = 200
MAX_TABLE = 1_000
MAX_TEXT = 200
MAX_WIDTH = 1_000
MAX_COLUMN = 10_000
MAX_SKIPPED = 10_000


class MappingFault(ValueError):
    """A mapping that cannot be used; the text is a sentence that says where and what to do."""


class FieldPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename={"source": "from"}):
    """Where a field of ours (``to``) comes from, and how its text is written there."""

    to: str
    source: str = ""
    """A heading, or a path."""
    column: int = 0
    at: int = 0
    width: int = 0
    value: str | None = None
    empty: str = ""
    """What an empty field stands for."""
    decimal: str = ""
    """One of ``DECIMALS``; nothing: as the whole file."""
    date: str = ""
    """How days are written: ``DD.MM.YYYY``; nothing: as the whole file."""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    table: Mapping[str, str] = {}
    """What the file's words stand for; ``*`` for all others."""
    drop_zeros: bool = False
    digits: int = 0
    """Numbers that are shorter are filled up with zeros in front."""
    trim: bool = True


class FilePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole file. ``rows``: the path to the entries in JSON (``shop.articles``) and XML (``shop/article``)."""

    what: str
    format: str = "csv"
    encoding: str = "auto"
    separator: str = "auto"
    """One character, or ``tab``."""
    quote: str = '"'
    """One character; empty: fields are never quoted."""
    header: bool = True
    skip_rows: int = 0
    """Lines before the header, or before the first row where there is none."""
    sheet: str = ""
    rows: str = ""
    decimal: str = "auto"
    date: str = "YYYY-MM-DD"
    line_end: str = "lf"
    """Of files that are written: ``lf`` or ``crlf``; read are both."""
    fields: tuple[FieldPlan, ...] = ()


def read_plan(text: str) -> FilePlan:
    """The mapping that a TOML text describes, checked in itself; ``MappingFault``."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingFault(_("this is no TOML: {detail}").format(detail=error)) from None
    try:
        plan = msgspec.convert(raw, FilePlan)
    except msgspec.ValidationError as error:
        raise MappingFault(str(error)) from None
    return checked(plan)


def checked(plan: FilePlan) -> FilePlan:
    """The same mapping; ``MappingFault`` with the first thing that is wrong with it in itself."""
    for fault in _faults(plan):
        raise MappingFault(fault)
    return plan


def write_plan(plan: FilePlan) -> str:
    """The mapping as ``read_plan`` reads it."""
    import tomlkit

    raw = msgspec.to_builtins(plan)
    fields = raw.pop("fields", [])
    document = tomlkit.document()
    document.update(raw)
    tables = tomlkit.aot()
    for each in fields:
        table = tomlkit.table()
        for name, value in each.items():
            if isinstance(value, dict):
                inline = tomlkit.inline_table()
                inline.update(value)
                table[name] = inline
            else:
                table[name] = value
        tables.append(table)
    if fields:
        document["fields"] = tables
    return tomlkit.dumps(document)


def separator_of(plan: FilePlan) -> str:
    """The character between fields; empty: what the header has most of."""
    return {"auto": "", "tab": "\t"}.get(plan.separator, plan.separator)


def check_for(plan: FilePlan, known: Collection[str], *, open_names: bool = False) -> None:
    """``MappingFault`` for fields that the kind does not have; ``open_names``: it has others (``value.name``) too."""
    for each in plan.fields:
        if each.to not in known and not (open_names and each.to.startswith("value.")):
            raise MappingFault(
                _("fields: {what} has no field {field}; it has {known}").format(
                    what=plan.what, field=each.to[:40], known=", ".join(known)
                )
            )


def _faults(plan: FilePlan) -> Iterator[str]:
    """What is wrong with the mapping in itself."""
    for key, value, allowed in (
        ("format", plan.format, FORMATS),
        ("encoding", plan.encoding, ENCODINGS),
        ("decimal", plan.decimal, DECIMALS),
        ("line_end", plan.line_end, LINE_ENDS),
    ):
        if value not in allowed:
            yield _("{key}: {value} is unknown; use {known}").format(
                key=key, value=value[:40], known=", ".join(allowed)
            )
    if plan.separator not in ("auto", "tab") and (len(plan.separator) != 1 or plan.separator in '\r\n"'):
        yield _("separator: write one character, tab or auto")
    if len(plan.quote) > 1 or plan.quote in ("\r", "\n") or (plan.quote and plan.quote == separator_of(plan)):
        yield _("quote: write one character that is not the separator, or nothing")
    if not 0 <= plan.skip_rows <= MAX_SKIPPED:
        yield _("skip_rows: 0 to {most}").format(most=MAX_SKIPPED)
    if not is_date_pattern(plan.date):
        yield _bad_date("date", plan.date)
    if len(plan.fields) > MAX_FIELDS:
        yield _("fields: {most} at most").format(most=MAX_FIELDS)
    if plan.format == "fixed" and not plan.fields:
        yield _("fields: a file of fixed width needs at and width of each field")
    names = [each.to for each in plan.fields]
    for number, each in enumerate(plan.fields, 1):
        if names.index(each.to) != number - 1:
            yield _("field {number}: {field} is filled twice").format(number=number, field=each.to[:40])
        place = _("field {number}").format(number=number)
        yield from (f"{place}: {fault}" for fault in _field_faults(plan, each))


def _field_faults(plan: FilePlan, each: FieldPlan) -> Iterator[str]:
    yield from _place_faults(plan, each)
    if max(map(len, (each.source, each.value or "", each.empty))) > MAX_TEXT:
        yield _("at most {most} characters").format(most=MAX_TEXT)
    if each.decimal and each.decimal not in DECIMALS:
        yield _("{key}: {value} is unknown; use {known}").format(
            key="decimal", value=each.decimal[:40], known=", ".join(DECIMALS)
        )
    if each.date and not is_date_pattern(each.date):
        yield _bad_date("date", each.date)
    if bool(each.yes) != bool(each.no):
        yield _("say the words for both yes and no")
    if set(each.yes) & set(each.no):
        yield _("a word cannot be both yes and no")
    if len(each.table) > MAX_TABLE:
        yield _("table: {most} entries at most").format(most=MAX_TABLE)
    if not 0 <= each.digits <= MAX_TEXT or (each.digits and each.drop_zeros):
        yield _("digits fills up with zeros and drop_zeros takes them away; use one of them, with at most 200 digits")


def _place_faults(plan: FilePlan, each: FieldPlan) -> Iterator[str]:
    places = [bool(each.source), bool(each.column), bool(each.at or each.width), each.value is not None]
    if places.count(True) != 1:
        yield _("say where it comes from: one of from, column, at with width, or value")
    if (each.at or each.width) and not (
        plan.format == "fixed" and 1 <= each.at <= MAX_WIDTH and 1 <= each.width <= MAX_WIDTH
    ):
        yield _("at and width are for files of fixed width and go from 1 to {most}").format(most=MAX_WIDTH)
    if plan.format == "fixed" and not each.width and each.value is None:
        yield _("a field of a file of fixed width needs at and width")
    if each.column and (plan.format in ("json", "xml", "fixed") or not 1 <= each.column <= MAX_COLUMN):
        yield _("column counts the columns of CSV and XLSX files from 1")
    if each.source and plan.format in ("csv", "xlsx") and not plan.header:
        yield _("a file without a header has no headings; say column instead of from")


def is_date_pattern(text: str) -> bool:
    """Whether it says how days are written: DD, MM and YYYY or YY once each, with anything but digits between."""
    left = text
    for part in ("YYYY" if "YYYY" in text else "YY", "MM", "DD"):
        if left.count(part) != 1:
            return False
        left = left.replace(part, "")
    return len(left) <= 8 and not any(character.isalnum() for character in left)


def _bad_date(key: str, value: str) -> str:
    return _("{key}: {value} is no way to write days; use DD, MM and YYYY (or YY), as in DD.MM.YYYY").format(
        key=key, value=value[:40]
    )
