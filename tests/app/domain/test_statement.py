from __future__ import annotations

import base64
import binascii
import contextlib
from datetime import date
from typing import Any

import msgspec
import pytest
import segno
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain import statement, voucher
from app.domain.instant import iso
from app.domain.statement import COUPON, DAMAGED, NEWER, Statement, Unreadable, read, written

WIDEST = 61
"""Modules: at 5 dots each with its margin a symbol fills the 384 dots of 58 mm paper."""
TYPICAL_SEAL = b"\xa5" * (4 + 16 + 32 + 3 + (1 + 7) + (1 + 8) + 128)

days = st.one_of(st.just(""), st.dates(date(2020, 1, 1), date(2150, 1, 1)).map(date.isoformat))
codes = st.binary(min_size=32, max_size=32).map(voucher.code_from)
instants = st.integers(0, 2**32 - 1).map(lambda seconds: iso(seconds * 1000))
fields = st.text(st.characters(categories=("L", "N", "P", "S")), max_size=20)
values = st.integers(1, statement.MAX_VALUE - 1)
currencies = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3)


@st.composite
def statements(draw: Any) -> Statement:
    kind = draw(st.sampled_from((*voucher.KINDS, voucher.TOKEN, COUPON)))
    coupon = kind == COUPON
    return Statement(
        kind=kind,
        code=draw(codes),
        issued_at=draw(instants),
        value_minor=0 if coupon else draw(values),
        currency="" if coupon else draw(currencies),
        valid_from=draw(days),
        valid_until=draw(days),
        vat_key=draw(fields),
        vat_rate_bp=draw(st.integers(0, 10_000)),
        ident_no="" if coupon else draw(fields),
        campaign_id=draw(fields) if coupon else "",
    )


SAMPLE = Statement(
    voucher.MULTI_PURPOSE, voucher.code_from(bytes(range(32))), "2026-11-22T09:32:11.000Z", 5000, "EUR",
    valid_until="2029-12-31",
)  # fmt: skip


def sealed(_: bytes) -> bytes:
    return TYPICAL_SEAL


@given(statements(), st.binary(max_size=300))
def test_a_statement_reads_back_as_it_was_written_with_its_seal(said: Statement, seal: bytes) -> None:
    signed: list[bytes] = []
    text = written(said, lambda body: (signed.append(body), seal)[1])
    scanned = read(text)
    assert (scanned.statement, scanned.seal, [scanned.body]) == (said, seal, signed)


@given(statements())
def test_a_statement_holds_no_character_that_keyboards_swap(said: Statement) -> None:
    """German and American keyboards differ in Y, Z and every sign; caps lock changes only the case."""
    text = written(said, sealed)
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWX")
    assert read(text.lower()) == read(text) == read(f" {text[:40]}\n{text[40:]} ")


@given(statements(), st.data())
def test_a_character_that_is_missing_or_wrong_is_told_from_a_forgery(said: Statement, data: st.DataObject) -> None:
    text = written(said, sealed)
    at = data.draw(st.integers(len(statement.PREFIX), len(text) - 2))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUV").filter(lambda one: one != text[at]))
    for spoiled in (text[:at] + text[at + 1 :], text[:at] + other + text[at + 1 :]):
        with pytest.raises(Unreadable) as refused:
            read(spoiled)
        assert refused.value.fault == DAMAGED


@given(st.text(max_size=400))
@example("TM1")
@example("TM1" + "0" * 500)
@example("TM1" + "0" * 5_000)
def test_whatever_is_scanned_is_a_statement_or_unreadable(text: str) -> None:
    for junk in (text, f"TM1{text}"):
        with pytest.raises(Unreadable):
            read(junk)


@given(st.binary(max_size=400))
def test_bytes_that_only_have_the_right_check_are_a_statement_or_unreadable(data: bytes) -> None:
    framed = data + binascii.crc_hqx(data, 0).to_bytes(2, "big")
    text = statement.PREFIX + base64.b32hexencode(framed).decode().rstrip("=")
    with contextlib.suppress(Unreadable):
        scanned = read(text)
        assert read(written(scanned.statement, lambda _: scanned.seal)).statement == scanned.statement


def test_a_later_version_is_told_as_such() -> None:
    with pytest.raises(Unreadable) as refused:
        read("TM2" + written(SAMPLE, sealed)[3:])
    assert refused.value.fault == NEWER


def test_only_a_long_text_with_its_beginning_looks_like_a_statement() -> None:
    text = written(SAMPLE, sealed)
    assert statement.looks_like_one(text)
    assert statement.looks_like_one(f" {text.lower()}")
    assert not any(map(statement.looks_like_one, ("TM1", "TM-GESCHENK-17", SAMPLE.code, "4006381333931", "X" * 300)))


@pytest.mark.parametrize(
    "said",
    [
        msgspec.structs.replace(SAMPLE, code="GESCHENK#17"),
        msgspec.structs.replace(SAMPLE, value_minor=statement.MAX_VALUE),
        msgspec.structs.replace(SAMPLE, valid_until="2019-12-31"),
        msgspec.structs.replace(SAMPLE, valid_until="2300-01-01"),
        msgspec.structs.replace(SAMPLE, campaign_id="sommer"),
        msgspec.structs.replace(SAMPLE, ident_no="X" * 81),
        msgspec.structs.replace(SAMPLE, currency="EURO"),
        msgspec.structs.replace(SAMPLE, kind="cheque"),
        msgspec.structs.replace(SAMPLE, issued_at="2200-01-01T00:00:00.000Z"),
    ],
)
def test_what_there_is_no_room_for_is_not_stated(said: Statement) -> None:
    with pytest.raises(ValueError):
        written(said, sealed)


def test_the_symbol_fits_the_narrowest_paper() -> None:
    symbol = segno.make(written(SAMPLE, sealed), error="m", boost_error=False)
    assert symbol.mode == "alphanumeric"
    assert len(symbol.matrix) <= WIDEST
