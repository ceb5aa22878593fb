"""Settings out of a JSON file, as facts, and back: the values of reference data by subject.

    {"tender": [{"tender": "card", "name": "Karte", "kind": "card"}], "promotion": [...]}

An export is a list, ``[{"subject": "tender", "key": "card", "value": {...}}, …]``, and is read as well.
A bad value is a fault with the line where it begins and its place (``promotion 3``). Pure: text in, facts and
faults out.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from app.domain.reference import SUBJECTS, Keyed, Reference, ReferenceFault, value_of
from app.domain.settings import RangesOverlap, check_among
from app.facts.master import ReferenceSet
from app.office.rows import BadRow, Rows
from app.text import mark

NO_JSON = mark("this is no JSON: {detail}")
NO_SUBJECTS = mark('the file must hold one object like {{"tender": [...], "promotion": [...]}}')
UNKNOWN_SUBJECT = mark("{subject}: there is no such setting; known are {known}")
NO_LIST = mark("{subject}: the values must be a list")
BAD_VALUE = mark("{subject} {number}: {detail}")
TWICE = mark("{subject} {number}: {key} stands in the file already")
OVERLAPS = mark("{subject} {number}: its numbers overlap the range {other}")


COLUMNS = ("subject", "key", "value", "number")


class Fault(NamedTuple):
    """Why a value is not taken over; ``reason`` is marked, ``values`` fill it."""

    line: int
    reason: str
    values: dict[str, str]


class SettingsRead(NamedTuple):
    """The facts of the good values, in the order of the file, and the faults of the others."""

    facts: tuple[ReferenceSet, ...]
    faults: tuple[Fault, ...]


class _BadValue(ValueError):
    """An entry that is not taken over."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


def read_settings(text: str, known: Reference) -> SettingsRead:
    """Values of a JSON file; number ranges must overlap neither each other nor the ``known`` ones."""
    fault = _fault_of_file(text)
    if fault is not None:
        return SettingsRead((), (fault,))
    return _read(((line, subject, number, raw, None) for line, subject, number, raw in _entries(text)), known)


def read_setting_rows(rows: Iterable[tuple[int, Mapping[str, str] | BadRow]], known: Reference) -> SettingsRead:
    """Values of rows: ``subject``, and either ``value`` (JSON) or ``value.NAME`` for each of the value's own fields.

    What a row of fields says nothing about stays as it is known; an empty text is the field's default.
    """
    return _read(((line, *_entry(row, number)) for number, (line, row) in enumerate(rows, 1)), known)


def rows_of(text: str) -> Rows:
    """A JSON file as ``read_setting_rows`` takes it; ``number`` is the place in its list, 0 where there is none."""
    fault = _fault_of_file(text)
    if fault is not None:
        return Rows(COLUMNS, [(fault.line, BadRow("no_json", detail=fault.reason.format_map(fault.values)))])
    return Rows(
        COLUMNS,
        (
            (line, {"subject": subject, "number": str(number), "value": _json_of(raw)})
            for line, subject, number, raw in _entries(text)
        ),
    )


def _json_of(raw: Any) -> str:
    """A value as JSON; in a table of other programs' making it is that already."""
    return raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)


def _entry(row: Mapping[str, str] | BadRow, number: int) -> tuple[str, int, Any, Mapping[str, str] | None]:
    """Subject, number, raw value, or the texts of the fields that it is made of."""
    if isinstance(row, BadRow):
        return "?", number, None, None
    subject = row.get("subject", "")
    fields = {name.removeprefix("value."): text for name, text in row.items() if name.startswith("value.")}
    if fields:
        return subject, number, None, fields
    try:
        return subject, int(row.get("number", number)), json.loads(row.get("value", "")), None
    except (ValueError, RecursionError):
        return subject, number, None, None


def _read(entries: Iterable[tuple[int, str, int, Any, Mapping[str, str] | None]], known: Reference) -> SettingsRead:
    facts: list[ReferenceSet] = []
    faults: list[Fault] = []
    values: dict[str, dict[str, Any]] = {}
    for subject, key, value in known:
        values.setdefault(subject, {})[key] = value
    seen: set[tuple[str, str]] = set()
    for line, subject, number, entry, fields in entries:
        try:
            raw = entry if fields is None else _made_of(subject, fields, values.get(subject, {}))
            value = _value(subject, number, raw, Reference("", values), seen)
        except _BadValue as bad:
            faults.append(Fault(line, bad.reason, {"subject": subject[:40], "number": str(number), **bad.values}))
            continue
        facts.append(ReferenceSet(subject=subject, key=value.key, value=raw))
        values.setdefault(subject, {})[value.key] = value
        seen.add((subject, value.key))
    return SettingsRead(tuple(facts), tuple(faults))


