"""Files of other programs, row by row: every format says the same, and every fault its line, column and reason."""

from __future__ import annotations

import io

import openpyxl
import pytest

from app import text
from app.office.mapping.plan import FilePlan, read_plan
from app.office.mapping.reading import Unreadable, format_of, opened
from app.office.rows import BadRow, Fault, reason

KNOWN = ("ident_no", "barcode", "name", "price", "vat_key", "open_price", "age_limit")
WANTED = [
    {"ident_no": "7", "name": "Leine, rot", "price": "1234.56", "vat_key": "1", "open_price": "yes"},
    {"ident_no": "12", "name": "Möhre", "price": "0.99", "vat_key": "2", "open_price": "no"},
]


@pytest.fixture(autouse=True)
def _english() -> None:
    text.use("en")


FIELDS = """
[[fields]]
to = "ident_no"
%s
drop_zeros = true
[[fields]]
to = "name"
%s
[[fields]]
to = "price"
%s
decimal = "%s"
[[fields]]
to = "vat_key"
%s
table = { A = "1", "*" = "2" }
[[fields]]
to = "open_price"
%s
yes = ["J"]
no = ["N", ""]
empty = "no"
"""


def plan(head: str, *places: str, decimal: str = ",") -> FilePlan:
    ident, name, price, vat, free = places
    return read_plan('what = "articles"\n' + head + FIELDS % (ident, name, price, decimal, vat, free))


def named(*names: str) -> list[str]:
    return [f'from = "{name}"' for name in names]


HEADINGS = ("Nr", "Bezeichnung", "VK", "MwSt", "frei")


def rows_of(data: bytes, mapping: FilePlan, encoding: str = "") -> list[dict[str, str]]:
    found = []
    for line, row in opened(data, mapping, KNOWN, "EUR", encoding).rows.rows:
        assert not isinstance(row, BadRow), (line, row.code, row.values)
        found.append(dict(row))
    return found


def faults_of(data: bytes, mapping: FilePlan) -> list[tuple[int, str]]:
    found = opened(data, mapping, KNOWN, "EUR").rows.rows
    return [(line, reason(Fault(line, row.code, row.values), str)) for line, row in found if isinstance(row, BadRow)]


CSV = 'Export vom 1.1.\nNr;Bezeichnung;VK;MwSt;frei\n0007;"Leine, rot";1.234,56;A;J\n0012;Möhre;0,99;B;\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp850"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_table_with_separators_in_every_encoding(encoding: str, newline: str) -> None:
    data = CSV.replace("\n", newline).encode(encoding)
    assert rows_of(data, plan("skip_rows = 1", *named(*HEADINGS))) == WANTED


def test_any_separator_any_quote_and_no_header() -> None:
    data = "0007#'Leine, rot'#1.234,56#A#J\n0012#'Möhre'#,99#B#N\n".encode()
    mapping = plan('separator = "#"\nquote = "\'"\nheader = false', *(f"column = {number}" for number in range(1, 6)))
    assert rows_of(data, mapping) == WANTED


def test_fixed_width() -> None:
    data = "0007Leine, rot0123456AJ\n0012Möhre     0000099B \n".encode("cp850")
    mapping = plan(
        'format = "fixed"\nheader = false', "at = 1\nwidth = 4", "at = 5\nwidth = 10", "at = 15\nwidth = 7",
        "at = 22\nwidth = 1", "at = 23\nwidth = 1", decimal="minor",
    )  # fmt: skip
    assert rows_of(data, mapping) == WANTED


def test_json_by_paths() -> None:
    data = b"""{"of": "2026-11-22", "shop": {"articles": [
      {"no": "0007", "name": "Leine, rot", "price": {"gross": 1234.56}, "vat": "A", "free": true},
      {"no": "0012", "name": "M\\u00f6hre", "price": {"gross": 0.99}, "vat": "B", "free": false}
    ]}}"""
    mapping = plan('format = "json"\nrows = "shop.articles"', *named("no", "name", "price.gross", "vat", "free"))
    assert rows_of(data, mapping) == WANTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_xml_by_paths(encoding: str) -> None:
    data = f"""<?xml version="1.0" encoding="{encoding}"?>
    <shop xmlns="urn:x"><of>today</of><articles>
      <article no="0007"><name>Leine, <![CDATA[rot]]></name><price cur="EUR" vat="A">1234,56</price><f>J</f></article>
      <article no="0012"><name>Möhre</name><price vat="B">0,99</price><f/></article>
    </articles></shop>""".encode(encoding)
    mapping = plan('format = "xml"\nrows = "articles/article"', *named("@no", "name", "price", "price/@vat", "f"))
    assert rows_of(data, mapping) == WANTED


