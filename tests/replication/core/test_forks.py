"""A feed that goes two ways: found out wherever it shows, proven, told to all, and never blamed on a relay."""

from __future__ import annotations

import copy
import json
from functools import partial

from app.simulation.world import NETWORK_ID, Disk, Machine, World
from replication.core import effects, events, records, wire
from replication.core.forks import KEPT
from replication.core.model import Entry, Feed

SAID = Entry("circulation", "thing.said/1", {"n": 1})


def network(tills: int, seed: int = 1) -> World:
    world = World(seed, tills)
    world.found()
    assert world.run_until(lambda: all(len(machine.links) == tills - 1 for machine in world.machines), 5_000)
    world.run(1_000)
    return world


def say(machine: Machine, count: int, said: str) -> None:
    machine.happen(events.Append(1, tuple(Entry("circulation", "thing.said/1", {"n": said}) for _ in range(count))))


def alone(world: World, machine: Machine, friend: Machine | None = None) -> None:
    """The machine hears nobody but its friend."""
    for other in world.machines:
        if other is not machine and other is not friend:
            world.separate(machine, other, noticed=True)


def swap(machine: Machine, disk: Disk) -> None:
    machine.crash()
    machine.disk = disk
    machine.start()


def has(machine: Machine, feed: Feed, length: int) -> bool:
    return len(machine.disk.records[feed]) == length


def two_branches(world: World, till: Machine, first: Machine, second: Machine) -> Feed:
    """The till's disk is copied; one copy tells ``first`` only, the other ``second`` only."""
    feed = Feed(till.name, "circulation")
    say(till, 4, "before")
    assert world.run_until(lambda: all(len(m.disk.records.get(feed, ())) == 4 for m in world.machines), 5_000)
    till.crash()
    world.run(100)
    put_back = copy.deepcopy(till.disk)
    for n, (friend, disk, length) in enumerate(((first, till.disk, 7), (second, put_back, 6))):
        world.cuts.clear()
        alone(world, till, friend)
        for other in world.machines:
            if other not in (till, friend):
                world.separate(friend, other, noticed=True)
        swap(till, disk)
        world.run(2_500)
        say(till, length - 4, f"branch {n}")
        assert world.run_until(partial(has, friend, feed, length), 10_000), (n, till.reports)
        till.crash()
        world.run(200)
    return feed


def forks_of(machine: Machine) -> list[tuple[int, str]]:
    assert machine.hub is not None
    return [(fork["till_no"], fork["topic"]) for fork in machine.hub.status(machine.now())["forks"]]


def dropped(machine: Machine) -> list[str]:
    return [report.detail for report in machine.reports if "bad record" in report.detail or report.what == "dropped"]


def test_two_members_with_different_branches_find_out_from_each_other_and_stay_connected() -> None:
    world = network(4)
    _, till, one, other = world.machines
    feed = two_branches(world, till, one, other)
    world.heal()
    rest = [machine for machine in world.machines if machine is not till]
    assert world.run_until(lambda: all(forks_of(machine) == [(2, "circulation")] for machine in rest), 10_000)
    world.run(5_000)
    for machine in rest:
        assert dropped(machine) == []
        assert len(machine.links) == len(rest) - 1
        assert [record.text for record in machine.disk.records[feed]][:4] == [
            record.text for record in one.disk.records[feed]
        ][:4]
    # What each had taken it keeps; nothing is taken back and nothing more is taken.
    assert [len(one.disk.records[feed]), len(other.disk.records[feed])] == [7, 6]


def test_the_till_itself_stops_writing_and_stays_stopped_over_a_restart() -> None:
    world = network(3)
    _, till, one = world.machines
    two_branches(world, till, one, world.machines[0])
    world.heal()
    till.start()
    assert till.hub is not None
    assert world.run_until(lambda: till.hub is not None and till.hub.gate.recovery.state == "stopped", 10_000)
    till.crash()
    world.run(100)
    till.start()
    seen: list[effects.Effect] = []
    till.on_effect = seen.append
    world.run(3_000)
    till.happen(events.Append(9, (SAID,)))
    till.happen(events.Confirmed(10))
    world.run(200)
    failed = [(effect.ticket, effect.code) for effect in seen if isinstance(effect, effects.AppendFailed)]
    assert failed == [(9, "cloned"), (10, "forked")]
    assert till.hub.status(till.now())["stopped"]["code"] == "forked"


def test_the_evidence_can_be_checked_by_anybody_and_is_known_after_a_restart() -> None:
    world = network(4)
    _, till, one, other = world.machines
    feed = two_branches(world, till, one, other)
    world.heal()
    assert world.run_until(lambda: forks_of(one) != [] and f"{KEPT}{feed}" in one.disk.kept, 10_000)
    seq, *texts = json.loads(one.disk.kept[f"{KEPT}{feed}"])
    pair = [records.parse(feed, text) for text in texts]
    assert [record.seq for record in pair] == [seq, seq]
    assert pair[0].hash != pair[1].hash
    assert all(records.verify_signature(till.member.public_key, NETWORK_ID, record) for record in pair)
    one.crash()
    one.start()
    assert forks_of(one) == [(2, "circulation")]


def test_a_peer_further_on_finds_a_fork_in_what_the_other_has_long_passed() -> None:
    world = network(3)
    _, till, one = world.machines
    feed = two_branches(world, till, one, world.machines[0])
    assert [len(machine.disk.records[feed]) for machine in (one, world.machines[0])] == [7, 6]
    one.crash()
    world.run(100)
    world.heal()
    one.start()
    assert world.run_until(lambda: forks_of(one) != [] and forks_of(world.machines[0]) != [], 10_000)


def test_nobody_can_make_up_a_fork_of_a_feed_that_is_not_its_own() -> None:
    world = network(3)
    victim, author, liar = world.machines
    say(author, 3, "x")
    world.run(1_000)
    feed = Feed(author.name, "circulation")
    mine = victim.disk.records[feed][1]
    forged = records.write(liar.key, NETWORK_ID, feed, seq=2, hlc=mine.hlc, prev=mine.prev, kind="x/1", body={})
    link_id = next(i for i, wire_ in victim.links.items() if wire_.other(victim) is liar)
    for texts in ([mine.text, forged.text], [mine.text, mine.text], [mine.text, victim.disk.records[feed][2].text]):
        body = {"t": "fork", "feed": str(feed), "texts": texts}
        victim.happen(
            events.Received(link_id, wire.encode(wire.Ephemeral(liar.name, victim.name, 1, "s", "00" * 16, body)))
        )
    world.run(1_000)
    assert forks_of(victim) == []
    say(author, 1, "goes on")
    world.run(1_000)
    assert len(victim.disk.records[feed]) == 4


def test_messages_about_forks_that_are_none_end_the_link_and_nothing_else() -> None:
    sales = f"{1:032x}/sales"
    for body in (
        {"t": "show"},
        {"t": "show", "feed": "x", "seq": 1},
        {"t": "show", "feed": sales, "seq": True},
        {"t": "shown", "feed": sales, "seq": 2**40, "text": "x"},
        {"t": "fork", "feed": sales, "texts": ["a"]},
        {"t": "fork", "feed": sales, "texts": [1, 2]},
    ):
        world = network(2)
        one, bad = world.machines
        link_id = next(iter(one.links))
        one.happen(events.Received(link_id, wire.encode(wire.Ephemeral(bad.name, one.name, 1, "s", "00" * 16, body))))
        assert link_id not in one.links
        assert forks_of(one) == []
