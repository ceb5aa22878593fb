"""The story **network** against code that is broken on purpose: a checker must name each mutant within a few seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from app.simulation.network import faults
from app.simulation.network.network import Network
from app.simulation.network.story import tell
from app.simulation.network.till import Till
from app.simulation.world import Machine
from replication.core import effects, events, records
from replication.core.clock import HybridClock
from replication.core.feeds import Feeds, RunCheck
from replication.core.forks import Forks
from replication.core.hub import Hub
from replication.core.journal import Journal
from replication.core.membership import Roster
from replication.core.model import Feed, FeedHead, Now, Record
from replication.core.recovery import Recovery
from replication.core.sync import Sync

SEEDS = 60


def found(word: str, *only: faults.Fault, first: int = 0) -> bool:
    """Whether a checker strikes within the seeds, with this word in its finding; ``only`` these faults, if any.

    ``first`` is where to begin: a seed that was seen to strike spares playing those before it.
    """
    table = tuple((1.0, fault) for fault in only) or faults.FAULTS
    return any(word in finding for seed in range(first, first + SEEDS) for finding in tell(seed, table))


def test_a_store_that_answers_before_the_disk_has_it_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(self: Machine, effect: effects.Store) -> None:
        """No fsync: the answer is there at once, the disk gets it later, or never."""
        later = self.world.now_ms + self.world.rng.randint(0, 30)
        incarnation = self.incarnation

        def synced() -> None:
            if self.incarnation == incarnation:
                self._write(effect)

        self.world.at(later, synced)
        self.happen(events.Stored(effect.batch_id))

    monkeypatch.setattr(Till, "_store", early)
    assert found("its disk has")


def test_a_hub_that_answers_before_the_store_does_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    send = Journal._send_to_store

    def early(self: Journal, *values: Any, ticket: int | None = None, **more: Any) -> Any:
        batch = send(self, *values, ticket=None, **more)
        if ticket is not None:
            self._emit(effects.Appended(ticket, batch.records))
        return batch

    monkeypatch.setattr(Journal, "_send_to_store", early)
    assert found("was promised and is lost")


def test_sending_what_is_not_on_disk_yet_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("replication.core.sync.Held.dirty", property(lambda _: 0, lambda *_: None), raising=False)
    assert found("sends changes that are not on its disk")


def test_a_chain_that_nobody_checks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record in the middle is altered; the newest is genuine, and its signature alone is looked at."""

    def careless(self: RunCheck, texts: Sequence[str]) -> None:
        run = [records.parse(self._feed, text) for text in texts]
        self._run += run
        self._head = FeedHead(run[-1].seq, run[-1].hash, run[-1].hlc)

    monkeypatch.setattr(RunCheck, "take", careless)
    assert found("that its writer never wrote", faults.lie, faults.heal)


def test_a_sent_record_that_counts_as_received_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    push = Sync.push

    def hopeful(self: Sync, run: Iterable[Record], now: Now) -> None:
        push(self, run, now)
        for link in self._up():
            for feed, seq in link.pushed.items():
                link.their[feed] = max(seq, link.their.get(feed, 0))

    monkeypatch.setattr(Sync, "push", hopeful)
    assert found("says that")


def test_signatures_that_nobody_checks_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "verify_signature", lambda *_: True)
    assert found("that its writer never wrote", faults.impersonate)


def test_a_hybrid_time_forgotten_over_a_restart_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = HybridClock.__init__
    monkeypatch.setattr(HybridClock, "__init__", lambda self, _newest="": begin(self))
    monkeypatch.setattr(Feeds, "newest_hlcs", lambda _self: [])
    assert found("goes back in time", faults.jump_clock, faults.crash)


def test_a_recovery_that_does_not_wait_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = Recovery.begin

    def hasty(self: Recovery, *values: Any) -> dict[str, str | None]:
        kept = begin(self, *values)
        self.state = "clear"
        return kept

    monkeypatch.setattr(Recovery, "begin", hasty)
    assert found("twice", faults.back_up, faults.put_an_old_disk_back, faults.crash, first=12)


def test_revocations_that_are_ignored_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    fold = Roster.fold

    def lenient(self: Roster, record: Record) -> None:
        fold(self, record)
        self.revoked.clear()

    monkeypatch.setattr(Roster, "fold", lenient)
    assert found("which it knows is revoked", faults.revoke, faults.heal)


def test_books_that_hear_of_it_twice_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    apply = Journal.apply

    def again(self: Journal, batch: Any) -> None:
        apply(self, batch)
        if batch.batch_id % 7 == 0:
            apply(self, batch)

    monkeypatch.setattr(Journal, "apply", again)
    assert found("was folded after")


def test_a_hub_that_never_forgets_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    happen = Hub.handle

    def hoarding(self: Hub, now: Now, event: events.Event) -> list[effects.Effect]:
        self.journal.__dict__.setdefault("hoard", []).append(event)
        return happen(self, now, event)

    monkeypatch.setattr(Hub, "handle", hoarding)
    assert found("at rest holds", first=16)


def clone_behind_a_cut(network: Network) -> None:
    """Both machines have somebody to write to, and do not hear of each other before both have written."""
    before = len(network.tills)
    faults.clone(network)
    if len(network.tills) > before:
        witnesses = network.honest
        network.rng.shuffle(witnesses)
        network.partition([network.tills[-1], *witnesses[::2]])
        network.run(1_500)


def test_a_fork_that_nobody_looks_for_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two in five seeds strike."""
    monkeypatch.setattr(Forks, "prove", lambda *_: False)
    assert found("is split at", clone_behind_a_cut, faults.rename, first=1)


def test_sticks_that_are_believed_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Careless:
        def __init__(self, feed: Feed) -> None:
            self._feed = feed
            self._run: list[Record] = []

        def take(self, texts: Sequence[str]) -> None:
            self._run += [records.parse(self._feed, text) for text in texts]

        def finish(self) -> list[Record]:
            return self._run

    monkeypatch.setattr(Sync, "checking", lambda _self, feed: Careless(feed))
    assert found("that its writer never wrote", faults.write_a_stick, faults.tamper_with_a_stick)


def test_a_name_that_is_forgotten_over_a_restart_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = Roster.__init__

    def forgetful(self: Roster, founder: str, stored: Iterable[Record] = ()) -> None:
        begin(self, founder, [record for record in stored if record.kind != "member.renamed/1"])

    monkeypatch.setattr(Roster, "__init__", forgetful)
    assert found("do not say the same of who belongs", faults.rename, faults.crash)
