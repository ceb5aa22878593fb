"""Rows out of JSON and XML, entry by entry. Pure, but for the parser of XML.

JSON: a list of objects, at the top or at the path ``rows`` (``shop.articles``); with an empty path the first list of a
top-level object is taken. A field's path goes by names (``price.gross``) and numbers from 0. XML: every element at the
path ``rows`` from the root (``shop/article``) is an entry; an empty path takes the root's children. A field's path
names elements (``price``), an attribute last (``price/@currency``, ``@id``). Namespaces are left aside; document types
with entities are refused (defusedxml), since they can blow up a small file.

JSON is decoded one entry after the other, and of XML only the entry at hand is kept, so memory is the file's size.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from app.office.mapping.convert import Typed
from app.office.mapping.delimited import NoRows, SourceRow
from app.office.mapping.plan import FilePlan
from app.office.rows import MAX_LINES, BadRow

MAX_DEPTH = 30
_BLANKS = " \t\n\r"


class JsonEntries:
    """A JSON text; ``headings`` are the names of its first entry."""

    def __init__(self, text: str, plan: FilePlan) -> None:
        self._text = text
        self._place = self._first(plan.rows)
        self.headings: Sequence[str] = ()
        for _line, entry in self.entries():
            self.headings = tuple(_names(entry)) if isinstance(entry, dict) else ()
            break

    def rows(self, plan: FilePlan) -> Iterator[SourceRow]:
        """Each entry with the texts of the plan's fields; a name that is missing is None."""
        paths = [each.source.split(".") if each.source else None for each in plan.fields]
        for line, entry in self.entries():
            if not isinstance(entry, dict):
                yield line, BadRow("entry_is_none")
                continue
            try:
                yield line, [None if path is None else cell(_at(entry, path), path[-1]) for path in paths]
            except BadRow as bad:
                yield line, bad

    def entries(self) -> Iterator[tuple[int, Any]]:
        """Each entry as JSON has it, with the line where it begins. ``NoRows`` where the text is no JSON."""
        place, line, counted, number = self._place, 1, 0, 0
        while True:
            place = self._after(place)
            if self._text[place : place + 1] == "]":
                return
            line += self._text.count("\n", counted, place)
            counted, number = place, number + 1
            if number > MAX_LINES:
                raise NoRows(BadRow("too_many_rows", limit=str(MAX_LINES)), line)
            value, place = self._read(place)
            yield line, value
            place = self._after(place)
            if self._text[place : place + 1] == ",":
                place += 1
            elif self._text[place : place + 1] != "]":
                raise self._broken(place, "expected , or ]")

    def _first(self, path: str) -> int:
        """Where the first entry of the list at the path begins."""
        place = self._after(0)
        for name in path.split(".") if path else ():
            place = self._value_of(place, name, path)
        if not path and self._text[place : place + 1] == "{":
            place = self._value_of(place, None, path)
        if self._text[place : place + 1] != "[":
            if not self._text.strip():
                raise NoRows(BadRow("empty"))
            self._read(place)
            raise NoRows(BadRow("no_rows", path=path or "[…]"), self._line(place))
        return place + 1

    def _value_of(self, place: int, name: str | None, path: str) -> int:
        """Where the value of that name begins in the object here; without a name that of the first list."""
        if self._text[place : place + 1] != "{":
            raise NoRows(BadRow("no_rows", path=path), self._line(place))
        place = self._after(place + 1)
        while self._text[place : place + 1] == '"':
            found, place = self._read(place)
            place = self._after(place)
            if self._text[place : place + 1] != ":":
                raise self._broken(place, "expected :")
            place = self._after(place + 1)
            if found == name or (name is None and self._text[place : place + 1] == "["):
                return place
            place = self._after(self._read(place)[1])
            if self._text[place : place + 1] == ",":
                place = self._after(place + 1)
        raise NoRows(BadRow("no_rows", path=path or "[…]"), self._line(place))

    def _read(self, place: int) -> tuple[Any, int]:
        try:
            return _DECODER.raw_decode(self._text, place)
        except json.JSONDecodeError as error:
            raise self._broken(error.pos, error.msg) from None
        except RecursionError:
            raise self._broken(place, "nested too deeply") from None

    def _broken(self, place: int, detail: str) -> NoRows:
        return NoRows(BadRow("no_json", detail=detail), self._line(place))

    def _after(self, place: int) -> int:
        while self._text[place : place + 1] and self._text[place] in _BLANKS:
            place += 1
        return place

    def _line(self, place: int) -> int:
        return self._text.count("\n", 0, place) + 1


_DECODER = json.JSONDecoder(parse_float=Typed, parse_int=Typed)


