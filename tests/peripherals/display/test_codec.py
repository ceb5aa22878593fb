"""Displays' bytes against the reference, and what they become on a machine that knows nothing of the driver."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peripherals.display.codec import CommandSet, codec
from peripherals.display.text import COLUMNS, Charset, Lines, encoded
from peripherals.simulators.display_machine import DisplayMachine

SALE: Lines = (("Käse 1 kg", "12,34 €"), ("SUMME", "12,34"))
BLANKS = " " * COLUMNS
SETS: tuple[CommandSet, ...] = ("epson", "cd5220", "aedex")


def test_each_command_set_writes_what_the_reference_says() -> None:
    text = (("A", ""), ("B", ""))
    upper, lower = b"A".ljust(20), b"B".ljust(20)
    assert codec("epson").begin == b"\x1b\x40\x1b\x74\x13"
    assert codec("epson").blank() == codec("cd5220").blank() == b"\x0c"
    assert codec("epson").again(text) == b"\x1f\x24\x01\x01" + upper + b"\x1f\x24\x01\x02" + lower
    assert codec("cd5220").again(text) == b"\x1b\x51\x41" + upper + b"\x0d\x1b\x51\x42" + lower + b"\x0d"
    assert codec("aedex").show(text) == b"\x21\x23\x31" + upper + b"\x0d\x21\x23\x32" + lower + b"\x0d"
    assert codec("aedex").blank() == b"\x21\x23\x31" + b" " * 20 + b"\x0d\x21\x23\x32" + b" " * 20 + b"\x0d"


@pytest.mark.parametrize(
    ("command_set", "charset", "upper"),
    [
        ("epson", "cp858", "Käse 1 kg    12,34 €"),
        ("cd5220", "cp858", "Käse 1 kg    12,34 €"),
        ("epson", "ascii", "Kaese 1 kg 12,34 EUR"),
        ("aedex", None, "Kaese 1 kg 12,34 EUR"),
    ],
)
def test_umlauts_and_the_euro_are_shown_or_spelled_out(command_set: CommandSet, charset: Charset, upper: str) -> None:
    machine, written = DisplayMachine(command_set), codec(command_set, charset)
    machine.receive(written.begin + written.show(SALE))
    assert machine.lines == (upper, "SUMME          12,34")


@pytest.mark.parametrize("command_set", SETS)
def test_a_display_that_was_switched_off_has_its_code_page_back_with_the_next_text(command_set: CommandSet) -> None:
    machine, written = DisplayMachine(command_set), codec(command_set)
    machine.receive(written.begin + written.show(SALE))
    before = machine.lines
    machine.fault("off")
    machine.receive(written.again(SALE))
    assert machine.lines == (BLANKS, BLANKS)
    machine.fault("on")
    machine.receive(written.show((("Brötchen", ""), ("", ""))) + written.show(SALE))
    assert machine.lines == before


@pytest.mark.parametrize("command_set", SETS)
@given(data=st.data())
def test_whatever_an_article_is_called_the_display_shows_two_whole_lines(
    command_set: CommandSet, data: st.DataObject
) -> None:
    texts = st.text(max_size=30)
    line = st.tuples(texts, texts)
    shown = data.draw(st.lists(st.tuples(line, line), min_size=1, max_size=4), label="shown")
    charset = data.draw(st.sampled_from([None, "ascii"]), label="charset")
    machine, written = DisplayMachine(command_set), codec(command_set, charset)
    machine.receive(written.begin)
    for lines in shown:
        machine.receive(written.show(lines))
        machine.receive(written.again(lines))
    assert machine.unknown == []
    assert machine.scrolled == 0
    upper, lower = (encoded(line, written.charset).decode(written.charset) for line in shown[-1])
    assert machine.lines == (upper, lower)


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["cp858", "ascii"]))
def test_a_line_is_twenty_printable_bytes(text: str, amount: str, charset: Charset) -> None:
    line = encoded((text, amount), charset)
    assert len(line) == COLUMNS
    assert min(line) >= 0x20
    assert 0x7F not in line


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (("Hundeleine Leder 120 cm", "29,99"), "Hundeleine Led 29,99"),
        (("Crème brûlée", "3,50"), "Creme brulee    3,50"),
        (("Tab\tund\x1b@\x0c", "1,00"), "Tab und @       1,00"),
        (("Torte 🎂", "1,00"), "Torte ?         1,00"),
        (("Summe", "1" * 21), "#" * 20),
        (("Summe", "1" * 20), "1" * 20),
        (("", "-1,00"), "               -1,00"),
        (("Ein sehr langer Text ohne Betrag", ""), "Ein sehr langer Text"),
    ],
)
def test_texts_are_cut_and_amounts_are_not(line: tuple[str, str], shown: str) -> None:
    assert encoded(line, "ascii") == shown.encode("ascii")
