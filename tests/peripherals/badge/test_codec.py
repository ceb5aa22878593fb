"""The number of a badge, whoever reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peripherals.badge.codec import BadgeCodec, BadgeFormat, Presented, Unreadable, Writing, number_of

HEX, DECIMAL = "04A1B2C3", "0077705923"


@pytest.mark.parametrize(
    ("sent", "form"),
    [
        ("04A1B2C3", BadgeFormat()),
        ("04a1b2c3", BadgeFormat()),
        ("04:A1:B2:C3", BadgeFormat()),
        ("\x0204-A1 B2-C3", BadgeFormat()),
        ("C3B2A104", BadgeFormat(last_byte_first=True)),
        ("77705923", BadgeFormat(sends="decimal", uid_bytes=4)),
        ("0077705923", BadgeFormat(sends="decimal", uid_bytes=4)),
        ("3283263748", BadgeFormat(sends="decimal", uid_bytes=4, last_byte_first=True)),
    ],
)
def test_every_way_of_writing_it_is_one_number(sent: str, form: BadgeFormat) -> None:
    form.check()
    assert number_of(sent, form) == Presented(HEX)


def test_the_shop_may_write_it_in_decimal() -> None:
    assert number_of(HEX, BadgeFormat(number="decimal")) == Presented(DECIMAL)
    assert number_of("77705923", BadgeFormat(sends="decimal", number="decimal")) == Presented(DECIMAL)


@pytest.mark.parametrize(
    ("sent", "form", "reason"),
    [
        ("04A1B2C", BadgeFormat(), "garbage"),
        ("04A1B2CX", BadgeFormat(), "garbage"),
        ("", BadgeFormat(), "garbage"),
        ("04A1B2C3", BadgeFormat(sends="decimal", uid_bytes=4), "garbage"),
        ("٠١٢٣", BadgeFormat(sends="decimal", uid_bytes=4), "garbage"),
        ("04A1B2C3", BadgeFormat(uid_bytes=7), "length"),
        ("4294967296", BadgeFormat(sends="decimal", uid_bytes=4), "length"),
        ("9" * 60, BadgeFormat(), "garbage"),
    ],
)
def test_what_is_no_number_of_this_shop_is_none(sent: str, form: BadgeFormat, reason: str) -> None:
    found = number_of(sent, form)
    assert isinstance(found, Unreadable)
    assert found.reason == reason


@given(st.binary(min_size=4, max_size=4), st.booleans(), st.sampled_from(["hex", "decimal"]))
def test_whatever_the_reader_the_same_chip_has_the_same_number(uid: bytes, turned: bool, sends: Writing) -> None:
    on_the_wire = uid[::-1] if turned else uid
    sent = on_the_wire.hex() if sends == "hex" else str(int.from_bytes(on_the_wire, "big"))
    form = BadgeFormat(sends=sends, last_byte_first=turned, uid_bytes=4)
    assert number_of(sent, form) == Presented(uid.hex().upper())


@pytest.mark.parametrize(
    "form",
    [
        BadgeFormat(uid_bytes=-1),
        BadgeFormat(uid_bytes=17),
        BadgeFormat(digits=-1),
        BadgeFormat(sends="decimal"),
        BadgeFormat(sends="decimal", number="decimal", last_byte_first=True),
    ],
)
def test_a_format_that_cannot_be_meant_is_refused(form: BadgeFormat) -> None:
    with pytest.raises(ValueError):
        form.check()


def test_a_badge_that_lies_on_the_reader_is_presented_once() -> None:
    codec, line = BadgeCodec(BadgeFormat(), repeat_ms=2_000), f"{HEX}\r\n".encode()
    assert codec.feed(line, 0.0) == [Presented(HEX)]
    assert codec.feed(line * 3, 1.5) == []
    assert codec.feed(line, 3.0) == []
    assert codec.feed(line, 6.0) == [Presented(HEX)]


def test_stx_and_etx_stand_around_a_number() -> None:
    assert BadgeCodec(BadgeFormat()).feed(f"\x02{HEX}\x03\r\n".encode(), 0.0) == [Presented(HEX)]


@given(st.lists(st.binary(max_size=80), max_size=6))
def test_junk_never_raises(pieces: list[bytes]) -> None:
    codec = BadgeCodec(BadgeFormat(sends="decimal", uid_bytes=4))
    for index, piece in enumerate(pieces):
        codec.feed(piece, index * 0.05)
        codec.expire(index * 0.05)