def cell(value: Any, name: str) -> str | None:
    """A value of JSON as text: lists of texts with ``|`` between them. ``BadRow`` for what is no single value."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return Typed("yes" if value else "no")
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "|".join(value)
    if isinstance(value, float):
        raise BadRow("entry_is_list", column=name)  # NaN and Infinity; other numbers are ``Typed``
    raise BadRow("entry_is_list", column=name)


def _at(entry: Any, path: Sequence[str]) -> Any:
    for name in path:
        if isinstance(entry, dict):
            entry = entry.get(name)
        elif isinstance(entry, list) and name.isdigit() and int(name[:6]) < len(entry):
            entry = entry[int(name[:6])]
        else:
            return None
    return entry


def _names(entry: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in entry.items():
        if isinstance(value, dict) and before.count(".") < MAX_DEPTH:
            yield from _names(value, f"{before}{name}.")
        else:
            yield before + name


class XmlEntries:
    """An XML file. Text has no encoding any more; of bytes the file's own declaration counts."""

    def __init__(self, source: str | bytes, plan: FilePlan) -> None:
        self._source = source
        self._path = tuple(name for name in plan.rows.split("/") if name)
        self.headings: Sequence[str] = ()
        for _line, entry in self.entries():
            self.headings = tuple(entry)
            break

    def rows(self, plan: FilePlan) -> Iterator[SourceRow]:
        """Each entry with the texts of the plan's fields; an element that is missing is None."""
        any_there = False
        for line, entry in self.entries():
            any_there = True
            yield line, [entry.get(each.source) if each.source else None for each in plan.fields]
        if not any_there and self._path:
            raise NoRows(BadRow("no_rows", path="/".join(self._path)))

    def entries(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Text by path of each entry, with its line. ``NoRows`` where the file is no XML."""
        try:
            from defusedxml.common import DefusedXmlException
            from defusedxml.ElementTree import ParseError, XMLParser
        except ImportError:
            raise NoRows(BadRow("no_extra", format="XML")) from None
        target = _Entries(self._path)
        parser = XMLParser(target=target)
        target.parser = parser.parser
        count = 0
        try:
            for start in range(0, len(self._source), PIECE):
                parser.feed(self._source[start : start + PIECE])
                while target.ready:
                    count += len(target.ready)
                    if count > MAX_LINES:
                        raise NoRows(BadRow("too_many_rows", limit=str(MAX_LINES)))
                    ready, target.ready = target.ready, []
                    yield from ready
            parser.close()
        except ParseError as error:
            raise NoRows(BadRow("no_xml", detail=error.msg), error.position[0]) from None
        except DefusedXmlException:
            raise NoRows(BadRow("xml_entities")) from None
        except (ValueError, LookupError) as error:
            raise NoRows(BadRow("no_xml", detail=str(error)[:100])) from None
        yield from target.ready


PIECE = 64 * 1024


class _Entries:
    """Collects the entries as the parser goes; of everything else nothing is kept."""

    def __init__(self, path: Sequence[str]) -> None:
        self.parser: Any = None
        self.ready: list[tuple[int, dict[str, str]]] = []
        self._path = tuple(path)
        self._open: list[str] = []
        self._entry: dict[str, str] | None = None
        self._depth = 0
        self._line = 0
        self._text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if len(self._open) >= MAX_DEPTH:
            raise ValueError("nested too deeply")
        self._open.append(_local(tag))
        if self._entry is None and self._is_entry():
            self._entry, self._depth, self._line = {}, len(self._open), self.parser.CurrentLineNumber
        if self._entry is not None:
            for name, value in attributes.items():
                self._put(self._here(f"@{_local(name)}"), value)
        self._text = []

    def data(self, text: str) -> None:
        """Text."""
        if self._entry is not None:
            self._text.append(text)

    def end(self, _tag: str) -> None:
        """An element ends."""
        if self._entry is not None:
            if len(self._open) > self._depth:
                text = "".join(self._text)
                if text.strip() or self._here() not in self._entry:
                    self._put(self._here(), text)
            else:
                self.ready.append((self._line, self._entry))
                self._entry = None
        self._text = []
        self._open.pop()

    def close(self) -> None:
        """The file ends."""

    def _is_entry(self) -> bool:
        if not self._path:
            return len(self._open) == 2
        return tuple(self._open[1:]) == self._path or tuple(self._open) == self._path

    def _here(self, last: str = "") -> str:
        return "/".join([*self._open[self._depth :], *([last] if last else [])])

    def _put(self, path: str, text: str) -> None:
        assert self._entry is not None
        # Elements of one name are a list, as barcodes are.
        before = self._entry.get(path)
        self._entry[path] = f"{before}|{text.strip()}" if before else text


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
