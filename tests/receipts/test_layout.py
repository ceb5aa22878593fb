"""Laws of the layout: nothing is wider than the paper, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receipts.characters import harmless
from receipts.layout import LaidCut, LaidLine, LaidSymbol, lay, wrap
from receipts.page import Block, Gap, Line, Pair, Rule, Section, Symbol, Table

TEXTS = st.text(max_size=120)
AMOUNTS = st.integers(-(10**12), 10**12).map(lambda minor: f"{minor / 100:.2f} A")
BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Line, TEXTS, st.sampled_from(["left", "center"]), wide=st.booleans(), indent=st.integers(0, 60)),
    st.builds(Pair, TEXTS, AMOUNTS | TEXTS, indent=st.integers(0, 8)),
    st.integers(1, 5).flatmap(
        lambda columns: st.builds(Table, st.lists(st.tuples(*[st.text(max_size=15)] * columns), max_size=4).map(tuple))
    ),
    st.just(Rule()),
    st.just(Gap()),
    st.builds(Symbol, st.text("ABC123", min_size=1)),
)
WIDTHS = st.integers(20, 80)


@given(st.lists(BLOCKS, max_size=6), WIDTHS)
def test_no_line_is_wider_than_the_paper_and_the_cut_comes_last(blocks: list[Block], width: int) -> None:
    *laid, last = lay(Section("receipt", tuple(blocks)), width)
    assert last == LaidCut()
    for each in laid:
        if isinstance(each, LaidLine):
            assert len(each.text) <= (width // 2 if each.wide else width)
            assert "\n" not in each.text


@given(TEXTS, WIDTHS, st.integers(0, 40))
def test_wrapping_loses_no_character_but_spaces(words: str, width: int, indent: int) -> None:
    cleaned = harmless(words)
    assert "".join("".join(wrap(cleaned, width, indent)).split()) == "".join(cleaned.split())


@given(TEXTS, AMOUNTS, WIDTHS)
def test_an_amount_is_always_printed_whole_at_the_right_edge(left: str, amount: str, width: int) -> None:
    lines = [each for each in lay(Section("receipt", (Pair(left, amount),)), width) if isinstance(each, LaidLine)]
    assert lines[-1].text.endswith(amount)
    assert len(lines[-1].text) == width


@given(st.lists(st.lists(st.text("0123456789,", min_size=1, max_size=14), min_size=4, max_size=4), min_size=2))
def test_a_table_shows_every_cell_even_when_it_is_too_wide(rows: list[list[str]]) -> None:
    table = Table(tuple(tuple(row) for row in rows))
    shown = " ".join(each.text for each in lay(Section("x", (table,)), 24) if isinstance(each, LaidLine))
    for row in rows[1:]:
        for cell in row:
            assert cell in shown


def test_a_name_cannot_carry_printer_commands() -> None:
    laid = lay(Section("receipt", (Line("Napf\x1b@\x10\x04\x01\u202e\n groß"),)), 42)
    assert laid[0] == LaidLine("Napf @     groß")


def test_a_word_that_is_too_long_for_wide_letters_is_narrow_and_whole() -> None:
    titles = (Line("KOSTENSTELLENBELEG", wide=True), Line("GUTSCHEIN", wide=True))
    assert lay(Section("x", titles), 32)[:2] == (LaidLine("KOSTENSTELLENBELEG"), LaidLine("GUTSCHEIN", wide=True))


def test_a_symbol_keeps_its_data() -> None:
    assert lay(Section("x", (Symbol("7K3M", "code128"),)), 42)[0] == LaidSymbol("7K3M", "code128")


def test_paper_that_is_too_narrow_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="at least 20"):
        lay(Section("receipt", ()), 19)