def _fault_of_file(text: str) -> Fault | None:
    """Why there is nothing to read at all."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        return Fault(error.lineno, NO_JSON, {"detail": error.msg})
    except RecursionError:
        return Fault(1, NO_JSON, {"detail": "nested too deeply"})
    return None if isinstance(whole, dict | list) else Fault(1, NO_SUBJECTS, {})


def _value(subject: str, number: int, raw: Any, known: Reference, seen: Collection[tuple[str, str]]) -> Keyed:
    """The entry's typed value; ``_BadValue`` if it cannot be set beside the ``known`` ones."""
    if subject not in SUBJECTS:
        raise _BadValue(UNKNOWN_SUBJECT, known=", ".join(SUBJECTS))
    if number == 0:
        raise _BadValue(NO_LIST)
    if not isinstance(raw, dict):
        raise _BadValue(BAD_VALUE, detail="no object")
    try:
        value = value_of(subject, raw)
        check_among(value, known)
    except ReferenceFault as fault:
        raise _BadValue(BAD_VALUE, detail=str(fault).removeprefix(f"{subject}: ")) from None
    except RangesOverlap as overlap:
        raise _BadValue(OVERLAPS, other=overlap.other) from None
    if (subject, value.key) in seen:
        raise _BadValue(TWICE, key=value.key)
    return value


def _made_of(subject: str, fields: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """The value whose fields these texts are, over what is known of it."""
    kind = SUBJECTS.get(subject)
    if kind is None:
        raise _BadValue(UNKNOWN_SUBJECT, known=", ".join(SUBJECTS))
    try:
        raw = {name: _typed(text) for name, text in fields.items() if text}
        # Keys are texts that their fields make, so a value has to be read before the one it replaces is known.
        value = msgspec.convert(raw, kind, strict=False)
        before = msgspec.to_builtins(known[value.key]) if value.key in known else {}
        left = {name: cell for name, cell in before.items() if name not in fields}
        made: dict[str, Any] = left | msgspec.to_builtins(value)
    except (msgspec.ValidationError, ValueError) as error:
        raise _BadValue(BAD_VALUE, detail=str(error)) from None
    return made


def _typed(text: str) -> Any:
    """A cell: JSON where it is a list or an object, yes and no as truth values where the field is one."""
    return json.loads(text) if text[:1] in "[{" else {"yes": "true", "no": "false"}.get(text, text)


def written(known: Reference) -> list[dict[str, Any]]:
    """All values, as ``read_settings`` reads them."""
    return [{"subject": subject, "key": key, "value": msgspec.to_builtins(value)} for subject, key, value in known]


def _entries(text: str) -> Iterator[tuple[int, str, int, Any]]:
    """Line, subject, number (from 1; 0: the subject has no list) and value of each entry of the whole text."""
    read = json.JSONDecoder().raw_decode
    begin = _after(text, 0)
    place = _after(text, begin + 1)
    if text[begin] == "[":
        for line, number, value in _listed(text, place):
            named = value if isinstance(value, dict) else {}
            yield line, str(named.get("subject", "?")), number, named.get("value")
        return
    while text[place] != "}":
        subject, place = read(text, place)
        place = _after(text, _after(text, place) + 1)
        if text[place] != "[":
            yield _line(text, place), subject, 0, None
            _, place = read(text, place)
        else:
            begun = place
            _, place = read(text, place)
            for line, number, value in _listed(text, _after(text, begun + 1)):
                yield line, subject, number, value
        place = _over_comma(text, place)


def _listed(text: str, place: int) -> Iterator[tuple[int, int, Any]]:
    """Line, number and value of each entry of the list whose first entry is here."""
    read, number = json.JSONDecoder().raw_decode, 0
    while text[place] != "]":
        begun, number = place, number + 1
        value, place = read(text, place)
        yield _line(text, begun), number, value
        place = _over_comma(text, place)


def _over_comma(text: str, place: int) -> int:
    place = _after(text, place)
    return _after(text, place + 1) if text[place] == "," else place


def _after(text: str, place: int) -> int:
    """The first place from here on that is no blank."""
    while text[place] in " \t\r\n":
        place += 1
    return place


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