def test_a_workbook_has_numbers_that_no_sign_confuses() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Artikel").append(list(HEADINGS))
    book["Artikel"].append([7, "Leine, rot", 1234.56, "A", True])
    book["Artikel"].append(["0012", "Möhre", 0.99, "B", None])
    out = io.BytesIO()
    book.save(out)
    book.close()
    assert rows_of(out.getvalue(), plan('format = "xlsx"\nsheet = "Artikel"', *named(*HEADINGS))) == WANTED


def test_without_a_mapping_columns_have_our_names_and_others_are_told() -> None:
    found = opened(b"price;colour;IDENT_NO\n1.234,56;red;7\n", FilePlan("articles"), KNOWN, "EUR")
    assert list(found.rows.rows) == [(2, {"ident_no": "7", "price": "1234.56"})]
    assert found.passed_over == ("colour",)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("7;x;1,234.56;A;J", "column VK: 1,234.56 is no amount with a decimal comma; correct it, or the decimal sign"),
        ("7;x;12.3.4;A;J", "column VK: 12.3.4 is no amount with a decimal comma"),
        ("7;x;1;A;vielleicht", "column frei: vielleicht is neither yes (J) nor no (N, )"),
        ("7;x;1;A", "the line has 4 fields, the header has 5"),
        ('7;"x;1;A;J', "the line cannot be taken apart"),
    ],
)
def test_a_bad_line_is_told_with_column_and_reason(line: str, told: str) -> None:
    data = f"Nr;Bezeichnung;VK;MwSt;frei\n1;gut;1,00;A;J\n{line}\n".encode()
    ((number, said),) = faults_of(data, plan("", *named(*HEADINGS)))
    assert number == 3
    assert told in said


@pytest.mark.parametrize(
    ("data", "head", "told"),
    [
        (b"", "", "line 1: the file has no header line"),
        (b"a;b\n", "", "line 1: the file has no column Nr; it has a, b"),
        (b"Nr;Nr;Bezeichnung;VK;MwSt;frei\n", "", "Nr twice"),
        ("Nr;Bezeichnung;VK;MwSt;frei\n1;Möhre".encode("cp1252"), 'encoding = "utf-8"',
         "line 2, column 4: byte 0xF6 is no UTF-8; it looks like Windows-1252: state the encoding cp1252"),
        (b'{"a": [1', 'format = "json"\nrows = "b"', "this is no JSON"),
        (b'{"a": [1]}', 'format = "json"\nrows = "b"', "no entries at b"),
        (b"<a><b>", 'format = "xml"', "line 1: this is no XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a><b>&b;</b></a>', 'format = "xml"', "entities of its own"),
        (b"PK\3\4 broken", 'format = "xlsx"', "no XLSX workbook"),
    ],
)  # fmt: skip
def test_a_file_that_is_something_else_is_told_in_a_sentence(data: bytes, head: str, told: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rows_of(data, plan(head, *named(*HEADINGS)))
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.csv", b"[1]", "csv"),
        ("a.JSON", b"", "json"),
        ("settings.txt", b'\xef\xbb\xbf {"tender": []}', "json"),
        ("settings", b"[]", "json"),
        ("a.txt", b"<articles>", "xml"),
        ("a.dat", b"PK\x03\x04", "xlsx"),
        ("a.txt", b"Price;Name", "csv"),
        ("a", b"", "csv"),
    ],
)
def test_a_file_whose_name_does_not_say_it_is_what_it_begins_as(name: str, data: bytes, found: str) -> None:
    assert format_of(name, data) == found
