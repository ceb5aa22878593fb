"""A scanner's bytes as codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import codes
from peripherals.line_cutter import IDLE_S
from peripherals.scanner.codec import MAX_CODE_BYTES, Dropped, Scanned, ScannerCodec, gtin_holds, read

EAN = "4006381333931"
ELEMENTS = "0104006381333931172712311\x1d10AB-7"


@pytest.mark.parametrize(
    ("sent", "code", "symbology"),
    [
        (f"]E0{EAN}", EAN, "ean13"),
        ("]E0036000291452", "036000291452", "ean13"),
        (f"]E3{EAN}12", EAN, "ean13"),
        ("]E473513537", "73513537", "ean8"),
        (f"]C1{ELEMENTS}", ELEMENTS, "gs1_128"),
        (f"]C1\x1d{ELEMENTS}", ELEMENTS, "gs1_128"),
        (f"]d2{ELEMENTS}", ELEMENTS, "gs1_datamatrix"),
        (f"]Q3{ELEMENTS}", ELEMENTS, "gs1_qr"),
        (f"]e0{ELEMENTS}", ELEMENTS, "gs1_databar"),
        ("]A0B-17", "B-17", "code39"),
        ("]A140063819", "40063819", "code39"),
        ("]C04711", "4711", "code128"),
        ("]Q1TM1:ABC", "TM1:ABC", "qr"),
        ("]d1ABC", "ABC", "datamatrix"),
        ("]X0WHAT", "WHAT", ""),
        (EAN, EAN, ""),
        ("4711", "4711", ""),
    ],
)
def test_a_code_comes_with_its_symbology(sent: str, code: str, symbology: str) -> None:
    assert read(sent.encode()) == Scanned(code, symbology)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"]E04006381333932", "check_digit"),
        (b"]E0400638133393", "check_digit"),
        (b"]E44006381333931", "check_digit"),
        (b"]E0ABC", "check_digit"),
        (b"4006381333932", "check_digit"),
        (b"]C1\x1d", "garbage"),
        (b"40\x8963\xff", "garbage"),
        (b"4006\x0033", "garbage"),
        ("Käse".encode(), "garbage"),
    ],
)
def test_what_is_no_code_is_dropped_with_its_reason(sent: bytes, reason: str) -> None:
    dropped = read(sent)
    assert isinstance(dropped, Dropped)
    assert dropped.reason == reason
    assert dropped.text.isprintable()


def test_where_identifiers_are_sent_what_has_none_is_the_rest_of_something() -> None:
    assert read(b"333931", aim_ids=True) == Dropped("partial", "333931")
    assert read(f"]E0{EAN}".encode(), aim_ids=True) == Scanned(EAN, "ean13")


@given(st.text("0123456789", min_size=7, max_size=13))
def test_the_check_digit_is_the_one_that_the_shop_reckons(body: str) -> None:
    digit = codes.gtin_check_digit(body)
    assert [gtin_holds(f"{body}{last}") for last in range(10)] == [str(last) == digit for last in range(10)]


@given(st.lists(st.binary(max_size=40), max_size=8), st.booleans())
def test_junk_never_raises_and_never_becomes_a_gtin_that_is_none(pieces: list[bytes], aim_ids: bool) -> None:
    codec = ScannerCodec(aim_ids=aim_ids)
    for index, piece in enumerate(pieces):
        for heard in (*codec.feed(piece, index * 0.05), *codec.expire(index * 0.05)):
            if isinstance(heard, Scanned) and heard.symbology in ("", "ean13", "ean8"):
                assert not codes.has_wrong_check_digit(heard.text)


def test_a_double_read_is_dropped_and_the_same_article_again_is_not() -> None:
    codec, line = ScannerCodec(double_read_ms=400), f"{EAN}\r".encode()
    assert codec.feed(line, 0.0) == [Scanned(EAN)]
    assert codec.feed(line, 0.2) == [Dropped("double", EAN)]
    assert codec.feed(b"73513537\r", 0.3) == [Scanned("73513537")]
    assert codec.feed(line, 0.4) == [Scanned(EAN)]
    assert ScannerCodec(double_read_ms=0).feed(line * 2, 0.0) == [Scanned(EAN)] * 2


def test_a_partial_code_is_dropped_after_the_idle_time_and_its_rest_with_it() -> None:
    codec = ScannerCodec()
    assert codec.feed(EAN[:8].encode(), 0.0) == []
    assert codec.due_s == pytest.approx(IDLE_S)
    assert codec.expire(IDLE_S) == [Dropped("partial", EAN[:8])]
    assert codec.feed(f"{EAN[8:]}\r".encode(), 0.3) == [Dropped("partial", EAN[8:])]


def test_a_code_without_an_end_is_cut_off() -> None:
    codec = ScannerCodec()
    assert codec.feed(b"A" * (MAX_CODE_BYTES + 5) + b"\r", 0.0) == [Dropped("too_long", "A" * 40)]
    assert codec.feed(b"A" * MAX_CODE_BYTES + b"\r", 1.0) == [Scanned("A" * MAX_CODE_BYTES)]
