"""Feeds with an audience: they go to those that the authority has assigned them to, and to nobody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from app.simulation.network.checkers import findings
from app.simulation.network.faults import SHELVING
from app.simulation.network.network import SHELVES, may_see
from app.simulation.network.story import come_to_rest, play
from app.simulation.world import NETWORK_ID, Machine, World
from replication.core import effects, events, wire
from replication.core.documents import document_id
from replication.core.membership import MAX_AUDIENCES, Audience, Roster
from replication.core.model import Entry, Feed, Member, Now
from replication.core.sync import Sync
from tests.replication.core.test_hub import network, watch

FAIR = "catalogue/fair"
SEEDS = range(8)


def assign(world: World, *tills: int, topic: str = FAIR) -> None:
    first = world.machines[0]
    assert first.hub is not None
    first.happen(events.Append(900, (first.hub.roster.audience(topic, tills),)))
    assert world.run_until(lambda: all(_knows(each, topic, tills) for each in world.machines if each.hub), 2_000)


def _knows(machine: Machine, topic: str, tills: tuple[int, ...]) -> bool:
    return machine.hub is not None and machine.hub.roster.audiences.get(topic) == Audience(frozenset(tills))


def write(machine: Machine, count: int = 1, topic: str = FAIR) -> None:
    machine.happen(events.Append(901, (Entry(topic, "article.told/1", {"n": 1}),) * count))


def has(machine: Machine, writer: Machine, topic: str = FAIR) -> int:
    return len(machine.disk.records.get(Feed(writer.name, topic), ()))


def test_it_goes_to_its_audience_and_is_pushed_there_at_once() -> None:
    world = network(3)
    office, two, three = world.machines
    assign(world, 2)
    write(office)
    assert world.run_until(lambda: has(two, office) == 1, 2_000)
    before_ms = world.now_ms
    write(office)
    assert world.run_until(lambda: has(two, office) == 2, 1_000)
    assert world.now_ms - before_ms <= 150
    world.run(5_000)
    assert has(three, office) == 0
    assert three.hub is not None
    assert three.hub.synced
    assert office.hub is not None
    assert office.hub.synced, "nothing is pending for those whom it is not for"


def test_who_is_assigned_later_gets_all_of_it_and_who_is_taken_off_nothing_more() -> None:
    world = network(3)
    office, two, three = world.machines
    assign(world, 2)
    write(office, 700)
    assert world.run_until(lambda: has(two, office) == 700, 5_000)
    assign(world, 3)
    write(office, 5)
    assert world.run_until(lambda: has(three, office) == 705, 5_000)
    world.run(3_000)
    assert has(two, office) == 700
    assign(world, 2, 3)
    assert world.run_until(lambda: has(two, office) == 705, 10_000)


def test_relays_pass_it_on_to_whom_it_is_for_and_who_was_taken_off_to_nobody() -> None:
    world = network(4)
    office, two, three, four = world.machines
    assign(world, 2)
    write(office, 3)
    assert world.run_until(lambda: has(two, office) == 3, 5_000)
    for other in (three, four):
        world.separate(office, other)
    assign(world, 3)
    world.run(5_000)
    assert has(three, office) == 0
    assign(world, 2, 3)
    assert world.run_until(lambda: has(three, office) == 3, 10_000)
    assert has(four, office) == 0


def test_newcomers_wait_for_what_is_assigned_to_them_too() -> None:
    world = network(2)
    office, two = world.machines
    two.crash()
    two.disk.records.clear()
    two.disk.chunks.clear()
    two.disk.kept.clear()
    assign(world, 2)
    write(office, 4)
    world.run(1_000)
    two.newcomer_since_ms = 1
    world.max_delay_ms = 300
    seen = watch(two)
    two.start()

    def provisioned() -> bool:
        return any(isinstance(effect, effects.Provisioned) for effect in seen)

    assert world.run_until(provisioned, 20_000)
    assert has(two, office) == 4


def test_earlier_versions_are_told_nothing_that_they_would_not_understand() -> None:
    world = network(2)
    office, two = world.machines
    seen = watch_sent(office)
    assign(world, 2)
    write(office, 2)
    assert world.run_until(lambda: has(two, office) == 2, 2_000)
    told = [message.body for message in seen if isinstance(message, wire.Ephemeral) and "p" in message.body]
    assert [name for body in told for name in body["p"] if "catalogue/" in name] == []
    assert any(f"{office.name}/{FAIR}" in body.get("a", {}) for body in told)


def watch_sent(machine: Machine) -> list[wire.Message]:
    """Every message that the machine sends from now on."""
    assert machine.hub is not None
    seen: list[wire.Message] = []
    handle = machine.hub.handle

    def watched(now: Now, event: events.Event) -> list[effects.Effect]:
        made = handle(now, event)
        seen.extend(wire.decode(effect.data) for effect in made if isinstance(effect, effects.Send))
        return made

    machine.hub.handle = watched  # type: ignore[method-assign]
    return seen


def test_a_stick_brings_it_to_whom_it_is_for_and_to_nobody_else() -> None:
    world = network(3)
    office, two, three = world.machines
    for till in (two, three):
        world.separate(office, till)
    world.separate(two, three)
    world.run(20_000)
    assert office.hub is not None
    office.happen(events.Append(900, (office.hub.roster.audience(FAIR, [2]),)))
    world.run(500)
    write(office, 3)
    world.run(500)
    for till in (two, three):
        for ticket, feed in enumerate((Feed(office.name, "membership"), Feed(office.name, FAIR))):
            chunks = tuple(chunk.data for chunk in office.disk.chunks[document_id(NETWORK_ID, feed, 0)])
            till.happen(events.Carried(950 + ticket, feed, 0, chunks, office.name))
            world.run(500)
    assert (has(two, office), has(three, office)) == (3, 0)


def test_what_nobody_has_been_assigned_is_not_written() -> None:
    world = network(2)
    office = world.machines[0]
    seen = watch(office)
    write(office)
    world.run(100)
    assert [effect.code for effect in seen if isinstance(effect, effects.AppendFailed)] == ["not_assigned"]


def test_a_centre_has_all_of_it_and_a_node_passes_on_only_what_is_for_whom() -> None:
    world = World(1, 1)
    world.add(2, "till")
    world.add(3, "node")
    world.add(4, "till")
    world.found()
    office, two, node, four = world.machines
    assert world.run_until(lambda: all(each.hub is not None and each.hub.synced for each in world.machines), 5_000)
    for till in (two, four):
        world.separate(office, till)
    assign(world, 2)
    write(office, 2)
    assert world.run_until(lambda: has(two, office) == has(node, office) == 2, 10_000)
    world.run(3_000)
    assert has(four, office) == 0


def test_a_writer_whose_disk_is_old_gets_its_own_back_before_it_writes_on() -> None:
    world = network(3)
    office, two, _three = world.machines
    feed = Feed(office.name, FAIR)
    assign(world, 2)
    write(office)
    assert world.run_until(lambda: has(two, office) == 1, 2_000)
    old = office.disk.copy()
    write(office, 5)
    assert world.run_until(lambda: has(two, office) == 6, 5_000)
    office.crash()
    office.disk = old
    world.separate(office, two)
    office.start()
    assert world.run_until(lambda: bool(office.links) and office.hub is not None and not office.hub.gate.waits, 20_000)
    world.heal()
    hub = office.hub
    assert hub is not None
    for _millisecond in range(30_000):
        world.run(1)
        if any(link.their.get(feed, 0) == 6 for link in hub._links.values()):
            break
    assert has(office, office) == 1, "it has just heard of it"
    write(office)
    world.run(5_000)
    assert not hub.sync.forks.known
    write(office)
    assert world.run_until(lambda: has(two, office) >= 7, 5_000)
    assert two.disk.records[feed] == office.disk.records[feed]
    assert not world.findings


def test_what_was_to_be_said_to_somebody_is_not_said_once_it_is_not_for_him() -> None:
    world = network(2)
    office, two = world.machines
    assign(world, 2)
    write(office)
    assert world.run_until(lambda: has(two, office) == 1, 2_000)
    assign(world)
    write(office)
    world.run(100)
    seen = watch_sent(office)
    document = document_id(NETWORK_ID, Feed(office.name, FAIR), 0)
    assert office.hub is not None
    for link in office.hub._links.values():
        link.owed.add(document)
    write(office)
    world.run(500)
    assert not [message for message in seen if isinstance(message, wire.Sync) and message.document == document]
    assert has(two, office) == 1


def test_audiences_are_bounded_and_odd_ones_change_nothing() -> None:
    world = network(1)
    (office,) = world.machines
    odd: tuple[dict[str, Any], ...] = (
        {"topic": "sales", "tills": [2]}, {"topic": "a/b/c", "tills": [2]}, {"topic": "x/y"},
        {"topic": "x/y", "tills": 3},
        {"topic": "x/y", "tills": ["no"]}, {"topic": "x/y", "tills": list(range(20_000))},
    )  # fmt: skip
    office.happen(events.Append(1, tuple(Entry("membership", "audience.set/1", body) for body in odd)))
    world.run(100)
    roster = Roster(office.name, office.disk.membership())
    assert roster.audiences == {}
    entries = [roster.audience(f"x/{number}", [2]) for number in range(MAX_AUDIENCES + 2)]
    for start in range(0, len(entries), 200):
        office.happen(events.Append(1, tuple(entries[start : start + 200])))
        world.run(50)
    roster = Roster(office.name, office.disk.membership())
    assert len(roster.audiences) == MAX_AUDIENCES
    office.happen(events.Append(1, (roster.audience("x/1", [3], others=True),)))
    world.run(50)
    others = Roster(office.name, office.disk.membership()).audiences["x/1"]
    assert [others.has(no) for no in (2, 3, 99)] == [True, False, True]
    till = Member("b" * 32, 2, "Kasse 2", "till", "", b"")
    feed = Feed(office.name, "x/0")
    assert roster.may_see(feed, till)
    assert not roster.may_see(Feed(office.name, f"x/{MAX_AUDIENCES}"), till)


def test_networks_in_which_everything_goes_wrong_keep_to_it() -> None:
    wrong: dict[int, list[str]] = {}
    faults: Counter[str] = Counter()
    shelved = hidden = 0
    for seed in SEEDS:
        played = play(seed, SHELVING)
        assert come_to_rest(played), f"seed {seed} does not come to rest"
        if found := findings(played):
            wrong[seed] = found
        faults.update(played.faults)
        for till in played.tills:
            for feed, run in till.disk.records.items():
                if feed.topic in SHELVES:
                    shelved += len(run)
                    hidden += not may_see(feed, played, till)
    assert not wrong, "\n".join(f"seed {seed}: {'; '.join(found[:5])}" for seed, found in wrong.items())
    assert faults["assign"] > 10
    assert shelved > 50
    assert hidden, "nobody was taken off while it had something"


def _announcing_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    may_see = Roster.may_see

    def careless(self: Roster, feed: Feed, peer: Member) -> bool:
        return "/" in feed.topic or may_see(self, feed, peer)

    monkeypatch.setattr(Roster, "may_see", careless)


def _taking_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sync, "_is_for_me", lambda _self, _feed: True)


@pytest.mark.parametrize("broken", [_announcing_to_all, _taking_everything])
def test_the_law_catches_whoever_breaks_it(
    monkeypatch: pytest.MonkeyPatch, broken: Callable[[pytest.MonkeyPatch], None]
) -> None:
    broken(monkeypatch)
    for seed in range(40):
        played = play(seed, SHELVING)
        if not come_to_rest(played) or findings(played):
            return
    pytest.fail("nobody has noticed")
