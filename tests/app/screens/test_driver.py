"""The cutter and the parser, without a terminal; ``test_terminal_dangers.py`` has the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from app.screens.driver import ESCAPE_WAIT_S, MAX_PASTE, PASTE_WAIT_S, SEQUENCE_WAIT_S, Cutter, TillParser, decoder


def keys(parser: TillParser, data: str) -> list[tuple[str, str | None]]:
    return [(event.key, event.character) for event in parser.feed(data) if isinstance(event, events.Key)]


def cut(text: str) -> list[str]:
    return [piece.text for piece in Cutter().cut(text, 0.0)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("12", ["12"]),
        ("1\x1bOR2", ["1", "\x1bOR", "2"]),
        ("\x1b[15~7", ["\x1b[15~", "7"]),
        ("\x1b[[A7", ["\x1b[[A", "7"]),
        ("\x1b[1;2P\x1b[A", ["\x1b[1;2P", "\x1b[A"]),
        ("\x1b5", ["\x1b", "5"]),
        ("\x1b\x1b\x1b[A", ["\x1b", "\x1b", "\x1b[A"]),
        ("\x1b[?2026;2$y5", ["\x1b[?2026;2$y", "5"]),
        ("\x1b[1\x1b[B", ["\x1b[B"]),
        ("\x1b[23\r5", ["\ufffd", "\r", "5"]),
        ("\x1b[\r5", ["\r", "5"]),
        ("\x1bO5P", ["\ufffd", "5", "P"]),
        ("\x1b[4006\x1b[B", ["\ufffd", "\x1b[B"]),
        ("\x1b", []),
        ("\x1b[1", []),
    ],
)
def test_the_stream_is_cut_into_text_escape_keys_and_whole_sequences(text: str, pieces: list[str]) -> None:
    assert cut(text) == pieces


def test_a_lone_escape_is_the_escape_key_after_its_wait_and_not_before() -> None:
    cutter = Cutter()
    assert list(cutter.cut("\x1b", 10.0)) == []
    assert cutter.due_s == 10.0 + ESCAPE_WAIT_S
    assert list(cutter.expire(10.0)) == []
    assert [piece.text for piece in cutter.expire(10.0 + ESCAPE_WAIT_S)] == ["\x1b"]
    assert cutter.due_s is None


def test_a_begun_sequence_is_given_up_in_silence() -> None:
    cutter = Cutter()
    assert list(cutter.cut("\x1b[1", 10.0)) == []
    assert list(cutter.expire(10.0 + ESCAPE_WAIT_S)) == []
    assert list(cutter.expire(10.0 + SEQUENCE_WAIT_S)) == []
    assert [piece.text for piece in cutter.cut("5", 11.0)] == ["5"]


def test_a_function_key_torn_by_a_slow_line_is_never_typed_as_digits() -> None:
    cutter = Cutter()
    list(cutter.cut("\x1b", 10.0))
    assert [piece.text for piece in cutter.expire(10.1)] == ["\x1b"]
    assert [piece.text for piece in cutter.cut("[15~7", 10.2)] == ["\x1b[15~", "7"]


@given(st.text(st.sampled_from("\x1b[O0159;~AR$?\r\n"), max_size=60), st.integers(0, 60))
def test_where_the_stream_is_torn_does_not_matter(text: str, at: int) -> None:
    one, other = Cutter(), Cutter()
    whole = "|".join(piece.text for piece in one.cut(text, 0.0) for _ in [0])
    torn = [*other.cut(text[:at], 0.0), *other.cut(text[at:], 0.0)]
    assert "".join(piece.text for piece in torn) == whole.replace("|", "")


@given(st.text(max_size=80))
def test_no_stream_of_characters_harms_the_parser(text: str) -> None:
    parser = TillParser()
    for message in parser.feed(text):
        assert message is not None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("\x1bOR", [("f3", None)]),
        ("\x1b[13~", [("f3", None)]),
        ("\x1b[[C", [("f3", None)]),
        ("\x1b[19~", [("f8", None)]),
        ("\x1bOM", [("enter", None)]),
        ("\x1bOj", [("asterisk", "*")]),
        ("\x1b5", [("escape", "\x1b"), ("5", "5")]),
        ("\x1b\x1b", [("escape", "\x1b")]),
        ("\x1b[99~5", [("5", "5")]),
        ("\x1b[57~", []),
        ("\x1b[25~", [("f13", None)]),
        ("\x1b[34~", [("f20", None)]),
        ("\x1b[1;2P", [("shift+f1", None)]),
        ("\x1bOu", [("5", "5")]),
        ("\x1b[123456A7", [("replacement_character", "\ufffd"), ("7", "7")]),
        ("\x1b[4006381333931u", [("replacement_character", "\ufffd")]),
        ("\x1b[97:65u5", [("5", "5")]),
        ("\x1b[13;1:3u", []),
        ("\x1b[57376;1u", [("f13", None)]),
        ("\x1b[97;;97u", [("a", "a")]),
        ("3*\r", [("3", "3"), ("asterisk", "*"), ("enter", "\r")]),
        ("\n", [("ctrl+j", "\n")]),
        ("\ufffd", [("replacement_character", "\ufffd")]),
    ],
)
def test_keys_arrive_as_keys(data: str, expected: list[tuple[str, str | None]]) -> None:
    assert keys(TillParser(), data) == expected


def test_a_paste_is_one_event_and_escapes_in_it_are_no_keys() -> None:
    parser = TillParser()
    messages = list(parser.feed("\x1b[200~4006\x1b5381\r\x1b[201~7"))
    assert [type(message).__name__ for message in messages] == ["Paste", "Key"]
    assert isinstance(messages[0], events.Paste)
    assert messages[0].text == "40065381\r"


def test_a_paste_whose_end_got_lost_ends_by_itself() -> None:
    now = [10.0]
    parser = TillParser(clock=lambda: now[0])
    assert list(parser.feed("\x1b[200~40063813339")) == []
    now[0] += PASTE_WAIT_S / 2
    assert list(parser.feed("31\r\x1b[20")) == []
    assert parser.due_s is not None
    now[0] = parser.due_s
    pasted = [message.text for message in parser.tick() if isinstance(message, events.Paste)]
    assert pasted == ["4006381333931\r"]
    assert keys(parser, "7") == [("7", "7")]


def test_a_paste_without_an_end_has_a_limit() -> None:
    parser = TillParser(clock=lambda: 10.0)
    pasted = [
        len(message.text)
        for message in parser.feed("\x1b[200~" + "7" * 3 * MAX_PASTE)
        if isinstance(message, events.Paste)
    ]
    assert sum(pasted) == 3 * MAX_PASTE


def test_a_sequence_that_time_gives_up_leaves_a_mark_if_it_swallowed_a_scan() -> None:
    cutter = Cutter()
    assert list(cutter.cut("\x1b[4006", 10.0)) == []
    assert [piece.text for piece in cutter.expire(10.0 + SEQUENCE_WAIT_S)] == ["\ufffd"]


def test_a_character_torn_by_the_line_is_waited_for_and_ends_nothing() -> None:
    parser, decode = TillParser(), decoder().decode
    assert [key for byte in "€7".encode() for key in keys(parser, decode(bytes([byte])))] == [
        ("euro_sign", "€"),
        ("7", "7"),
    ]
