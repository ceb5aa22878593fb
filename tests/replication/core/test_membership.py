"""The roster as a fold: one line of authorities, whatever order their feeds arrive in."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.simulation.world import NETWORK_ID
from replication.core import effects, events, records
from replication.core.membership import Roster
from replication.core.model import Entry, Feed, Member, Record
from tests.replication.core.test_hub import forge, network, reports, watch

FOUNDER, SECOND, THIRD, NODE = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)


def body(member_id: str, no: int, role: str = "till", name: str = "") -> dict[str, Any]:
    described = {"no": no, "member_id": member_id, "name": name or f"Kasse {no}", "role": role, "site": ""}
    return {**described, "public_key": "00" * 32, "certificate": ""}


class Feeds:
    """Membership feeds that grow as their members write."""

    def __init__(self) -> None:
        self.runs: dict[str, list[Record]] = {}

    def write(self, author: str, kind: str, what: dict[str, Any]) -> Record:
        run = self.runs.setdefault(author, [])
        feed = Feed(author, "membership")
        record = Record(feed, len(run) + 1, f"{len(run):013}-00000", kind, what, "", "", f"{author}{len(run)}", "")
        run.append(record)
        return record


def line() -> Feeds:
    """Three authorities, of whom the founder is one twice, and what each of them did."""
    feeds = Feeds()
    feeds.write(FOUNDER, "network.founded/1", {"name": "Messe", "member": body(FOUNDER, 1)})
    feeds.write(FOUNDER, "member.joined/1", body(SECOND, 2, "centre"))
    feeds.write(FOUNDER, "authority.passed/1", {"member_id": SECOND, "after": 0})
    feeds.write(SECOND, "member.joined/1", body(THIRD, 3))
    feeds.write(SECOND, "member.renamed/1", {"member_id": FOUNDER, "name": "Bar"})
    feeds.write(SECOND, "authority.passed/1", {"member_id": FOUNDER, "after": 3})
    feeds.write(FOUNDER, "member.renamed/1", {"member_id": FOUNDER, "name": "Kasse am Tor"})
    feeds.write(FOUNDER, "authority.passed/1", {"member_id": THIRD, "after": 0})
    feeds.write(THIRD, "member.revoked/1", {"member_id": SECOND})
    feeds.write(THIRD, "member.joined/1", body(NODE, 2, "node"))
    return feeds


def state(roster: Roster) -> object:
    return (
        roster.network_name,
        roster.authorities,
        list(roster.members.items()),
        sorted(roster.revoked),
        roster.slots,
        [roster.generation(member) for member in roster.members],
        [record.hash for record in roster.passings],
    )


@given(st.data())
def test_any_interleaving_of_the_lines_feeds_gives_the_same_roster(data: st.DataObject) -> None:
    feeds = line()
    straight = Roster(FOUNDER, [record for run in feeds.runs.values() for record in run])
    left = {author: list(run) for author, run in feeds.runs.items()}
    mixed = Roster(FOUNDER)
    while left:
        author = data.draw(st.sampled_from(sorted(left)))
        mixed.fold(left[author].pop(0))
        if not left[author]:
            del left[author]
    assert state(mixed) == state(straight)
    assert straight.authorities == [FOUNDER, SECOND, FOUNDER, THIRD]
    assert straight.members[FOUNDER].name == "Kasse am Tor"
    assert straight.revoked == {SECOND}


def test_new_hardware_under_an_old_number_is_the_next_generation() -> None:
    roster = Roster(FOUNDER, [record for run in line().runs.values() for record in run])
    assert (roster.generation(SECOND), roster.generation(NODE), roster.generation("nobody")) == (1, 2, 1)
    holder = roster.numbered(2)
    assert holder is not None
    assert holder.member_id == NODE


def test_what_an_earlier_authority_writes_after_it_passed_it_on_does_not_count() -> None:
    feeds = Feeds()
    feeds.write(FOUNDER, "network.founded/1", {"name": "Messe", "member": body(FOUNDER, 1)})
    feeds.write(FOUNDER, "member.joined/1", body(SECOND, 2))
    passed = feeds.write(FOUNDER, "authority.passed/1", {"member_id": SECOND, "after": 0})
    feeds.write(FOUNDER, "member.revoked/1", {"member_id": SECOND})
    roster = Roster(FOUNDER, feeds.runs[FOUNDER])
    assert (roster.authority, roster.revoked) == (SECOND, set())
    assert roster.is_closed(FOUNDER)
    mine, hers = Feed(FOUNDER, "membership"), Feed(SECOND, "membership")
    assert roster.takes(mine, passed.seq - 1)
    assert not roster.takes(mine, passed.seq)
    assert roster.takes(hers, 0)
    assert not roster.takes(Feed(THIRD, "membership"), 0)
    assert roster.takes(Feed(THIRD, "sales"), 0)


def test_authority_goes_only_to_who_can_have_it() -> None:
    for successor, revoked in ((THIRD, ""), (NODE, ""), (SECOND, SECOND), (FOUNDER, "")):
        feeds = Feeds()
        feeds.write(FOUNDER, "network.founded/1", {"name": "Messe", "member": body(FOUNDER, 1)})
        feeds.write(FOUNDER, "member.joined/1", body(SECOND, 2))
        feeds.write(FOUNDER, "member.joined/1", body(NODE, 4, "node"))
        feeds.write(FOUNDER, "member.revoked/1", {"member_id": revoked})
        feeds.write(FOUNDER, "authority.passed/1", {"member_id": successor, "after": 0})
        roster = Roster(FOUNDER, feeds.runs[FOUNDER])
        # Somebody whom this home knows otherwise is no member of the network by that.
        roster.members.setdefault(THIRD, Member(THIRD, 3, "Kasse 3", "till", "", b""))
        assert roster.authorities == [FOUNDER]


def test_the_authority_cannot_shut_itself_out() -> None:
    feeds = Feeds()
    feeds.write(FOUNDER, "network.founded/1", {"name": "Messe", "member": body(FOUNDER, 1)})
    feeds.write(FOUNDER, "member.revoked/1", {"member_id": FOUNDER})
    assert Roster(FOUNDER, feeds.runs[FOUNDER]).active().keys() == {FOUNDER}


@given(st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=8), max_size=4), st.data())
def test_odd_bodies_change_nothing(odd: dict[str, Any], data: st.DataObject) -> None:
    feeds = line()
    kind = data.draw(st.sampled_from(["member.renamed/1", "authority.passed/1", "member.joined/1", "slot.released/1"]))
    before = Roster(FOUNDER, [record for run in feeds.runs.values() for record in run])
    feeds.write(THIRD, kind, odd)
    assert state(Roster(FOUNDER, [record for run in feeds.runs.values() for record in run])) == state(before)


def test_what_an_earlier_authority_writes_later_is_left_alone_by_every_hub() -> None:
    world = network(3)
    founder, successor, victim = world.machines
    assert founder.hub is not None
    founder.happen(events.Append(5, (founder.hub.roster.passing_to(successor.name),)))
    assert world.run_until(
        lambda: all(each.hub is not None and each.hub.roster.authority == successor.name for each in world.machines),
        3_000,
    )
    refused = watch(founder)
    founder.happen(events.Append(6, (Entry("membership", "member.revoked/1", {"member_id": victim.name}),)))
    assert [(each.ticket, each.code) for each in refused if isinstance(each, effects.AppendFailed)] == [
        (6, "not_authority")
    ]
    feed = Feed(founder.name, "membership")
    newest = founder.disk.records[feed][-1]
    forged = records.write(
        founder.key,
        NETWORK_ID,
        feed,
        seq=newest.seq + 1,
        hlc=f"{newest.hlc[:-5]}99999",
        prev=newest.hash,
        kind="member.revoked/1",
        body={"member_id": victim.name},
    )
    forge(victim, founder, feed, forged.text, records.key(forged.seq))
    world.run(2_000)
    assert victim.hub is not None
    assert victim.disk.records[feed][-1] == newest
    assert victim.hub.roster.revoked == set()
    assert reports(victim, "quarantined") == []
    # The successor's word counts, at the one who was there before as well.
    successor.happen(events.Append(7, (Entry("membership", "member.revoked/1", {"member_id": founder.name}),)))
    assert world.run_until(lambda: victim.hub is not None and founder.name in victim.hub.roster.revoked, 3_000)
