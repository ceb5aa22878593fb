from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import text
from app.domain.codes import has_wrong_check_digit
from app.domain.vat_data import GERMAN_RATES
from app.facts.master import ArticleSet
from app.office.importing import REASONS, ArticlesRead, read_articles, read_vat_rates, reason

KEYS = ("0", "1", "2", "3")
HEADER = "ident_no,barcode,name,price,vat_key,article_groups,unit\n"
SAMPLE = Path(__file__).parents[3] / "docs" / "sample"


def read(source: str | bytes) -> ArticlesRead:
    return read_articles(source, currency="EUR", vat_keys=KEYS, known={}.get)


def faults(source: str | bytes) -> list[tuple[int, str]]:
    return [(fault.line, fault.code) for fault in read(source).faults]


def test_an_article_with_everything() -> None:
    found = read(
        "ident_no,barcode,name,price,vat_key,article_groups,unit,open_price,colour\n"
        'A-1,4006381333931|2000000000015 036000291452,"Leine, rot",12.30,19,Hund|Leinen,m,ja,rot\n'
    )
    assert found == ArticlesRead(
        (
            ArticleSet(
                "A-1", "Leine, rot", 1230, "EUR", "1", ("4006381333931", "2000000000015", "036000291452"),
                ("Hund", "Leinen"), "m", open_price=True,
            ),
        ),
        (),
    )  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        HEADER + "1,4006381333931,Futter,4.99,7,,\n",
        (HEADER + "1,4006381333931,Futter,4.99,7,,\n").encode("utf-8-sig"),
        "\ufeff" + HEADER + '1,4006381333931,Futter,"4,99",B,,\n',
        HEADER.replace(",", ";") + "1;4006381333931;Futter;4,99;2;;\r\n",
        HEADER.replace(",", "\t") + "1\t4006381333931\tFutter\t4.99\treduced\t\t\r",
        "PRICE;Name; vat_key ;ident_no;barcode\n\n4,99;Futter;7 %;1;4006381333931\n\n",
    ],
)
def test_the_shapes_in_which_files_come(source: str | bytes) -> None:
    assert read(source) == ArticlesRead((ArticleSet("1", "Futter", 499, "EUR", "2", ("4006381333931",)),), ())


def test_a_spreadsheet_of_windows_is_read() -> None:
    assert read((HEADER + "1,,Möhren,1.00,7,,Stück\n").encode("cp1252")).facts[0].name == "Möhren"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("1,,Futter,4.99,7,", "fields"),
        ("1,,Futter,4,99,7,,", "fields"),
        (",,Futter,4.99,7,,", "ident_missing"),
        ("a b,,Futter,4.99,7,,", "ident_bad"),
        ("1,,,4.99,7,,", "name_bad"),
        (f"1,,{'x' * 101},4.99,7,,", "name_bad"),
        ("1,,Futter,,7,,", "price_missing"),
        ("1,,Futter,viel,7,,", "price_not_a_number"),
        ("1,,Futter,4.999,7,,", "price_too_many_decimals"),
        ("1,,Futter,-1,7,,", "price_negative"),
        ("1,,Futter,99999999,7,,", "price_too_large"),
        ("1,,Futter,4.99,,,", "vat_key_missing"),
        ("1,,Futter,4.99,17,,", "vat_key_unknown"),
        ("1,4006381333932,Futter,4.99,7,,", "wrong_check_digit"),
        ("1,grün,Futter,4.99,7,,", "not_a_code"),
        (f"1,{' '.join(str(n) for n in range(51))},Futter,4.99,7,,", "too_many"),
        ("1,,Futter,4.99,7,a\x07b,", "group_bad"),
        ("1,,Futter,4.99,7,,Achtzehn Zentner", "unit_bad"),
        ('1,,"Futter,4.99,7,,', "broken"),
        ('1,,"Futter"x,4.99,7,,', "broken"),
        ("gut,,Futter,4.99,7,,", "ident_twice"),
        ("2,2000000000015,Futter,4.99,7,,", "barcode_twice"),
    ],
)
def test_a_bad_line_is_named_and_takes_no_other_with_it(line: str, code: str) -> None:
    found = read(HEADER + "gut,2000000000015,Napf,1.00,19,,\n" + line + '\nauch,,"Napf ""groß""",2.00,19,,\n')
    assert [(fault.line, fault.code) for fault in found.faults] == [(3, code)]
    assert [fact.ident_no for fact in found.facts] == ["gut", "auch"]
    for language in text.LANGUAGES:
        text.use(language)
        said = reason(found.faults[0], text.gettext)
        assert said
        assert "{" not in said


