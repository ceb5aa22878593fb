"""Whose absence counts: no two tills that are cut off from each other may both believe that nobody is missing."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from replication.core import effects, events
from replication.core.model import Entry, Feed, Record
from replication.core.presence import PRESENCE, Presence
from tests.replication.core.test_hub import network, watch

A, B, C = "a" * 32, "b" * 32, "c" * 32
EVERYBODY = (A, B, C)


class Tills:
    """Tills that write about their presence, and tell each other of it only when they meet."""

    def __init__(self) -> None:
        self.feeds: dict[str, list[Record]] = {member: [] for member in EVERYBODY}
        self.seen = {member: dict.fromkeys(EVERYBODY, 0) for member in EVERYBODY}
        self.presence = {member: self.made(member, None) for member in EVERYBODY}
        self.kept: dict[str, str | None] = dict.fromkeys(EVERYBODY)
        self.time = 0

    def made(self, member: str, kept: str | None) -> Presence:
        return Presence(member, kept, lambda feed: self.seen[member][feed.member])

    def write(self, member: str, entry: Entry) -> None:
        self.time += 1
        feed, run = Feed(member, entry.topic), self.feeds[member]
        run.append(Record(feed, len(run) + 1, f"{self.time:013}-00000", entry.kind, entry.body, "", "", "", ""))
        self.take(member, member)

    def take(self, member: str, writer: str) -> None:
        run = self.feeds[writer][self.seen[member][writer] :]
        if run:
            self.kept[member] = self.presence[member].stage(run).get(PRESENCE, self.kept[member])
            self.presence[member].fold(run)
            self.seen[member][writer] = len(self.feeds[writer])

    def meet(self, one: str, other: str) -> None:
        """Both learn all that either knows."""
        for writer in EVERYBODY:
            furthest = max(self.seen[one][writer], self.seen[other][writer])
            for member in (one, other):
                if self.seen[member][writer] < furthest:
                    run = self.feeds[writer][self.seen[member][writer] : furthest]
                    self.kept[member] = self.presence[member].stage(run).get(PRESENCE, self.kept[member])
                    self.presence[member].fold(run)
                    self.seen[member][writer] = furthest

    def sign_off(self, member: str) -> None:
        if not self.presence[member].is_off(member):
            self.write(member, self.presence[member].sign_off(EVERYBODY))

    def sign_on(self, member: str) -> None:
        if self.presence[member].is_off(member):
            self.write(member, self.presence[member].sign_on())

    def restart(self, member: str) -> None:
        self.presence[member] = self.made(member, self.kept[member])

    def open_and_leaving_out(self, one: str, other: str) -> bool:
        return not self.presence[one].is_off(one) and other in self.presence[one].left_out()


def the_law(tills: Tills) -> bool:
    """No two tills that are open leave each other out."""
    return not any(
        tills.open_and_leaving_out(one, other) and tills.open_and_leaving_out(other, one)
        for one in EVERYBODY
        for other in EVERYBODY
        if one < other
    )


STEPS = st.one_of(
    st.tuples(st.just("meet"), st.sampled_from([(A, B), (B, C), (A, C)])),
    st.tuples(st.sampled_from(["sign_off", "sign_on", "restart"]), st.sampled_from([(A,), (B,), (C,)])),
)


def play(steps: list[tuple[str, tuple[str, ...]]], law: Callable[[Tills], bool] = the_law) -> Tills:
    tills = Tills()
    for what, who in steps:
        getattr(tills, what)(*who)
        assert law(tills), (what, who)
    return tills


@settings(max_examples=400)
@given(st.lists(STEPS, max_size=30))
def test_no_two_open_tills_leave_each_other_out(steps: list[tuple[str, tuple[str, ...]]]) -> None:
    play(steps)


def test_every_short_story_of_two_tills() -> None:
    """Exhaustively: all stories of seven steps in which A and B close, open and meet."""
    steps = [("meet", (A, B)), *((what, (who,)) for what in ("sign_off", "sign_on") for who in (A, B))]

    def go_on(story: list[tuple[str, tuple[str, ...]]]) -> None:
        play(story)
        if len(story) < 6:
            for step in steps:
                go_on([*story, step])

    go_on([])


def test_who_opens_alone_in_the_morning_does_not_believe_that_nobody_is_missing() -> None:
    tills = play([("sign_off", (A,)), ("meet", (A, B)), ("sign_off", (B,)), ("meet", (A, B))])
    assert tills.presence[B].left_out() == {A}
    play_on = [("sign_on", A), ("sign_on", B)]
    for what, who in play_on:
        getattr(tills, what)(who)
    assert A not in tills.presence[B].left_out()
    assert B not in tills.presence[A].left_out()


def test_a_till_that_is_put_away_is_not_missed_until_it_is_back() -> None:
    tills = play([("sign_off", (C,)), ("meet", (A, C)), ("restart", (A,))])
    assert tills.presence[A].left_out() == {C}
    assert tills.presence[B].left_out() == set()
    tills.sign_on(C)
    tills.meet(A, C)
    assert tills.presence[A].left_out() == set()


def test_a_sign_off_that_is_not_in_the_books_yet_does_not_count() -> None:
    tills = play([("sign_off", (C,)), ("meet", (A, C))])
    behind = Presence(A, tills.kept[A], lambda _feed: 0)
    assert behind.is_off(C)
    assert behind.left_out() == set()


def test_a_kept_value_that_cannot_be_read_lets_nobody_be_away() -> None:
    assert Presence(A, "{torn", lambda _feed: 9).left_out() == set()


def claim(world_machine: object, ticket: int = 7) -> None:
    world_machine.happen(events.ClaimWanted(ticket, ("voucher/1",)))  # type: ignore[attr-defined]


def test_coverage_is_complete_without_a_till_that_signed_off_and_its_next_claim_signs_it_on() -> None:
    world = network(3)
    one, other, away = world.machines
    away.happen(events.SignOff(1))
    assert world.run_until(
        lambda: all(each.hub is not None and each.hub.presence.is_off(away.name) for each in world.machines), 3_000
    )
    away.crash()
    world.run(500)
    seen = watch(one)
    claim(one)
    assert world.run_until(lambda: any(isinstance(effect, effects.ClaimDone) for effect in seen), 3_000)
    (done,) = [effect for effect in seen if isinstance(effect, effects.ClaimDone)]
    assert (done.granted, done.coverage.promised, done.coverage.missing) == (True, (other.name,), ())
    one.happen(events.ClaimReleased(done.claim_id))
    away.start()
    world.run(2_000)
    seen_away = watch(away)
    claim(away)
    assert world.run_until(lambda: any(isinstance(effect, effects.ClaimDone) for effect in seen_away), 3_000)
    (back,) = [effect for effect in seen_away if isinstance(effect, effects.ClaimDone)]
    assert back.granted
    assert set(back.coverage.promised) == {one.name, other.name}
    assert away.hub is not None
    assert not away.hub.presence.is_off(away.name)
    assert away.disk.records[Feed(away.name, "circulation")][-1].kind == "member.signed_on/1"
    away.happen(events.ClaimReleased(back.claim_id))
    world.run(1_000)
    away.crash()
    world.run(7_000)
    seen.clear()
    claim(one, 8)
    assert world.run_until(lambda: any(isinstance(effect, effects.ClaimDone) for effect in seen), 3_000)
    (last,) = [effect for effect in seen if isinstance(effect, effects.ClaimDone)]
    assert last.coverage.missing == (away.name,)


def test_a_claim_whose_sign_on_the_disk_does_not_take_is_given_up() -> None:
    world = network(2)
    one, _other = world.machines
    one.happen(events.SignOff(1))
    world.run(500)
    one.disk.full = True
    seen = watch(one)
    claim(one)
    world.run(3_000)
    (done,) = [effect for effect in seen if isinstance(effect, effects.ClaimDone)]
    assert (done.granted, done.reason) == (False, "unanswered")
    assert one.hub is not None
    assert one.hub.presence.is_off(one.name)
