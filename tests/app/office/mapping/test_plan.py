"""Mappings as files: read strictly, with a sentence for what is wrong, and written as they are read."""

from __future__ import annotations

import msgspec
import pytest

from app import text
from app.office.mapping.plan import FieldPlan, FilePlan, MappingFault, check_for, read_plan, write_plan

FIELD = '[[fields]]\nto = "name"\n'


def test_what_is_written_is_read_again() -> None:
    plan = FilePlan(
        "articles", "csv", "cp850", separator="tab", skip_rows=2, decimal=",", date="DD.MM.YY",
        fields=(
            FieldPlan("ident_no", source='Art "Nr"', drop_zeros=True),
            FieldPlan("price", column=3, decimal="minor", empty="0"),
            FieldPlan("open_price", source="frei", yes=("J", "ja"), no=("N",)),
            FieldPlan("vat_key", source="MwSt", table={"A": "1", "*": "2"}),
            FieldPlan("unit", value="kg"),
        ),
    )  # fmt: skip
    assert read_plan(write_plan(plan)) == plan
    assert read_plan(write_plan(FilePlan("prices"))) == FilePlan("prices")


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("what = ", "no TOML"),
        ("", "what"),
        ('what = "articles"\ncolour = "red"', "colour"),
        ('what = "articles"\nskip_rows = "2"', "skip_rows"),
        ('what = "articles"\nformat = "dbf"', "format: dbf is unknown; use csv, fixed, json, xml, xlsx"),
        ('what = "articles"\nseparator = ";;"', "separator"),
        ('what = "articles"\nseparator = "\'"\nquote = "\'"', "quote"),
        ('what = "articles"\ndate = "TT.MM.JJJJ"', "date: TT.MM.JJJJ"),
        ('what = "articles"\nformat = "fixed"', "at and width of each field"),
        ('what = "articles"\n' + FIELD, "field 1: say where it comes from"),
        ('what = "articles"\n' + FIELD + 'from = "a"\ncolumn = 2', "field 1: say where it comes from"),
        ('what = "articles"\n' + FIELD + "at = 1\nwidth = 3", "fixed width"),
        ('what = "articles"\nheader = false\n' + FIELD + 'from = "a"', "without a header"),
        ('what = "articles"\n' + FIELD + 'from = "a"\n' + FIELD + 'from = "b"', "field 2: name is filled twice"),
        ('what = "articles"\n' + FIELD + 'from = "a"\nyes = ["1"]', "both yes and no"),
        ('what = "articles"\n' + FIELD + 'from = "a"\ndigits = 4\ndrop_zeros = true', "one of them"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_where_and_what_to_do(toml: str, told: str) -> None:
    text.use("en")
    with pytest.raises(MappingFault) as refused:
        read_plan(toml)
    assert told in str(refused.value)


def test_a_field_that_the_kind_does_not_have_is_told() -> None:
    plan = FilePlan("articles", fields=(FieldPlan("colour", source="Farbe"),))
    with pytest.raises(MappingFault, match="colour"):
        check_for(plan, ("ident_no", "name"))
    check_for(msgspec.structs.replace(plan, fields=(FieldPlan("value.no", source="Nr"),)), ("key",), open_names=True)
