"""GS1 element strings, against an independent reader of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from biip.gs1_messages import GS1Message
from hypothesis import given
from hypothesis import strategies as st

from app.domain import codes
from app.domain.element_string import Elements, WrongCheckDigit, read

EAN = "4006381333931"


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        (f"010{EAN}", Elements(EAN)),
        (f"010{EAN}10AB-7", Elements(EAN)),
        (f"10AB-7\x1d010{EAN}", Elements(EAN)),
        (f"\x1d010{EAN}1727123110X\x1d21S", Elements(EAN)),
        (f"010{EAN}3103001250", Elements(EAN, weight_milli=1250)),
        (f"010{EAN}3100000002", Elements(EAN, weight_milli=2000)),
        (f"010{EAN}3105012345", Elements(EAN, weight_milli=123)),
        (f"010{EAN}39220499\x1d3103000250", Elements(EAN, weight_milli=250, price_minor=499)),
        (f"010{EAN}39205", Elements(EAN, price_minor=500)),
        (f"010{EAN}3012", Elements(EAN, count=12)),
        ("0100000073513537", Elements("73513537")),
        ("0100036000291452", Elements("0036000291452")),
        ("0114006381333938", Elements("14006381333938")),
        (f"010{EAN}3922x", Elements(EAN)),
    ],
)
def test_what_an_element_string_says(text: str, elements: Elements) -> None:
    assert read(text) == elements


@pytest.mark.parametrize(
    "text",
    [
        EAN,
        "",
        "01",
        "0104006381333932",
        "01040063813339",
        f"010{EAN}310300125",
        f"010{EAN}XY",
        "10AB-7\x1d21S",
        "0140063813339310",
        "\x1d",
        f"020{EAN}3710",
        "01٠٠٠٠٠٠٠٠٠٠٠٠٠٠",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert read(text) is None


def test_a_misread_article_is_told_where_it_can_be_nothing_else() -> None:
    with pytest.raises(WrongCheckDigit):
        read("0104006381333932\x1d10AB")


def test_a_currency_without_cents_is_counted_whole() -> None:
    assert read(f"010{EAN}3920500", minor_digits=0) == Elements(EAN, price_minor=500)


value = st.text("ABCXYZ0123456789-", min_size=1, max_size=12)


@given(
    st.text("0123456789", min_size=13, max_size=13),
    st.integers(0, 999_999),
    st.integers(0, 5),
    st.lists(st.tuples(st.sampled_from(["10", "21", "240"]), value), max_size=3, unique_by=lambda pair: pair[0]),
)
def test_the_independent_reader_finds_the_same(
    body: str, weight: int, decimals: int, others: list[tuple[str, str]]
) -> None:
    gtin = body + codes.gtin_check_digit(body)
    text = f"01{gtin}310{decimals}{weight:06d}" + "".join(f"{ai}{held}\x1d" for ai, held in others)
    theirs = {each.ai.ai: each for each in GS1Message.parse(text).element_strings}
    found = read(text)
    assert found is not None
    assert found.gtin.zfill(14) == theirs["01"].value
    weighed = theirs[f"310{decimals}"].decimal
    assert weighed is not None
    assert found.weight_milli == int(weighed * Decimal(1000))
    assert found.price_minor is None


@given(st.text("0123456789AB\x1d", max_size=60))
def test_junk_never_raises_anything_else(text: str) -> None:
    try:
        found = read(text)
    except WrongCheckDigit:
        return
    if found is not None:
        assert not codes.has_wrong_check_digit(found.gtin)