def test_a_name_may_go_over_lines_only_where_that_makes_a_row() -> None:
    assert faults(HEADER + '1,,"zwei\nzeilen",1,19,,\n2,,gut,1,19,,\n') == [(2, "name_bad")]
    assert faults(HEADER + '1,,"offen,1,19,,\n2,,"zu",1,19,,\n') == [(2, "broken")]


def test_an_inch_sign_is_no_quote() -> None:
    assert read(HEADER + '1,,Rohr 2" schwarz,1,19,,\n2,,Rohr 3",1,19,,\n').facts[1].name == 'Rohr 3"'


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "empty"),
        ("\n1,2,3\n", "empty"),
        ("ident_no,name,price\n", "no_column"),
        ("ident_no,name,price,vat_key,name\n", "twice_column"),
        (b"\x00\x01\x02", "no_column"),
    ],
)
def test_a_file_without_its_columns(source: str | bytes, code: str) -> None:
    assert faults(source) == [(1, code)]


def test_two_forms_of_one_barcode_are_one() -> None:
    assert faults(HEADER + "1,036000291452,a,1,7,,\n2,0036000291452,b,1,7,,\n") == [(3, "barcode_twice")]


def test_open_price_is_yes_or_no() -> None:
    assert faults("ident_no,name,price,vat_key,open_price\n1,a,0,19,perhaps\n") == [(2, "yes_or_no")]


@given(st.text(max_size=80) | st.binary(max_size=80))
def test_any_file_gives_facts_or_faults(source: str | bytes) -> None:
    for found in (read(source), read(HEADER + source) if isinstance(source, str) else read(HEADER.encode() + source)):
        assert all(fault.line >= 1 and fault.code in REASONS for fault in found.faults)


@given(st.lists(st.text(alphabet="a\n,;1", max_size=12), max_size=6))
def test_every_line_is_a_fact_or_a_fault(lines: list[str]) -> None:
    """Without quotes, inside which a line may end without ending its row."""
    source = "".join(f"{number},,{line},1,7,,\n" for number, line in enumerate(lines))
    found = read(HEADER + source)
    assert len(found.facts) + len(found.faults) == sum(bool(line.strip()) for line in source.split("\n"))


def test_a_quote_that_opens_and_closes_lines_later_is_one_bad_row() -> None:
    assert faults(HEADER + '0,,",1,7,,\n1,,b,1,7,,\n2,,",1,7,,\n3,,c,1,7,,\n') == [(2, "name_bad")]


def test_the_sample_is_good_to_the_last_line() -> None:
    found = read((SAMPLE / "articles.csv").read_bytes())
    assert found.faults == ()
    assert len(found.facts) >= 250
    for fact in found.facts:
        assert fact.barcodes
        assert all(len(code) == 13 and 20 <= int(code[:2]) <= 29 for code in fact.barcodes)
        assert not any(has_wrong_check_digit(code) for code in fact.barcodes)
    assert {fact.vat_key for fact in found.facts} == {"1", "2", "3"}


def test_the_sample_of_vat_rates_is_what_a_network_begins_with() -> None:
    found = read_vat_rates((SAMPLE / "vat_rates.csv").read_bytes())
    assert found.faults == ()
    assert [(fact.vat_key, fact.valid_from, fact.rate_bp) for fact in found.facts] == [tuple(r) for r in GERMAN_RATES]


@pytest.mark.parametrize(
    ("line", "code"),
    [("1,2020-02-30,19", "day_bad"), ("1,2020-01-01,190", "rate_bad"), ("1,2020-01-01,x", "rate_bad"),
     (",2020-01-01,19", "vat_key_unknown"), ("1,2020-01-01", "fields")],
)  # fmt: skip
def test_bad_rates_are_named(line: str, code: str) -> None:
    found = read_vat_rates('vat_key,valid_from,rate\n1,2020-01-01,"8,1 %"\n' + line)
    assert [fact.rate_bp for fact in found.facts] == [810]
    assert [(fault.line, fault.code) for fault in found.faults] == [(3, code)]


def test_the_samples_of_people_name_nobody() -> None:
    with (SAMPLE / "customers.csv").open(encoding="utf-8") as file:
        assert all("erfunden" in row["note"] for row in csv.DictReader(file, delimiter=";"))
    with (SAMPLE / "users.csv").open(encoding="utf-8") as file:
        users = list(csv.DictReader(file, delimiter=";"))
    assert len(users) == 2
    assert not any(user["pin"] for user in users)
