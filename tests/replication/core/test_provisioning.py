"""A newcomer's first data: progress only grows, it always ends, and nothing that could be had is left out."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from replication.core.model import TOPICS, Feed
from replication.core.provisioning import LET_GO_MS, Progress, Provisioning

MASTER, VOUCHERS = Feed("a", "master"), Feed("a", "circulation")


class Newcomer:
    """Books that grow, and who is connected with what."""

    def __init__(self) -> None:
        self.books: Counter[Feed] = Counter()
        self.connected: dict[str, dict[Feed, int]] = {}
        self.now_ms = 0
        self.provisioning = Provisioning("me", 1, lambda feed: self.books[feed])

    def hears(self, member: str, **their: int) -> None:
        self.connected[member] = {Feed("a", topic): seq for topic, seq in their.items()}
        self.provisioning.hear(member, self.connected[member], self.now_ms)

    def reads(self, writer: str, **their: int) -> None:
        self.provisioning.read(writer, {Feed("a", topic): seq for topic, seq in their.items()}, self.now_ms)

    def looks(self, after_ms: int = 50) -> bool:
        self.now_ms += after_ms
        return self.provisioning.look(
            self.now_ms,
            bool(self.connected),
            lambda feed: any(their.get(feed, 0) > self.books[feed] for their in self.connected.values()),
        )


def test_it_ends_when_all_that_the_first_peer_had_is_in_the_books_whatever_came_since() -> None:
    newcomer = Newcomer()
    assert not newcomer.looks()
    newcomer.hears("a", membership=2, master=10, circulation=3, sales=500)
    assert newcomer.provisioning.progress == Progress(0, 15)
    newcomer.hears("a", master=9_000)  # the shop goes on working
    newcomer.books.update({Feed("a", "membership"): 2, MASTER: 10})
    assert not newcomer.looks()
    assert newcomer.provisioning.progress == Progress(12, 15)
    newcomer.books[VOUCHERS] = 4
    assert newcomer.looks()
    assert newcomer.provisioning.progress == Progress(15, 15)


def test_a_peer_that_comes_later_and_knows_more_is_listened_to() -> None:
    newcomer = Newcomer()
    newcomer.hears("a", master=10)
    newcomer.hears("b", master=12, circulation=5)
    newcomer.books[MASTER] = 10
    assert not newcomer.looks()
    newcomer.books.update({MASTER: 2, VOUCHERS: 5})
    assert newcomer.looks()


def test_what_nobody_can_bring_any_more_is_let_go_after_a_while_but_not_while_nobody_is_there() -> None:
    newcomer = Newcomer()
    newcomer.hears("a", master=10)
    newcomer.connected = {}
    for _ in range(10):
        assert not newcomer.looks(LET_GO_MS)
    newcomer.hears("b", master=4)
    newcomer.books[MASTER] = 4
    assert not newcomer.looks()
    assert not newcomer.looks(LET_GO_MS - 51)
    assert newcomer.looks(51)


def test_one_that_has_come_back_in_time_is_waited_for() -> None:
    newcomer = Newcomer()
    newcomer.hears("a", master=10)
    del newcomer.connected["a"]
    newcomer.hears("b", master=4)
    assert not newcomer.looks(LET_GO_MS - 1)
    newcomer.connected["a"] = {MASTER: 10}
    assert not newcomer.looks()
    del newcomer.connected["a"]
    assert not newcomer.looks(LET_GO_MS - 1)


def test_a_stick_is_enough_where_whoever_was_met_before_and_had_more_is_gone() -> None:
    """It waited for what nobody could bring until its next start."""
    newcomer = Newcomer()
    newcomer.hears("a", master=10, sales=7)
    newcomer.connected = {}
    newcomer.reads("b", master=6, circulation=2)
    newcomer.books[MASTER] = 6
    assert not newcomer.looks(LET_GO_MS)  # not all of the stick is in the books
    newcomer.books[VOUCHERS] = 2
    assert newcomer.looks()
    assert newcomer.provisioning.progress == Progress(12, 12)


def test_a_stick_is_not_enough_while_somebody_is_there_or_was_there_just_now() -> None:
    newcomer = Newcomer()
    newcomer.hears("a", master=10)
    newcomer.reads("b", master=6)
    newcomer.books[MASTER] = 6
    assert not newcomer.looks(2 * LET_GO_MS)
    newcomer.connected = {}
    assert not newcomer.looks(LET_GO_MS - 1)
    assert newcomer.looks(1)


def test_a_later_stick_of_the_same_writer_counts_as_it_is() -> None:
    newcomer = Newcomer()
    newcomer.hears("a", master=10)
    newcomer.connected = {}
    newcomer.reads("b", master=6)
    newcomer.reads("b", master=8)
    newcomer.books[MASTER] = 6
    assert not newcomer.looks(LET_GO_MS)
    newcomer.books[MASTER] = 8
    assert newcomer.looks()


def test_own_feeds_and_sales_are_not_waited_for() -> None:
    newcomer = Newcomer()
    newcomer.provisioning.hear("a", {Feed("me", "circulation"): 9, Feed("a", "sales"): 9, MASTER: 1}, 0)
    newcomer.books[MASTER] = 1
    assert newcomer.looks()


peers = st.sampled_from("abc")
feeds = st.builds(Feed, peers, st.sampled_from(TOPICS))
steps = st.one_of(
    st.tuples(st.just("hear"), peers, st.dictionaries(feeds, st.integers(1, 50), max_size=6)),
    st.tuples(st.just("read"), peers, st.dictionaries(feeds, st.integers(1, 50), max_size=6)),
    st.tuples(st.just("fold"), feeds, st.integers(1, 30)),
    st.tuples(st.just("lose"), peers, st.none()),
    st.tuples(st.just("wait"), st.integers(1, LET_GO_MS), st.none()),
)


@given(st.lists(steps, max_size=60))
def test_progress_only_grows_and_it_ends_once_somebody_stays(story: list[tuple[str, object, object]]) -> None:
    newcomer = Newcomer()
    progress = [newcomer.provisioning.progress]
    for step in story:
        match step:
            case ("hear", str(member), dict(their)):
                newcomer.connected[member] = their
                newcomer.provisioning.hear(member, their, newcomer.now_ms)
            case ("read", str(member), dict(their)):
                newcomer.provisioning.read(member, their, newcomer.now_ms)
            case ("fold", Feed() as feed, int(count)):
                newcomer.books[feed] += count
            case ("lose", str(member), None):
                newcomer.connected.pop(member, None)
            case ("wait", int(ms), None):
                newcomer.looks(ms)
        progress.append(newcomer.provisioning.progress)
    assert all(one.done <= other.done and one.of <= other.of for one, other in pairwise(progress))
    assert all(each.done <= each.of for each in progress)
    newcomer.hears("z", master=3)
    newcomer.books[MASTER] = max(3, newcomer.books[MASTER])
    for their in newcomer.connected.values():
        for feed, seq in their.items():
            newcomer.books[feed] = max(seq, newcomer.books[feed])
    newcomer.looks()
    assert newcomer.looks(LET_GO_MS)
    done, of = newcomer.provisioning.progress
    assert done == of
