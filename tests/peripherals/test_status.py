"""The codec of a printer's replies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peripherals.status import (
    OFFLINE_CAUSE,
    PAPER,
    PRINTER,
    AutoStatus,
    FencePassed,
    Maker,
    PrinterStatus,
    RealTime,
    ReplyParser,
    after_auto_status,
    after_real_time,
    ask,
    id_fence,
)


@given(st.binary(max_size=200), st.integers(1, 7))
def test_junk_never_raises_and_is_read_the_same_in_any_pieces(junk: bytes, size: int) -> None:
    whole, pieces = ReplyParser(), ReplyParser()
    in_pieces = [reply for at in range(0, len(junk), size) for reply in pieces.feed(junk[at : at + size])]
    assert whole.feed(junk) == in_pieces


def test_interleaved_replies_are_told_apart() -> None:
    stream = bytes.fromhex("12 10 00 32 03 0F 00 37 22 30 30 34 32 00 03 11")
    assert ReplyParser().feed(stream) == [
        RealTime(0x12), RealTime(0x32), AutoStatus(bytes.fromhex("10 00 03 0F")), FencePassed(), FencePassed(42),
        FencePassed(),
    ]  # fmt: skip


def test_who_made_it_is_heard_only_while_it_is_asked() -> None:
    parser = ReplyParser()
    parser.maker_awaited = True
    assert parser.feed(b"_EP\x12SON\x00\x00") == [RealTime(0x12), Maker("EPSON"), FencePassed()]
    assert not parser.maker_awaited
    assert parser.noise == 0
    assert parser.feed(b"_\x00") == [FencePassed()]
    assert parser.noise == 1


def test_an_answer_without_end_has_one() -> None:
    parser = ReplyParser()
    parser.maker_awaited = True
    (maker,) = parser.feed(b"_" + b"x" * 81)
    assert maker == Maker("x" * 80)


def test_bytes_that_no_printer_sends_are_counted_as_noise() -> None:
    parser = ReplyParser()
    assert parser.feed(bytes.fromhex("11 13 12 00")) == [RealTime(0x12), FencePassed()]
    assert parser.noise == 0
    assert parser.feed(bytes.fromhex("FF 95 37 12 37 22 30 30 FF 30 00")) == [RealTime(0x12)]
    assert parser.noise == 2 + 1 + 7


@pytest.mark.parametrize(
    ("answers", "obstacle"),
    [
        ("12 12", ""),
        ("32 7E", "paper_out"),
        ("16 12", "cover_open"),
        ("12 1E", ""),
        ("52 12", "failure"),
        ("36 7E", "cover_open"),
    ],
)
def test_the_answers_to_dle_eot_say_what_is_in_the_way(answers: str, obstacle: str) -> None:
    second, fourth = bytes.fromhex(answers)
    status = after_real_time(after_real_time(PrinterStatus(), OFFLINE_CAUSE, second), PAPER, fourth)
    assert status.obstacle == obstacle


def test_near_end_is_no_obstacle_and_paper_is_back_only_when_the_sensor_says_so() -> None:
    assert after_real_time(PrinterStatus(), PAPER, 0x1E).paper == "near_end"
    out = PrinterStatus(paper="out")
    assert after_real_time(out, OFFLINE_CAUSE, 0x12).paper == "out"
    assert after_real_time(out, PAPER, 0x12).paper == "ok"


def test_automatic_status_tells_all_at_once() -> None:
    status = after_auto_status(PrinterStatus(), bytes.fromhex("3C 20 0F 0F"))
    assert status == PrinterStatus(cover_open=True, paper="out", failure=True, drawer_high=True)
    assert after_auto_status(status, bytes.fromhex("10 00 03 0F")) == PrinterStatus(paper="near_end")


def test_the_drawer_is_the_first_answers_business() -> None:
    assert after_real_time(PrinterStatus(), PRINTER, 0x16).drawer_high
    assert not after_real_time(PrinterStatus(), OFFLINE_CAUSE, 0x16).drawer_high


def test_questions_and_fences_are_these_bytes() -> None:
    assert ask(4) == b"\x10\x04\x04"
    assert id_fence(10_042) == b"\x1d\x28\x48\x06\x00\x30\x30\x30\x30\x34\x32"
