"""What must be true of a network at rest. Each checker returns what it found, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from app.simulation.network.network import SHELVES, Network, assigned, may_see
from app.simulation.network.notes import Notes
from app.simulation.network.till import Till
from app.simulation.world import NETWORK_ID
from replication.core import records
from replication.core.model import Feed, Record


def findings(network: Network) -> list[str]:
    """Everything that is wrong, beginning with what was wrong at the moment it happened."""
    return network.findings + [finding for checker in CHECKERS for finding in checker(network)]


def differences(network: Network, among: Sequence[Till] | None = None) -> list[str]:
    """Where honest members do not have the same records of every feed they may see."""
    honest = network.honest if among is None else among
    cloned = {till.name for till in network.tills if till.cloned}
    found = []
    everything: dict[Feed, dict[int, str]] = {}
    for till in honest:
        for feed, run in till.disk.records.items():
            if feed.topic in SHELVES and not may_see(feed, network, till):
                continue  # it keeps what it had, and speaks of it with nobody
            known = everything.setdefault(feed, {})
            found += [
                f"{till.label} has another record {record.seq} of {_name(network, feed)} than others"
                for record in run
                if known.setdefault(record.seq, record.hash) != record.hash and feed.member not in cloned
            ]
    for till in honest:
        for feed, known in everything.items():
            if feed.member in cloned:
                continue  # clones_are_found says how far it must be the same
            has, should = len(till.disk.records.get(feed, ())), len(known) if may_see(feed, network, till) else 0
            if feed.topic in SHELVES and was_assigned(network, feed, till) and not should:
                continue
            if has != should:
                found.append(f"{till.label} has {has} of {should} records of {_name(network, feed)}")
    return found


def clones_are_found(network: Network) -> list[str]:
    """A feed that two machines wrote: all have the same up to where it splits, all know it, and both have stopped."""
    found = []
    cloned = [till for till in network.tills if till.cloned and not till.revoked]
    for feed in {feed: None for till in cloned for feed in till.disk.records if feed.member == till.name}:
        who = [till for till in network.honest if may_see(feed, network, till)]
        splits = _splits([till.disk.records.get(feed, []) for till in (*who, *cloned)])
        if splits is None:
            continue
        told = _splits([till.disk.records.get(feed, []) for till in who]) is not None  # both ways are with others
        for till in who:
            if len(till.disk.records.get(feed, ())) < splits - 1:
                found.append(f"{till.label} lacks records of {_name(network, feed)} from before it was split")
            if till.hub is not None and feed not in till.hub.sync.forks and told:
                found.append(f"{till.label} does not know that {_name(network, feed)} is split at {splits}")
        found += [
            f"{till.label} goes on writing though it exists twice"
            for till in cloned
            if till.hub is not None and till.hub.gate.recovery.state != "stopped"
        ]
    return found


def was_assigned(network: Network, feed: Feed, till: Till) -> bool:
    """Whether the till has ever had a place in the audience of the feed's topic."""
    return any(till.member.till_no in each for each in assigned(network.authoritative(), feed.topic))


def only_to_its_audience(network: Network) -> list[str]:
    """What was never assigned to a till is not on its disk, whoever passed on what to whom."""
    return [
        f"{till.label} has {len(run)} records of {_name(network, feed)}, which was never assigned to it"
        for till in network.tills
        if till.member.role == "till"
        for feed, run in till.disk.records.items()
        if feed.topic in SHELVES and run and feed.member != till.name and not was_assigned(network, feed, till)
    ]


def _splits(runs: Sequence[Sequence[Record]]) -> int | None:
    """The number of the first record of which there are two."""
    hashes: dict[int, str] = {}
    different = [
        record.seq for run in runs for record in run if hashes.setdefault(record.seq, record.hash) != record.hash
    ]
    return min(different, default=None)


def nothing_lost(network: Network) -> list[str]:
    """Whatever was answered as durable is on the writer's disk (and with ``differences``, on everybody's)."""
    found = []
    for digest, record in network.promised.items():
        for till in network.honest:
            if till.name == record.feed.member and digest not in network.given_up:
                run = till.disk.records.get(record.feed, ())
                if len(run) < record.seq or run[record.seq - 1].hash != digest:
                    found.append(f"record {record.seq} of {_name(network, record.feed)} was promised and is lost")
    return found


def nothing_invented(network: Network) -> list[str]:
    """Every record on an honest disk was written by the hub in whose feed it is."""
    return [
        f"{till.label} has a record {record.seq} of {_name(network, feed)} that its writer never wrote"
        for till in network.honest
        for feed, run in till.disk.records.items()
        for record in run
        if record.hash not in network.written
    ]


