"""Claims on real hubs: whom only a centre can reach, who crashed, joined, or was revoked meanwhile."""

from __future__ import annotations

from app.simulation.world import Machine, World, body_of
from replication.core import effects, events
from replication.core.asking import DOUBTS, RUNNING
from replication.core.claims import SILENT_MS, TTL_MS
from replication.core.doubts import Doubt
from replication.core.model import Entry, Feed

CENTRE, HERE, THERE, TOO = range(4)


class Sites(World):
    """A centre with a till here and two there: the sites hear each other through the centre only."""

    def __init__(self, seed: int = 1, *, relay: str = "centre") -> None:
        super().__init__(seed, 1)
        self.machines.clear()
        self.add(1, "centre" if relay == "centre" else "till")
        self.add(2, site="here")
        self.add(3, site="there")
        self.add(4, site="there")
        if relay == "node":
            self.add(5, "node")
        self.hub_of_all = self.machines[-1 if relay == "node" else 0]
        self.found()
        assert self.run_until(lambda: len(self.machines[HERE].links) == len(self.hubs), 10_000)
        self.run(3_000)

    @property
    def hubs(self) -> list[Machine]:
        return [machine for machine in self.machines if machine is self.hub_of_all or machine is self.machines[0]]

    def in_reach(self, one: Machine, other: Machine) -> bool:
        return one in self.hubs or other in self.hubs or one.member.site == other.member.site != ""


def watch(machine: Machine) -> list[effects.ClaimDone]:
    done: list[effects.ClaimDone] = []
    machine.on_effect = lambda effect: done.append(effect) if isinstance(effect, effects.ClaimDone) else None
    return done


def claim(machine: Machine, ticket: int = 5, resource: str = "voucher/1") -> list[effects.ClaimDone]:
    done = watch(machine)
    machine.happen(events.ClaimWanted(ticket, (resource,)))
    return done


def test_the_centre_asks_for_a_till_those_that_it_alone_can_reach() -> None:
    world = Sites()
    done = claim(world.machines[HERE])
    world.run(200)
    assert done[0].coverage.complete
    assert len(done[0].coverage.promised) == 3


def test_a_node_relays_claims_too() -> None:
    world = Sites(relay="node")
    world.separate(world.machines[HERE], world.machines[0], noticed=True)
    world.run(100)
    done = claim(world.machines[HERE])
    world.run(200)
    assert done[0].coverage.complete


def test_across_the_centre_only_one_of_two_uses_it() -> None:
    world = Sites()
    here, there = world.machines[HERE], world.machines[THERE]
    one, other = claim(here), claim(there)
    world.run(900)
    assert [len(one), len(other)] in ([1, 0], [0, 1])
    first, second = (here, there) if one else (there, here)
    winner, waiting = (one, other) if one else (other, one)
    first.happen(
        events.Append(6, (Entry("circulation", "thing.used/1", {"by": "first"}),), claim_id=winner[0].claim_id)
    )
    world.run(30)
    first.happen(events.ClaimReleased(winner[0].claim_id))
    assert world.run_until(lambda: bool(waiting), 3_000)
    if waiting[0].granted:
        assert second.hub is not None
        assert second.hub.journal.feeds.applied(Feed(first.name, "circulation")) == 1


def test_who_is_behind_the_centre_but_not_there_is_missing_at_once() -> None:
    world = Sites()
    world.machines[TOO].crash(silently=True)
    world.run(50)  # the centre believes it to be there
    done = claim(world.machines[HERE])
    world.run(SILENT_MS + 100)
    assert done[0].coverage.missing == (world.machines[TOO].name,)


def test_who_crashed_promises_nothing_for_a_while_and_who_ended_in_order_does() -> None:
    world = Sites()
    asker, other = world.machines[THERE], world.machines[TOO]
    other.crash()
    assert RUNNING in other.disk.kept
    other.start()
    started_ms = world.now_ms
    assert world.run_until(lambda: _hears(asker, other), 1_500)
    done = claim(asker)
    assert world.run_until(lambda: bool(done), started_ms + TTL_MS - world.now_ms)
    assert done[0].coverage.missing == (other.name,)
    asker.happen(events.ClaimReleased(done[0].claim_id))
    world.run(TTL_MS)
    again = claim(asker, 6)
    world.run(200)
    assert again[0].coverage.complete
    asker.happen(events.ClaimReleased(again[0].claim_id))
    world.run(200)
    other.happen(events.Stopping())
    world.run(50)
    other.crash()
    assert RUNNING not in other.disk.kept


