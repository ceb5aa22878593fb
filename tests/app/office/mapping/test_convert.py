"""Amounts, days and words of other programs, both ways."""

from __future__ import annotations

import codecs
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.money import format_minor
from app.office.mapping import convert
from app.office.mapping.convert import amount, day, reader, writer
from app.office.mapping.encoding import WrongEncoding, decode, found
from app.office.mapping.fields import Sort
from app.office.mapping.plan import DECIMALS, FieldPlan, FilePlan
from app.office.rows import BadRow

MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)


@pytest.mark.parametrize(
    ("text", "decimal", "means"),
    [
        ("1.234,56", "auto", "1234.56"),
        ("1,234.56", "auto", "1234.56"),
        ("1.234.567", "auto", "1234567"),
        ("1'234.50", "auto", "1234.50"),
        ("1 234,5", ",", "1234.5"),
        ("-12,00", "auto", "-12.00"),
        (",5", ",", "0.5"),
        ("1.234", ",", "1234"),
        ("1.234", ".", "1.234"),
        ("1.234,56", ".", None),
        ("1,234.56", ",", None),
        ("12.34.56", ",", None),
        ("1.2345", ",", None),
        ("", "auto", None),
        ("-", "auto", None),
        ("1e3", ".", None),
        ("٣", ".", None),
    ],
)
def test_amounts(text: str, decimal: str, means: str | None) -> None:
    assert amount(text, decimal) == means


@pytest.mark.parametrize("text", ["1.234", "1,234"])
def test_an_amount_that_nobody_can_read_for_certain_is_refused(text: str) -> None:
    plan = FilePlan("articles")
    with pytest.raises(BadRow) as refused:
        reader(FieldPlan("price", source="VK"), plan, Sort.AMOUNT, "EUR", "VK")(text)
    assert refused.value.code == "thousands_or_decimals"
    assert reader(FieldPlan("price", source="VK"), plan, Sort.AMOUNT, "KWD", "VK")(text) == "1.234"


@pytest.mark.parametrize(
    ("text", "pattern", "means"),
    [
        ("31.1.2026", "DD.MM.YYYY", "2026-01-31"),
        ("31.01.26", "DD.MM.YY", "2026-01-31"),
        ("1/31/1999", "MM/DD/YYYY", "1999-01-31"),
        ("20260131", "YYYYMMDD", "2026-01-31"),
        ("31.2.2026", "DD.MM.YYYY", None),
        ("2026-01-31", "DD.MM.YYYY", None),
        ("31x1x2026", "DD.MM.YYYY", None),
    ],
)
def test_days(text: str, pattern: str, means: str | None) -> None:
    assert day(text, pattern) == means


@given(
    minor=st.integers(-(10**9), 10**9),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    decimal=st.sampled_from(DECIMALS),
)
def test_an_amount_is_read_as_it_was_written(minor: int, currency: str, decimal: str) -> None:
    written = format_minor(minor, currency)
    # Whole numbers of another currency's thousands are what nobody can tell.
    each, plan = FieldPlan("price", source="x", decimal=decimal), FilePlan("articles")
    there = writer(each, plan, Sort.AMOUNT, currency)(written)
    assert reader(each, plan, Sort.AMOUNT, currency, "x")(there) == written


@given(
    on=st.dates(date(1970, 1, 1), date(2069, 12, 31)),
    pattern=st.sampled_from(["YYYY-MM-DD", "DD.MM.YYYY", "MM/DD/YY", "YYMMDD", "DD MM YYYY"]),
)
def test_a_day_is_read_as_it_was_written(on: date, pattern: str) -> None:
    each, plan = FieldPlan("due", source="x", date=pattern), FilePlan("orders")
    there = writer(each, plan, Sort.DAY, "EUR")(on.isoformat())
    assert reader(each, plan, Sort.DAY, "EUR", "x")(there) == on.isoformat()


@given(text=st.text(), sort=st.sampled_from(Sort), decimal=st.sampled_from(DECIMALS))
def test_junk_is_converted_or_refused(text: str, sort: Sort, decimal: str) -> None:
    each = FieldPlan("x", source="x", decimal=decimal, yes=("J",), no=("N",))
    try:
        reader(each, FilePlan("articles"), sort, "EUR", "x")(text)
    except BadRow:
        pass


@given(data=st.binary(max_size=200))
def test_any_bytes_have_an_encoding_in_which_they_are_text(data: bytes) -> None:
    try:
        text, used = decode(data)
    except WrongEncoding:
        assert data.startswith(MARKS) or found(data) == "utf-16", "it looks like nothing else"
    else:
        assert used == found(data)
        assert "\r" not in text


@given(words=st.text(st.sampled_from("äöüÄÖÜß ab\n"), min_size=1), page=st.sampled_from(["cp1252", "cp850"]))
def test_german_texts_are_read_in_the_code_page_in_which_they_were_written(words: str, page: str) -> None:
    data = words.encode(page)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        assert decode(data).text == words
    else:
        assume(words.isascii())


def test_every_field_of_ours_has_a_sort_that_can_be_converted() -> None:
    from app.office.files import EXPORTS
    from app.office.mapping.fields import SORTS

    columns = {column for export in EXPORTS.values() for column in export.columns}
    assert set(SORTS) - columns <= {"quantity", "paid", "due"}, "a name that no file has"
    assert convert.Typed("1") == "1"
