"""Wherever it is cut off, however often, and whoever speaks in between: everything once, and nobody's word under it."""

from __future__ import annotations

import base64
import random
import zlib
from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.facts import codec
from app.facts.base import Fact
from app.facts.circulation import CustomerForgotten, CustomerSet, OrderPlaced, VoucherIssued
from app.facts.master import ArticleSet, PriceSet
from app.facts.sales import AuditLogged
from app.office.bulk.intent import Intent, Rest, intent, packed, rest_of, unpacked
from app.office.bulk.kept_text import Unreadable
from replication.core.model import Feed, Record
from tests.app.books.shelf import record

CHANGE = "import articles 2026-11-22T10:00:00.000Z"
ME = "a"


def article(number: int, change: str = CHANGE, price: int = 100) -> ArticleSet:
    return ArticleSet(str(number), f"Ware {number}", price, "EUR", "1", change=change)


def made_of(*facts: Fact) -> tuple[Intent, Rest]:
    return intent(facts, change=CHANGE, by="anna", begun_ms=1, positions={Feed(ME, "master"): 7})


class Feeds:
    """What everybody has said, in the order in which it came here."""

    def __init__(self) -> None:
        self.said: list[tuple[Record, bool]] = []

    def say(self, kind: str, body: dict[str, object], member: str = ME) -> None:
        plain = msgspec.json.decode(msgspec.json.encode(body))
        topic = codec.topic_of(kind)
        assert topic is not None
        self.said.append((record(member, len(self.said) + 1, kind, plain, topic), member == ME))

    def tell(self, rest: Rest, since: int = 0) -> int:
        for each, own in self.said[since:]:
            rest.hear(each, own=own)
        return len(self.said)


@given(
    count=st.integers(0, 30),
    most=st.integers(1, 7),
    cuts=st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=6),
    others=st.dictionaries(st.integers(0, 12), st.integers(0, 35), max_size=6),
)
def test_any_cut_gives_what_an_uncut_one_does(
    count: int, most: int, cuts: list[tuple[int, bool]], others: dict[int, int]
) -> None:
    facts = [article(number) for number in range(count)]
    feeds = Feeds()
    made, rest = made_of(*facts)
    text, heard, steps = packed(made), 0, 0
    set_by_others: set[str] = set()
    while True:
        if (number := others.pop(steps, None)) is not None:
            feeds.say(*codec.write(article(number, "", 5))[1:], member=random.Random(number).choice("ab"))
            set_by_others.add(str(number))
        steps += 1
        heard = feeds.tell(rest, heard)
        step = rest.step(most)
        if not step:
            break
        cut = cuts.pop() if cuts and cuts[-1][0] <= steps else None
        if cut is None or cut[1]:  # it was on the disk already when the power went
            for entry in rest.entries(step):
                feeds.say(entry.kind, entry.body)
        if cut is None:
            rest.written(step)
        else:
            made = unpacked(text)
            rest, heard = rest_of(made), 0
    written = Counter(
        each.body["ident_no"] for each, own in feeds.said if own and each.body.get("change", "") == CHANGE
    )
    assert set(written.values()) <= {1}, "nothing twice"
    passed = {key for _kind, key in rest.passed}
    assert passed <= set_by_others, "only what somebody else has set is passed over"
    assert written.keys() | passed == {str(number) for number in range(count)}, "nothing is lost"
    spoken: set[str] = set()
    for each, _own in feeds.said:
        assert not (each.body.get("change") and each.body["ident_no"] in spoken), "nobody's word is written over"
        if not each.body.get("change"):
            spoken.add(each.body["ident_no"])
    assert (rest.done, rest.left) == (len(written), 0)


@pytest.mark.parametrize(
    ("mine", "theirs", "passed"),
    [
        (article(1), article(1, ""), ("article", "1")),
        (article(1), PriceSet("1", 2, 5), None),
        (article(1), ArticleSet("1", "Ware", 5, "EUR", "1", removed=True), ("article", "1")),
        (
            VoucherIssued("7K3M9QXA0PWTB", "value", 100, "EUR", "2026-11-22T10:00:00.000Z", 1, "1-000001"),
            VoucherIssued("7K3M9QXA0PWTB", "value", 900, "EUR", "2026-11-22T10:00:01.000Z", 2, "2-000001"),
            ("voucher", "7K3M9QXA0PWTB"),
        ),
        (
            OrderPlaced("W-1", 0, "2026-11-22T10:00:00.000Z", "", "EUR", (), 0),
            OrderPlaced("W-1", 2, "2026-11-22T10:00:01.000Z", "", "EUR", (), 0),
            ("order", "W-1"),
        ),
    ],
)
def test_what_somebody_else_has_said_of_the_same_stays(
    mine: Fact, theirs: Fact, passed: tuple[str, str] | None
) -> None:
    _made, rest = made_of(mine)
    feeds = Feeds()
    feeds.say(*codec.write(theirs)[1:], member="b")
    feeds.tell(rest)
    assert rest.passed == ([passed] if passed else [])
    assert rest.left == (0 if passed else 1)


def test_who_was_forgotten_meanwhile_does_not_come_back() -> None:
    _made, rest = made_of(CustomerSet("7", "sealed", change=CHANGE))
    feeds = Feeds()
    feeds.say(*codec.write(CustomerForgotten("7", "2026-11-22T10:00:00.000Z", "chef"))[1:], member="b")
    feeds.tell(rest)
    assert rest.passed == [("customer", "7")]


def test_one_that_was_ended_early_stays_ended_where_an_older_disk_still_has_it() -> None:
    made, _rest = made_of(article(1), article(2))
    again = rest_of(unpacked(packed(made)))
    feeds = Feeds()
    note = AuditLogged(made.end_id, 1, "office_done", "anna", "2026-11-22T10:00:00.000Z", "2026-11-22")
    feeds.say(*codec.write(note)[1:], member="b")
    feeds.tell(again)
    assert not again.over, "another's note is not ours"
    feeds.say(*codec.write(note)[1:])
    feeds.tell(again, 1)
    assert again.over


def test_two_that_say_the_same_are_one() -> None:
    made, rest = made_of(article(1), article(2), article(1))
    assert (len(made.entries), rest.of) == (2, 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ü",
        "eA==",
        base64.b64encode(zlib.compress(b"{}")).decode(),
        base64.b64encode(zlib.compress(b'{"format":9,"change":"","by":"","begun_ms":1,"positions":[],"entries":[]}')).decode(),
        packed(made_of(article(1))[0])[:-8],
    ],
)  # fmt: skip
def test_a_text_that_is_no_intent_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Unreadable):
        unpacked(text)