def _hears(one: Machine, other: Machine) -> bool:
    assert one.hub is not None
    return any(peer["member"] == other.name for peer in one.hub.status(one.now())["peers"])


def test_who_is_ending_promises_nothing_more() -> None:
    world = Sites()
    world.machines[TOO].happen(events.Stopping())
    done = claim(world.machines[THERE])
    world.run(200)
    assert done[0].coverage.missing == (world.machines[TOO].name,)


def test_coverage_knows_of_a_till_that_joined_while_others_were_asked() -> None:
    world = Sites()
    asker, dead = world.machines[HERE], world.machines[TOO]
    dead.crash(silently=True)
    done = claim(asker)
    newcomer = world.add(9, site="far")
    world.machines[0].happen(events.Append(7, (Entry("membership", "member.joined/1", body_of(newcomer.member)),)))
    assert world.run_until(lambda: bool(done), 1_000)
    assert set(done[0].coverage.missing) == {dead.name, newcomer.name}


def test_a_till_revoked_while_it_used_something_is_missing_for_just_that() -> None:
    world = Sites()
    bad, asker = world.machines[TOO], world.machines[THERE]
    taken = claim(bad)
    world.run(100)
    assert taken[0].granted
    world.separate(bad, asker)
    world.separate(bad, world.machines[0])
    world.machines[0].happen(events.Append(7, (Entry("membership", "member.revoked/1", {"member_id": bad.name}),)))
    world.run(TTL_MS + 100)
    same = claim(asker)
    world.run(200)
    assert same[0].coverage.missing == (bad.name,)
    other = claim(asker, 8, "voucher/2")
    world.run(200)
    assert other[0].coverage.complete


def test_a_doubt_about_one_who_is_not_known_here_makes_coverage_incomplete() -> None:
    """A newcomer was promised by one who knew it, used it, and was lost before anybody else heard of it."""
    world = Sites()
    here, there = world.machines[HERE], world.machines[THERE]
    assert there.hub is not None
    stranger = "f" * 32
    there.hub.asking._claims._doubts.add("voucher/1", stranger, Doubt(""))
    done = claim(here)
    world.run(200)
    assert done[0].coverage.missing == (stranger,)


def test_who_comes_back_is_promised_nothing_before_the_record_of_it_is_on_disk() -> None:
    """Else a crash here would lose the record, with the promise: and who came back would count as away."""
    world = Sites()
    back, other = world.machines[THERE], world.machines[TOO]
    back.happen(events.SignOff(3))
    world.run(300)
    other.disk_ms = 0
    other.disk_clear_ms = world.now_ms + 150  # its disk is busy
    done = claim(back)
    world.run(100)
    assert not done
    world.run(250)
    assert done[0].coverage.complete
    assert other.hub is not None
    assert not other.hub.presence.is_off(back.name)


def test_a_lock_that_lasts_is_remembered_over_a_crash() -> None:
    world = Sites()
    bad, asker = world.machines[TOO], world.machines[THERE]
    claim(bad)
    world.run(200)
    bad.crash()
    asker.crash()
    assert DOUBTS in asker.disk.kept
    world.machines[0].happen(events.Append(7, (Entry("membership", "member.revoked/1", {"member_id": bad.name}),)))
    asker.start()
    world.run(TTL_MS + 200)
    done = claim(asker)
    world.run(300)
    assert done[0].coverage.missing == (bad.name,)


def test_a_claim_is_cancelled_and_the_next_one_is_not_held_up_by_it() -> None:
    world = Sites()
    world.max_delay_ms = 100
    done = watch(world.machines[HERE])
    world.machines[HERE].happen(events.ClaimWanted(5, ("voucher/1",)))
    world.machines[HERE].happen(events.ClaimCancelled(5))
    assert [(each.granted, each.reason) for each in done] == [(False, "cancelled")]
    world.max_delay_ms = 5
    world.run(400)
    again = claim(world.machines[THERE])
    world.run(200)
    assert again[0].coverage.complete
