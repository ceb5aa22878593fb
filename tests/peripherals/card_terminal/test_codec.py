"""APDUs, frames and fields: golden bytes from the reference, and what noise becomes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peripherals.card_terminal import apdu
from peripherals.card_terminal.apdu import Apdu, Malformed, decode
from peripherals.card_terminal.framing import MAX_TRIES, SerialFraming, TcpFraming, framed, kermit
from peripherals.card_terminal.printed_text import customers_part, line_of, lines_of_block
from peripherals.card_terminal.status_information import fields_of, transaction_of

APDUS = st.builds(Apdu, st.integers(0, 0xFFFF), st.binary(max_size=600))
PAY = apdu.pay(1234, 978)


def test_requests_are_the_bytes_of_the_reference() -> None:
    assert apdu.register("000000", 978).encoded().hex(" ") == "06 00 06 00 00 00 ba 09 78"
    assert PAY.encoded().hex(" ") == "06 01 0a 04 00 00 00 00 12 34 49 09 78"
    assert apdu.refund("123456", 1234, 756).encoded().hex(" ") == "06 31 0d 12 34 56 04 00 00 00 00 12 34 49 07 56"
    assert apdu.reverse("000000", 87).encoded().hex(" ") == "06 30 06 00 00 00 87 00 87"
    assert apdu.repeat_receipt("000000").encoded().hex(" ") == "06 20 03 00 00 00"
    assert apdu.end_of_day("000000").encoded().hex(" ") == "06 50 03 00 00 00"
    assert apdu.status_enquiry("000000").encoded().hex(" ") == "05 01 03 00 00 00"
    assert apdu.abort().encoded().hex(" ") == "06 b0 00"


@pytest.mark.parametrize("amount", [0, -1, 10**12])
def test_no_amount_but_above_zero_and_of_twelve_digits_is_asked_for(amount: int) -> None:
    with pytest.raises(ValueError, match="amount"):
        apdu.pay(amount, 978)


def test_a_password_has_six_digits() -> None:
    with pytest.raises(ValueError, match="six digits"):
        apdu.register("12345a", 978)


def test_the_length_takes_three_bytes_from_255_on() -> None:
    assert Apdu(0x06D3, b"x" * 254).encoded()[2:3] == b"\xfe"
    assert Apdu(0x06D3, b"x" * 255).encoded()[2:5] == b"\xff\xff\x00"


@given(APDUS, st.binary(max_size=20))
def test_what_is_encoded_is_read_back_and_no_byte_more(said: Apdu, rest: bytes) -> None:
    data = said.encoded()
    assert decode(data + rest) == (said, len(data))
    assert decode(data[:-1]) is None


def test_a_length_that_no_terminal_means_ends_the_line() -> None:
    with pytest.raises(Malformed):
        TcpFraming().receive(b"\x04\x0f\xff\xff\xff")


@given(st.lists(APDUS, min_size=1, max_size=4), st.integers(1, 40))
def test_both_framings_carry_apdus_in_any_pieces(said: list[Apdu], size: int) -> None:
    for framing, wire in (
        (TcpFraming(), b"".join(each.encoded() for each in said)),
        (SerialFraming(), b"".join(framed(each.encoded()) for each in said)),
    ):
        heard = [each for at in range(0, len(wire), size) for each in framing.receive(wire[at : at + size])]
        assert heard == said
        assert not framing.half


def test_a_frame_doubles_10h_and_ends_with_the_checksum_low_byte_first() -> None:
    content = bytes.fromhex("04101000")
    checksum = kermit(content + b"\x03").to_bytes(2, "little")
    assert framed(content) == b"\x10\x02\x04\x10\x10\x10\x10\x00\x10\x03" + checksum
    assert kermit(b"123456789") == 0x2189


def test_a_frame_with_a_wrong_checksum_is_refused_and_taken_when_it_is_said_again() -> None:
    framing, frame = SerialFraming(), framed(apdu.ACKNOWLEDGE.encoded())
    assert framing.receive(frame[:-1] + b"\xff") == []
    assert framing.take_output() == b"\x15"
    assert framing.receive(frame) == [apdu.ACKNOWLEDGE]
    assert framing.take_output() == b"\x06"


def test_frames_that_stay_broken_end_the_line() -> None:
    framing, broken = SerialFraming(), framed(apdu.ACKNOWLEDGE.encoded())[:-1] + b"\xff"
    for _ in range(MAX_TRIES - 1):
        framing.receive(broken)
    with pytest.raises(Malformed):
        framing.receive(broken)


def test_a_refused_frame_is_said_again_unless_it_moves_money() -> None:
    framing = SerialFraming()
    framing.send(apdu.status_enquiry("000000"))
    first = framing.take_output()
    framing.receive(b"\x15")
    assert framing.take_output() == first
    framing.receive(b"\x06")
    framing.send(PAY)
    framing.take_output()
    with pytest.raises(Malformed):
        framing.receive(b"\x15")
    assert framing.take_output() == b""


def test_one_frame_waits_for_the_answer_to_the_one_before() -> None:
    framing = SerialFraming()
    framing.send(PAY)
    framing.send(apdu.abort())
    assert framing.take_output() == framed(PAY.encoded())
    framing.receive(b"\x06")
    assert framing.take_output() == framed(apdu.abort().encoded())


@given(st.binary(max_size=400))
def test_noise_is_refused_or_passed_over(noise: bytes) -> None:
    for framing in (TcpFraming(), SerialFraming()):
        try:
            framing.receive(noise)
        except Malformed:
            continue
        assert len(framing.take_output()) <= MAX_TRIES


STATUS = bytes.fromhex(
    "2700 04000000001234 490978 0b000042 87000 8 2952500041 0c123456 0d1122 1900 22f1f06725904712eeeeee1234"
    "8bf0f9 6769726f6361726400 8a05 3cf0f0f2 4142 0603 1f0701".replace(" ", "")
)


def test_the_status_information_says_what_became_of_it() -> None:
    told = transaction_of(STATUS)
    assert (told.approved, told.amount_minor, told.currency) == (True, 1234, 978)
    assert told.named == ("52500041", 42, 8)
    assert told.card_name == "girocard"
    assert fields_of(STATUS)[0x3C] == b"AB"


def test_silence_is_no_approval() -> None:
    assert not transaction_of(b"").approved
    assert not transaction_of(bytes.fromhex("04000000001234")).approved


def test_what_follows_an_unknown_field_is_not_guessed() -> None:
    assert fields_of(bytes.fromhex("2700 fe00 04000000001234".replace(" ", ""))) == {0x27: b"\x00"}


@given(st.binary(max_size=300))
def test_no_bytes_upset_fields_and_printed_text(data: bytes) -> None:
    told = transaction_of(data)
    assert told.amount_minor is None or 0 <= told.amount_minor <= apdu.MAX_AMOUNT
    assert line_of(data).isprintable()
    assert all(line.isprintable() for line in lines_of_block(data))


def test_of_two_copies_the_customers_is_kept_and_no_card_number_is_whole() -> None:
    lines = ("H\u00e4ndlerbeleg", "1", "K-Beleg", "2")
    assert customers_part(lines) == ("K-Beleg", "2")
    spaced = ("K U N D E N B E L E G", "1", "* * Merchant Copy * *", "2")
    assert customers_part(spaced) == spaced[:2]
    assert customers_part(("1", "2")) == ("1", "2")
    assert line_of(b"\x00PAN 4111 1111 1111 1111") == "PAN ************1111"
    assert line_of(b"\x00PAN 4111111111111111") == "PAN ************1111"
    assert line_of(b"\x00VU-Nr 4556789012345") == "VU-Nr 4556789012345", "no card has this number"
    assert line_of(b"\x00AID A0000003591010028001") == "AID A0000003591010028001"


def test_printed_lines_are_the_customers_and_in_page_437() -> None:
    assert line_of(b"\x00Betr\x84ge \x0a") == "Beträge"
    assert lines_of_block(bytes.fromhex("060c 1f070102 2506 0701 41 0701 42".replace(" ", ""))) == ("A", "B")
    assert lines_of_block(bytes.fromhex("0609 1f070101 2503 070141".replace(" ", ""))) == ()
