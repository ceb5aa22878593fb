"""Whatever a file holds, it is rows or one sentence: junk, cut files, flipped bytes."""

from __future__ import annotations

import contextlib
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app import text
from app.office.exchange.packing import unpack
from app.office.exchange.preparing import prepared
from app.office.mapping.plan import FORMATS, FieldPlan, FilePlan, MappingFault, read_plan
from app.office.mapping.reading import Unreadable, sample
from app.office.mapping.writing import written

FIELDS = (
    FieldPlan("ident_no", source="a"),
    FieldPlan("name", source="b"),
    FieldPlan("price", source="c"),
    FieldPlan("vat_key", value="1"),
)
ROWS = [["1", "Möhre", "1.50", "1"], ["2", "x" * 50, "0.99", "1"], ["3", "", "", "1"]]


def plan(form: str) -> FilePlan:
    if form != "fixed":
        return FilePlan("articles", form, fields=FIELDS)
    places = ((1, 5), (6, 60), (66, 10))
    fixed = [FieldPlan(each.to, at=at, width=width) for each, (at, width) in zip(FIELDS, places, strict=False)]
    return FilePlan("articles", form, fields=(*fixed, FIELDS[3]))


@cache
def whole(form: str) -> bytes:
    return written(plan(form), ROWS, "EUR")


def answered(data: bytes, form: str) -> None:
    """Rows, or a sentence; the same for the first rows."""
    for mapping in (plan(form), FilePlan("articles", form)):
        if mapping.fields or form != "fixed":
            with contextlib.suppress(Unreadable):
                ready = prepared(data, "articles", f"x.{form}", "EUR", mapping)
                assert all(isinstance(line, int) for line, _row in unpack(ready.columns, ready.packed).rows)
        with contextlib.suppress(Unreadable):
            sample(data, mapping, 3)


@given(data=st.binary(max_size=300), form=st.sampled_from(FORMATS))
@example(b'{"a": [{"a": NaN, "b": 1e999, "c": "\\ud800"}]}', "json")
@example(b"[" * 100_000, "json")
@example(b"<a>" * 10_000, "xml")
@example(b'<?xml version="1.0" encoding="nonsense"?><a/>', "xml")
@example(b"PK\x05\x06" + bytes(18), "xlsx")
def test_junk_is_answered(data: bytes, form: str) -> None:
    answered(data, form)


@settings(max_examples=40)
@given(where=st.integers(0, 10_000), byte=st.integers(0, 255), cut=st.booleans(), form=st.sampled_from(FORMATS))
def test_a_damaged_file_is_answered(where: int, byte: int, cut: bool, form: str) -> None:
    data = whole(form)
    where %= len(data)
    answered(data[:where] if cut else data[:where] + bytes([byte]) + data[where + 1 :], form)


@given(toml=st.text(max_size=100))
@example("what = 'articles'\nfields = 3")
@example("what = 'articles'\n[[fields]]\nto = 'a'\nfrom = 'a'\ntable = {A = 1}")
def test_any_mapping_is_one_or_told(toml: str) -> None:
    with contextlib.suppress(MappingFault):
        read_plan(toml)


def test_a_stated_encoding_beats_what_xml_declares() -> None:
    data = '<?xml version="1.0" encoding="utf-8"?><x><y><a>7</a><b>Möhre</b><c>1</c></y></x>'.encode("cp850")
    with pytest.raises(Unreadable):
        prepared(data, "articles", "x.xml", "EUR", plan("xml"))
    ready = prepared(data, "articles", "x.xml", "EUR", plan("xml"), "cp850")
    ((line, row),) = unpack(ready.columns, ready.packed).rows
    assert (line, isinstance(row, dict) and row["name"]) == (1, "Möhre")


def test_another_kind_of_file_is_not_told_line_by_line() -> None:
    text.use("en")
    data = b"a;b;c\n" + b"1;x;viel\n" * 6_000
    with pytest.raises(Unreadable, match="line 5002: more than 5000 lines are bad; is this the right file"):
        prepared(data, "articles", "x.csv", "EUR", plan("csv"))


def test_where_a_list_of_json_breaks_off_is_a_bad_line() -> None:
    for mapping in (plan("json"), FilePlan("articles", "json")):
        ready = prepared(b'[{"a": "1"},\n{"a": "2"}\n;', "articles", "x.json", "EUR", mapping)
        assert [line for line, _reason in ready.bad] == [3]
