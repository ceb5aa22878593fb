"""Two machines with one member id stop; a till that is merely started again never does."""

from __future__ import annotations

import copy

import pytest

from app.simulation.world import Machine, World
from replication.core import effects, events, wire
from replication.core.model import Entry

SAID = Entry("circulation", "thing.said/1", {"n": 1})


def network(tills: int, seed: int = 1) -> World:
    world = World(seed, tills)
    world.found()
    assert world.run_until(lambda: all(len(machine.links) == tills - 1 for machine in world.machines), 5_000)
    world.run(1_000)
    return world


def cloned(world: World, till: Machine, name: str = "99") -> Machine:
    """Another machine with a copy of the till's disk, running."""
    clone = Machine(world, name, till.member, till.key.private_bytes_raw(), till.skew_ms)
    clone.disk = copy.deepcopy(till.disk)
    world.machines.append(clone)
    clone.start()
    return clone


def state(machine: Machine) -> str:
    assert machine.hub is not None
    return machine.hub.gate.recovery.state


def doubles(machine: Machine) -> list[int]:
    assert machine.hub is not None
    return [clone["till_no"] for clone in machine.hub.status(machine.now())["clones"]]


def test_two_copies_that_meet_both_stop_and_stay_stopped() -> None:
    world = network(3)
    till = world.machines[1]
    clone = cloned(world, till)
    assert world.run_until(lambda: state(till) == state(clone) == "stopped", 10_000)
    seen: list[effects.Effect] = []
    till.on_effect = seen.append
    till.happen(events.Append(7, (SAID,)))
    assert [effect.code for effect in seen if isinstance(effect, effects.AppendFailed)] == ["cloned"]
    world.run(200)
    assert till.disk.kept["stopped"].startswith("cloned: ")
    assert clone.disk.kept["stopped"].startswith("cloned: ")


@pytest.mark.parametrize("seed", range(5))
def test_a_third_member_finds_out_copies_that_cannot_hear_each_other(seed: int) -> None:
    world = network(3, seed)
    till = world.machines[1]
    world.cuts.add(frozenset((till.address, "99")))
    clone = cloned(world, till)
    assert world.run_until(lambda: state(till) == state(clone) == "stopped", 15_000)
    assert world.run_until(lambda: doubles(world.machines[0]) == [2] or doubles(world.machines[2]) == [2], 5_000)


@pytest.mark.parametrize("seed", range(6))
def test_a_till_that_is_started_again_is_never_taken_for_a_clone(seed: int) -> None:
    world = network(3, seed)
    till = world.machines[1 + seed % 2]
    for _ in range(6):
        if world.rng.random() < 0.5:  # its old connections stand half open: nobody has noticed that it died
            for wire_ in till.links.values():
                wire_.stalled[till.address] = True
            till.links.clear()
        till.crash()
        world.run(world.rng.randint(1, 400))
        till.start()
        world.run(world.rng.randint(50, 3_000))
    world.run(8_000)
    assert [state(machine) for machine in world.machines] == ["clear"] * 3
    assert [doubles(machine) for machine in world.machines] == [[], [], []]
    assert world.run_until(lambda: all(len(machine.links) == 2 for machine in world.machines), 20_000)


def test_a_copy_that_comes_when_one_was_found_before_is_found_out_too() -> None:
    world = network(2)
    till = world.machines[1]
    for name in ("98", "99"):
        world.cuts.add(frozenset((till.address, name)))
    first = cloned(world, till, "98")
    assert world.run_until(lambda: state(till) == state(first) == "stopped", 15_000)
    first.crash()
    world.machines.remove(first)
    till.happen(events.Confirmed(8))
    world.run(5_000)
    assert state(till) == "clear"
    second = cloned(world, till, "99")
    written = dict(second.disk.records)
    second.happen(events.Append(9, (SAID,)))
    assert world.run_until(lambda: state(till) == state(second) == "stopped", 15_000)
    assert second.disk.records == written


def test_nobody_can_stop_a_till_by_saying_that_there_is_a_clone() -> None:
    world = network(2)
    victim, liar = world.machines
    link_id = next(iter(victim.links))
    for body in ({"t": "clone", "session": "x", "sig": bytes(64)}, {"t": "alive", "session": "x", "sig": bytes(64)}):
        lie = wire.Ephemeral(liar.name, victim.name, 1, "s", "00" * 16, body)
        victim.happen(events.Received(link_id, wire.encode(lie)))
    world.run(500)
    assert state(victim) == "clear"
    assert doubles(victim) == []


def test_who_was_shut_out_while_it_came_a_second_time_is_told_nothing_more() -> None:
    world = network(2)
    founder, till = world.machines
    assert founder.hub is not None
    second = events.Connected(99, till.name, till.name, b"certificate", member=till.member)
    assert founder.hub.switchboard.connected(founder.now(), second) is not None
    founder.happen(events.Append(1, (Entry("membership", "member.revoked/1", {"member_id": till.name}),)))
    world.run(500)
    out = founder.hub.handle(founder.now(), events.Received(99, wire.encode(wire.Join(till.name, ("1",)))))
    assert not [effect for effect in out if isinstance(effect, effects.Send)]
