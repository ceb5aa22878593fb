"""What a tab sends, and what it may not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.screens.served.program import Size
from app.screens.served.tab import LARGEST, SMALLEST, Ping, Resized, Typed, first_size, read


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        (["stdin", "3*1001\r"], Typed(b"3*1001\r")),
        (["stdin", "€"], Typed("€".encode())),
        (["stdin", "\ud800"], Typed(b"\xed\xa0\x80")),
        (["resize", {"width": 120, "height": 40}], Resized(Size(120, 40))),
        (["resize", {"width": 1, "height": 10**9}], Resized(Size(SMALLEST.columns, LARGEST.rows))),
        (["ping", "17"], Ping("17")),
        (["focus"], None),
        (["stdin"], None),
        (["stdin", 5], None),
        (["resize", {"width": "80"}], None),
        ({}, None),
        ([], None),
    ],
)
def test_what_a_tab_sends_is_understood_or_does_nothing(message: object, meant: object) -> None:
    assert read(json.dumps(message)) == meant


@settings(max_examples=30)
@given(st.text(max_size=80) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_message_harms_the_server(message: str) -> None:
    assert isinstance(read(message), Typed | Resized | Ping | None)


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ({"width": "120", "height": "40"}, Size(120, 40)),
        ({}, Size(80, 24)),
        ({"width": "-5", "height": "x"}, Size(80, 24)),
        ({"width": "٣", "height": "9" * 30}, Size(80, 24)),
        ({"width": "0", "height": "0"}, SMALLEST),
    ],
)
def test_a_tab_begins_with_a_size_that_a_till_can_show(query: dict[str, str], size: Size) -> None:
    assert first_size(query) == size
