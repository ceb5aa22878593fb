"""What people are told of the network: who has what, since when something is pending, and whose clock is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.simulation.world import Machine, World
from replication.core import acquaintance, events
from replication.core.clock import HybridClock
from replication.core.model import Entry, Now

SAID = Entry("circulation", "thing.said/1", {"n": 1})
SOLD = Entry("sales", "sale.made/1", {"n": 1})
YEAR_MS = 365 * 86_400_000


def network(tills: int, *skews_ms: int) -> World:
    world = World(1, tills, max_skew_ms=0)
    for machine, skew_ms in zip(world.machines, skews_ms, strict=False):
        machine.skew_ms = skew_ms
    world.found()
    assert world.run_until(lambda: all(synced(machine, tills - 1) for machine in world.machines), 10_000)
    return world


def synced(machine: Machine, peers: int) -> bool:
    return machine.hub is not None and machine.hub.synced and len(machine.links) == peers


def say(machine: Machine, count: int = 1, entry: Entry = SAID) -> None:
    machine.happen(events.Append(1, (entry,) * count))


def status(machine: Machine) -> dict[str, Any]:
    assert machine.hub is not None
    return machine.hub.status(machine.now())


def of(machine: Machine, other: Machine) -> dict[str, Any]:
    (member,) = [each for each in status(machine)["members"] if each["member"] == other.name]
    return dict(member)


def clock_reports(machine: Machine) -> list[str]:
    return [f"{report.peer[-1]}: {report.detail}" for report in machine.reports if report.what == "clock"]


def test_status_says_how_far_each_member_is_known_and_knows_us() -> None:
    world = network(2)
    one, other = world.machines
    say(other, 3)
    world.run(1_000)
    assert of(one, other)["known"] == {"circulation": 3}
    assert of(other, one)["has"] == {"circulation": 3}
    assert of(other, one)["pending"] == 0
    assert of(one, other)["online"] is True
    assert of(one, one)["me"] is True
    assert status(one)["pending_since"] is None


def test_what_an_absent_till_lacks_is_counted_though_nothing_is_left_to_send() -> None:
    world = network(3)
    one, present, away = world.machines
    say(one, 2)
    world.run(1_500)
    away.crash()
    world.run(7_000)
    began_ms = one.now().wall_ms
    say(one, 4)
    world.run(2_000)
    told = status(one)
    assert (told["pending"], told["pending_anywhere"]) == (0, 4)
    assert (of(one, present)["pending"], of(one, away)["pending"]) == (0, 4)
    assert of(one, away)["online"] is False
    assert of(one, away)["since"] == of(one, away)["last_heard"] < began_ms
    assert began_ms <= told["pending_since"] == of(one, away)["pending_since"] <= began_ms + 1_100
    assert of(one, away)["since_ms"] == one.now().wall_ms - told["pending_since"]
    away.start()
    assert world.run_until(lambda: status(one)["pending_anywhere"] == 0, 10_000)
    assert status(one)["pending_since"] is None


def test_what_an_absent_till_has_and_when_it_was_heard_is_known_after_a_restart() -> None:
    world = network(2)
    one, away = world.machines
    say(one, 3)
    world.run(2_000)
    away.crash()
    world.run(8_000)
    say(one, 2)
    world.run(3_000)
    before = of(one, away)
    one.crash()
    one.start()
    world.run(2_000)
    after = of(one, away)
    assert (before["pending"], before["has"]) == (2, {"circulation": 3, "membership": 2})
    assert {key: after[key] for key in ("pending", "has", "last_heard", "pending_since")} == {
        key: before[key] for key in ("pending", "has", "last_heard", "pending_since")
    }


def test_receipts_that_a_till_of_another_site_never_gets_are_not_pending_for_it() -> None:
    world = World(1, 2, max_skew_ms=0)
    world.machines[1].member = world.machines[1].member.__class__(
        *[getattr(world.machines[1].member, field) for field in ("member_id", "till_no", "name", "role")],
        "elsewhere",
        world.machines[1].member.public_key,
        b"certificate",
    )
    world.found()
    world.run(3_000)
    one, other = world.machines
    say(one, 5, SOLD)
    say(one, 1)
    world.run(1_500)
    other.crash()
    world.run(7_000)
    say(one, 5, SOLD)
    say(one, 2)
    world.run(1_500)
    assert of(one, other)["pending"] == 2


def test_hearing_from_a_peer_costs_the_disk_one_write_a_minute() -> None:
    world = network(2)
    world.run(2_000)
    machine, writes = world.machines[0], []
    keep = machine.hub.journal.keep if machine.hub else None
    assert keep is not None
    assert machine.hub is not None
    machine.hub.journal.keep = lambda values: (writes.append(values), keep(values))[1]  # type: ignore[assignment, func-returns-value]
    world.run(5 * acquaintance.KEEP_HEARD_MS)
    assert 4 <= len(writes) <= 5


def test_a_damaged_memory_of_the_others_is_begun_anew() -> None:
    world = network(2)
    one, other = world.machines
    world.run(2_000)
    for damaged in ("{", "[]", '{"x":[1,2,3,4,5]}', '{"' + other.name + '":["a"]}'):
        one.crash()
        one.disk.kept[acquaintance.HEARD] = damaged
        one.start()
        assert world.run_until(lambda: synced(one, 1), 20_000)


def test_a_wrong_clock_is_told_once_on_both_sides_and_once_when_it_is_right_again() -> None:
    world = network(2)
    one, other = world.machines
    world.run(3_000)
    assert clock_reports(one) == clock_reports(other) == []
    other.skew_ms = 180_000  # it jumps while they are connected
    world.run(10_000)
    assert clock_reports(one) == ["2: its clock differs from ours by 180 s"]
    assert clock_reports(other) == ["1: its clock differs from ours by -180 s"]
    assert [(each["off_ms"] + 999) // 1_000 for each in status(one)["clocks_off"]] == [180]
    assert status(other)["clocks_off"][0]["off_ms"] < -179_000
    other.skew_ms = 0
    world.run(10_000)
    assert clock_reports(one)[1:] == ["2: its clock agrees with ours again"]
    assert clock_reports(other)[1:] == ["1: its clock agrees with ours again"]
    assert status(one)["clocks_off"] == []


def test_a_reconnection_does_not_tell_the_same_wrong_clock_again() -> None:
    world = network(2, 0, 90_000)
    one, other = world.machines
    world.run(3_000)
    for _ in range(3):
        world.separate(one, other, noticed=True)
        world.run(3_000)
        world.heal()
        assert world.run_until(lambda: synced(one, 1), 30_000)
    assert len(clock_reports(one)) == 1


def test_if_most_others_agree_on_another_time_it_is_ours_that_is_wrong() -> None:
    world = network(4, 0, 0, 0, -300_000)
    world.run(3_000)
    *right, wrong = world.machines
    assert 299_000 <= -status(wrong)["own_clock_off_ms"] <= 301_000
    assert any("our own clock is wrong" in line for line in clock_reports(wrong))
    for machine in right:
        told = status(machine)
        assert told["own_clock_off_ms"] is None
        assert [each["till_no"] for each in told["clocks_off"]] == [4]
    wrong.skew_ms = 0
    world.run(5_000)
    assert status(wrong)["own_clock_off_ms"] is None
    assert status(wrong)["clocks_off"] == []
    assert any("right again" in line for line in clock_reports(wrong))


def test_of_two_clocks_nobody_can_say_which_is_wrong() -> None:
    world = network(2, 0, 300_000)
    world.run(3_000)
    for machine in world.machines:
        assert status(machine)["own_clock_off_ms"] is None
        assert len(status(machine)["clocks_off"]) == 1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([-20, -1, 0, 1, 20]), min_size=1, max_size=4))
def test_a_clock_that_jumps_by_years_keeps_its_order_and_drags_nobody_along(years: list[int]) -> None:
    world = network(2)
    jumping, steady = world.machines
    for jump in years:
        jumping.skew_ms = jump * YEAR_MS
        say(jumping, 2, SOLD)
        world.run(300)
        say(steady, 1, SOLD)
        world.run(300)
        jumping.crash()
        jumping.start()
        assert world.run_until(lambda: synced(jumping, 1) and synced(steady, 1), 20_000)
    for machine in world.machines:
        for feed, run in machine.disk.records.items():
            assert [record.hlc for record in run] == sorted({record.hlc for record in run}), feed
    assert any(len(run) == 2 * len(years) for run in steady.disk.records.values()), "it is taken all the same"
    mine = [record for run in steady.disk.records.values() for record in run if record.feed.member == steady.name]
    assert all(abs(int(record.hlc[:16]) - steady.now().wall_ms) < 300_000 for record in mine)


def test_a_restart_is_not_dragged_into_the_future_that_another_till_wrote() -> None:
    world = network(2)
    ahead, steady = world.machines
    ahead.skew_ms = 5 * YEAR_MS
    say(ahead)
    world.run(2_000)
    steady.crash()
    steady.start()
    world.run(3_000)
    say(steady)
    world.run(1_000)
    (record,) = [run[-1] for feed, run in steady.disk.records.items() if feed.member == steady.name]
    assert int(record.hlc[:16]) <= steady.now().wall_ms


def test_a_clock_before_1970_still_gives_stamps_that_grow() -> None:
    hybrid = HybridClock()
    stamps = [hybrid.next(Now(0, wall_ms)) for wall_ms in (-5, -4, 0, 1, -(10**12))]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize(
    ("skews_ms", "ours_off"),
    [
        ((0, 0, 120_000), False),
        ((120_000, 120_000, 0), False),  # two against two
        ((120_000, 130_000, 125_000), True),
        ((120_000, -120_000, 0), False),
        ((120_000, 400_000, -200_000), False),  # each says something else
    ],
)
def test_ours_is_wrong_only_where_more_than_half_of_all_clocks_agree(skews_ms: tuple[int, ...], ours_off: bool) -> None:
    world = network(4, 0, *skews_ms)
    world.run(3_000)
    assert (status(world.machines[0])["own_clock_off_ms"] is not None) is ours_off


def test_a_member_that_has_signed_off_lacks_what_it_lacks_but_nobody_waits_for_it() -> None:
    world = network(2)
    one, away = world.machines
    world.run(1_500)
    away.crash()
    world.run(7_000)
    say(one, 3)
    world.run(1_500)
    assert status(one)["pending_anywhere"] == 3
    assert one.hub is not None
    one.hub.presence.is_off = lambda member_id: member_id == away.name  # type: ignore[method-assign]
    assert (status(one)["pending_anywhere"], status(one)["pending_since"]) == (0, None)
    assert of(one, away)["pending"] == 3
