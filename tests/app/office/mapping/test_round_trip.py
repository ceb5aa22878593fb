"""Whatever is written by a mapping is read by it as it was: every format, encoding and way of writing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app import text
from app.domain.money import format_minor, parse_minor
from app.office.mapping.plan import DECIMALS, FieldPlan, FilePlan, checked
from app.office.mapping.reading import opened
from app.office.mapping.writing import Unwritable, written
from app.office.rows import BadRow

FIELDS = ("ident_no", "name", "price", "valid_from", "open_price", "age_limit", "vat_key")
LETTERS = st.characters(codec="cp850", exclude_categories=("C", "Z"), include_characters=" ;,|\"'=#\t")
NAMES = st.text(LETTERS, max_size=12).map(lambda name: " ".join(name.split()))
ROWS = st.lists(
    st.tuples(
        st.from_regex(r"[1-9A-Z][0-9A-Z._/+-]{0,7}", fullmatch=True),
        NAMES,
        st.integers(0, 99_999_999).map(lambda minor: format_minor(minor, "EUR")) | st.just(""),
        st.dates(date(1970, 1, 1), date(2069, 12, 31)).map(date.isoformat) | st.just(""),
        st.sampled_from(["yes", "no"]),
        st.integers(0, 99).map(str),
        st.sampled_from(["1", "2", "0"]),
    ),
    max_size=5,
)
PLANS = st.builds(
    FilePlan,
    what=st.just("articles"),
    format=st.sampled_from(["csv", "fixed", "json", "xml", "xlsx"]),
    encoding=st.sampled_from(["auto", "utf-8", "utf-8-sig", "utf-16", "cp850"]),
    separator=st.sampled_from([",", ";", "tab", "|", "#"]),
    quote=st.sampled_from(['"', "'"]),
    header=st.booleans(),
    skip_rows=st.integers(0, 2),
    decimal=st.sampled_from(DECIMALS),
    date=st.sampled_from(["YYYY-MM-DD", "DD.MM.YYYY", "YYMMDD"]),
    line_end=st.sampled_from(["lf", "crlf"]),
)


def placed(plan: FilePlan, numbered: bool) -> FilePlan:
    """The plan with all fields: by heading, by number, by place."""
    fields, at = [], 1
    for number, name in enumerate(FIELDS, 1):
        table = {"A": "1", "B": "2", "-": "0"} if name == "vat_key" else {}
        words = {"yes": ("Ja", "J"), "no": ("Nein",)} if name == "open_price" else {}
        place: dict[str, object] = {"source": f"Feld_{number}"}
        if plan.format == "fixed":
            place, at = {"at": at, "width": 14}, at + 15
        elif plan.format in ("csv", "xlsx") and (numbered or not plan.header):
            place = {"column": 2 * len(FIELDS) - number}
        elif plan.format == "json":
            place = {"source": f"of.{name}"}
        elif plan.format == "xml":
            place = {"source": f"of/@{name}" if numbered else f"of/{name}"}
        zeros = name == "ident_no" and numbered
        fields.append(FieldPlan(name, table=table, drop_zeros=zeros, **words, **place))  # type: ignore[arg-type]
    return checked(FilePlan(**{**{n: getattr(plan, n) for n in plan.__struct_fields__}, "fields": tuple(fields)}))


def read(data: bytes, plan: FilePlan, encoding: str = "") -> list[tuple[str, ...]]:
    found = []
    for line, row in opened(data, plan, FIELDS, "EUR", encoding).rows.rows:
        assert not isinstance(row, BadRow), (line, row.code, row.values)
        price = row.get("price", "")  # a spreadsheet's 0.1 is 0.10
        whole = {**row, "price": format_minor(parse_minor(price, "EUR"), "EUR") if price else ""}
        found.append(tuple(whole.get(name, "") for name in FIELDS))
    return found


@settings(max_examples=60)
@given(plan=PLANS, numbered=st.booleans(), rows=ROWS)
@example(FilePlan("articles", "xlsx"), False, [("1", "=1+1", "0.10", "2026-11-22", "yes", "0", "1")])
def test_what_is_written_is_read_as_it_was(plan: FilePlan, numbered: bool, rows: list[Sequence[str]]) -> None:
    whole = placed(plan, numbered)
    if plan.format in ("csv", "xlsx") and not rows and not plan.header:
        return  # a file without anything is told as empty
    # An encoding that has no mark of its own is stated, as the mapping does.
    assert read(written(whole, rows, "EUR"), whole) == [tuple(row) for row in rows]


def test_a_workbook_has_numbers_and_days_and_no_formulas() -> None:
    plan = placed(FilePlan("articles", "xlsx"), numbered=False)
    data = written(plan, [("007", "=1+1", "1234.50", "2026-11-22", "yes", "18", "1")], "EUR")
    book = openpyxl.load_workbook(io.BytesIO(data))
    head, row = list(book.active.iter_rows())
    assert [cell.value for cell in head][:2] == ["Feld_1", "Feld_2"]
    assert [cell.value for cell in row][:3] == ["007", "=1+1", 1234.5]
    assert (row[1].data_type, row[3].is_date, row[5].value) == ("s", True, 18)
    book.close()


@pytest.mark.parametrize(
    ("plan", "name", "told"),
    [
        (FilePlan("articles", "fixed"), "x" * 15, "row 1: name xxxxxxxxxxxxxxx does not fit into 14 characters"),
        (FilePlan("articles", encoding="cp850"), "5 €", "line 2: DOS 850 has no character €"),
        (FilePlan("articles", separator=";", quote=""), "a;b", "line 2: a text holds the separator"),
    ],
)
def test_what_does_not_fit_is_told_and_never_cut_off(plan: FilePlan, name: str, told: str) -> None:
    text.use("en")
    whole = placed(plan, numbered=False)
    if plan.format == "fixed":
        whole = checked(FilePlan("articles", "fixed", header=False, fields=whole.fields))
    with pytest.raises(Unwritable) as refused:
        written(whole, [("1", name, "", "", "yes", "0", "1")], "EUR")
    assert told in str(refused.value)


def test_amounts_with_commas_are_separated_by_semicolons() -> None:
    fields = (FieldPlan("ident_no", source="a"), FieldPlan("price", source="b", decimal=","))
    assert written(FilePlan("articles", fields=fields), [("1", "1.50")], "EUR") == b"a;b\n1;1,50\n"


@pytest.mark.parametrize(("form", "names"), [("json", ("a", "a.b")), ("json", ("a", "a")), ("xml", ("a", "VK brutto"))])
def test_a_mapping_that_cannot_be_written_is_told(form: str, names: tuple[str, str]) -> None:
    fields = tuple(FieldPlan(to, source=source) for to, source in zip(FIELDS, names, strict=False))
    with pytest.raises(Unwritable):
        written(FilePlan("articles", form, fields=fields), [("1", "2")], "EUR")
