"""Addresses that members pass on: a star becomes a mesh, and nobody is told more than it needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from app.simulation.world import Machine, World
from replication.core import events
from replication.core.dialer import Dialer
from replication.core.hub import Hub
from replication.core.link import Link
from replication.core.membership import Roster
from replication.core.model import Member, Now
from replication.core.whereabouts import MAX_ADDRESS_CHARS, MAX_ADDRESSES, MAX_PASSED_ON, Whereabouts
from replication.core.wire import RemoteError


class Star(World):
    """Everybody knows where the first one is, and nobody else."""

    def in_reach(self, one: Machine, other: Machine) -> bool:
        return other is self.machines[0]


def opened(sites: Sequence[str]) -> Star:
    world = Star(1, 0)
    for number, site in enumerate(sites, start=1):
        world.add(number, site=site)
    world.found()
    for machine in world.machines:
        machine.happen(events.Listening((machine.address,)))
    return world


def met(machine: Machine) -> set[int]:
    assert machine.hub is not None
    return {link.member.till_no for link in hub_of(machine)._links.values() if link.greeted}


def hub_of(machine: Machine) -> Hub:
    assert machine.hub is not None
    return machine.hub


def test_a_star_becomes_a_full_mesh_and_stays_one_without_its_middle() -> None:
    world = opened([""] * 5)
    assert world.run_until(lambda: all(len(met(machine)) == 4 for machine in world.machines), 5_000)
    world.machines[0].crash()
    world.run(20_000)
    assert [met(machine) for machine in world.machines[1:]] == [{3, 4, 5}, {2, 4, 5}, {2, 3, 5}, {2, 3, 4}]
    # A link that breaks is made anew, though whoever passed the address on is gone.
    world.separate(world.machines[1], world.machines[2], noticed=True)
    world.run(1_000)
    assert met(world.machines[1]) == {4, 5}
    world.heal()
    assert world.run_until(lambda: met(world.machines[1]) == {3, 4, 5}, 15_000)


def test_addresses_of_another_site_mean_nothing() -> None:
    world = opened(["north", "north", "north", "south", "south"])
    assert world.run_until(lambda: met(world.machines[1]) == {1, 3}, 5_000)
    world.run(5_000)
    assert [met(machine) for machine in world.machines] == [{2, 3, 4, 5}, {1, 3}, {1, 2}, {1, 5}, {1, 4}]


def member(number: int, site: str = "") -> Member:
    return Member(f"{number:032x}", number, f"Till {number}", "till", site, bytes(32))


class Middle:
    """Member 1 with links to others; what it tells and whom it would dial."""

    def __init__(self, others: int) -> None:
        self.links: dict[int, Link] = {}
        self.roster = Roster(member(1).member_id, ())
        for number in range(1, others + 12):
            self.roster.members[member(number).member_id] = member(number)
        self.dialer = Dialer(member(1).member_id, _Half())
        self.where = Whereabouts(me=member(1).member_id, links=self.links, roster=self.roster, dialer=self.dialer)
        for number in range(2, others + 2):
            link = Link(number, member(number), "", "", 0)
            link.up = link.greeted = True
            self.links[number] = link
            self.hears(number, {"at": [f"10.0.0.{number}:7417"]})

    def hears(self, number: int, body: dict[str, Any]) -> None:
        self.where.hear(self.links[number], body, Now(0, 0))

    def dials(self) -> list[str]:
        return sorted(self.dialer.due(10_000, {link.member.member_id for link in self.links.values()}))


class _Half:
    def randrange(self, stop: int) -> int:
        return stop // 2

    def getrandbits(self, _bits: int) -> int:
        return 0

    def randbytes(self, size: int) -> bytes:
        return bytes(size)


def test_everything_is_told_once_and_then_only_what_has_changed() -> None:
    middle = Middle(2)
    middle.where.announced(("10.0.0.1:7417",))
    second, third = (member(number).member_id for number in (2, 3))
    assert middle.where.news(middle.links[2]) == {"at": ["10.0.0.1:7417"], "others": {third: ["10.0.0.3:7417"]}}
    assert middle.where.news(middle.links[2]) == {}
    middle.hears(3, {"at": ["10.0.0.33:7417"]})
    assert middle.where.news(middle.links[2]) == {"others": {third: ["10.0.0.33:7417"]}}
    middle.links[3].their_peers = frozenset([second])
    assert middle.where.news(middle.links[3]) == {"at": ["10.0.0.1:7417"]}


def test_what_was_passed_on_is_dialled_and_not_passed_on() -> None:
    middle = Middle(2)
    far = member(7).member_id
    middle.hears(2, {"others": {far: ["10.0.0.7:7417"]}})
    assert middle.dials() == ["10.0.0.7:7417"]
    assert far not in middle.where.news(middle.links[3]).get("others", {})


def test_an_address_that_its_member_has_left_is_dialled_no_more() -> None:
    middle = Middle(2)
    middle.hears(2, {"others": {member(7).member_id: ["10.0.0.7:7417"]}})
    middle.hears(3, {"others": {member(7).member_id: ["10.0.0.8:7417"]}})
    assert middle.dials() == ["10.0.0.8:7417"]


def test_nobody_speaks_for_strangers_for_me_or_for_whom_i_have_asked_myself() -> None:
    middle = Middle(2)
    others = {"f" * 32: ["10.9.9.9:1"], member(1).member_id: ["10.9.9.8:1"], member(3).member_id: ["10.9.9.7:1"]}
    middle.hears(2, {"others": others})
    middle.links.pop(3)
    assert middle.dials() == ["10.0.0.3:7417"]


def test_no_peer_is_told_of_more_than_so_many() -> None:
    middle = Middle(3 * MAX_PASSED_ON)
    told = middle.where.news(middle.links[2])
    assert len(told["others"]) <= MAX_PASSED_ON
    assert len(middle.links[2].told_addresses.of) <= MAX_PASSED_ON


@pytest.mark.parametrize(
    "body",
    [
        {"at": "10.0.0.1:7417"},
        {"at": ["10.0.0.1:1"] * (MAX_ADDRESSES + 1)},
        {"at": ["x" * (MAX_ADDRESS_CHARS + 1)]},
        {"at": [""]},
        {"at": ["a\nb:1"]},
        {"at": [7]},
        {"others": []},
        {"others": {str(number): [] for number in range(MAX_PASSED_ON + 1)}},
        {"others": {member(7).member_id: 7}},
    ],
)
def test_what_is_no_list_of_addresses_breaks_the_protocol(body: dict[str, Any]) -> None:
    with pytest.raises(RemoteError):
        Middle(2).hears(2, body)