def same_roster(network: Network) -> list[str]:
    """All say the same of who belongs: authorities, names, who is shut out, whose hardware is the how-manieth."""
    found = []
    first: tuple[Till, object] | None = None
    for till in network.honest:
        if till.hub is None:
            continue
        roster = till.hub.roster
        people = {
            name: (member.till_no, member.name, member.role, member.site, roster.generation(name))
            for name, member in roster.active().items()
        }
        said = (roster.authorities, sorted(roster.revoked), people, sorted(roster.audiences.items()))
        first = first or (till, said)
        if first[1] != said:
            found.append(f"{till.label} and {first[0].label} do not say the same of who belongs to the network")
    return found


def in_order(network: Network) -> list[str]:
    """On every disk each feed is numbered from 1, chained from its beginning, and its hybrid time grows."""
    found = []
    for till in network.honest:
        for feed, run in till.disk.records.items():
            if [record.seq for record in run] != list(range(1, len(run) + 1)):
                found.append(f"{till.label} has {_name(network, feed)} with gaps")
            if run and run[0].prev != records.genesis(NETWORK_ID, feed):
                found.append(f"{till.label} has {_name(network, feed)} without its beginning")
            for one, other in pairwise(run):
                if other.prev != one.hash:
                    found.append(f"{till.label}: record {other.seq} of {_name(network, feed)} breaks the chain")
                if other.hlc <= one.hlc:
                    found.append(f"{till.label}: record {other.seq} of {_name(network, feed)} goes back in time")
    return found


def same_books(network: Network) -> list[str]:
    """Books as they grew say what books folded in another order say; members of one site have the same."""
    found = []
    by_view: dict[frozenset[tuple[Feed, int]], tuple[Till, object]] = {}
    for till in network.honest:
        found += [f"{till.label}: {finding}" for finding in till.notes.findings]
        anew = Notes()
        anew.fold(_shuffled(network, till))
        if anew.content() != till.notes.content():
            found.append(f"{till.label}: books folded anew differ")
        # Who was taken off an audience keeps what it had: of that no two need have the same.
        view = frozenset((feed, len(run) * (feed.topic in SHELVES)) for feed, run in till.disk.records.items())
        if any(one.cloned for one in network.tills):
            continue  # of a split feed each keeps what it had taken
        first, content = by_view.setdefault(view, (till, till.notes.content()))
        if content != till.notes.content():
            found.append(f"{till.label} and {first.label} have different books")
    return found


def _shuffled(network: Network, till: Till) -> list[Record]:
    run = [record for feed in till.disk.records.values() for record in feed]
    network.rng.shuffle(run)
    run.sort(key=lambda record: record.seq)
    return run


def state_is_bounded(network: Network) -> list[str]:
    """A hub at rest holds nothing that waits, and no more than a few things for each feed and peer."""
    found = []
    for till in network.honest:
        if till.hub is None:
            continue
        sizes = dict(sorted(_sizes(till.hub), key=lambda item: -item[1])[:5])
        feeds = len(till.disk.records)
        segments = sum(1 + len(run) // 500 for run in till.disk.records.values())
        most = 20 + 12 * (feeds + segments + len(network.tills)) + len(till.disk.records) * len(till.links)
        found += [f"{till.label} at rest holds {size} in {name}" for name, size in sizes.items() if size > most]
    return found


_sorts: dict[type, str] = {}


def _sort_of(kind: type) -> str:
    """Whether things of this type hold others: a ``container``, an object of ``ours``, or neither."""
    known = _sorts.get(kind)
    if known is None:
        known = "ours" if kind.__module__.startswith("replication.core") else ""
        if issubclass(kind, dict | list | set | tuple) or kind.__name__ == "deque":
            known = "container"
        _sorts[kind] = known
    return known


def _sizes(hub: object) -> list[tuple[str, int]]:
    """Sizes of all containers that our objects hold."""
    sizes: list[tuple[str, int]] = []
    seen: set[int] = set()
    todo: list[tuple[str, Any]] = [("hub", hub)]
    while todo:
        name, thing = todo.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if _sort_of(type(thing)) == "container":
            sizes.append((name, len(thing)))
            values = thing.values() if isinstance(thing, dict) else thing
            sorts = {kind for kind in set(map(type, values)) if _sort_of(kind) and not issubclass(kind, msgspec.Struct)}
            if sorts:  # mostly there are only texts and numbers in it
                todo += [(f"{name}[]", value) for value in values if type(value) in sorts]
            continue
        attributes: Iterable[str] = getattr(thing, "__dict__", ()) or getattr(thing, "__slots__", ())
        for attribute in attributes:
            value = getattr(thing, attribute, None)
            if _sort_of(type(value)):
                todo.append((f"{name}.{attribute}", value))
    return sizes


def _name(network: Network, feed: Feed) -> str:
    number = next((till.member.till_no for till in network.tills if till.name == feed.member), 0)
    return f"{feed.topic} of till {number}"


CHECKERS: tuple[Callable[[Network], list[str]], ...] = (
    clones_are_found,
    nothing_lost,
    nothing_invented,
    same_roster,
    only_to_its_audience,
    in_order,
    same_books,
    state_is_bounded,
)
