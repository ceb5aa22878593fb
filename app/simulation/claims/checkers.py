"""What must be true when all are whole again and have heard all. Each checker says what it found, in words."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.resource import kind_of
from app.simulation.claims.ledger import Ledger
from app.simulation.claims.rivals import Rivals
from app.simulation.claims.till import Till
from replication.core.model import Record


def findings(rivals: Rivals) -> list[str]:
    """Everything that is wrong, beginning with what was wrong at the moment it happened."""
    return rivals.findings + [finding for checker in CHECKERS for finding in checker(rivals)]


def same_on_disk(rivals: Rivals) -> bool:
    """Whether all honest members have the same records."""
    ends = [{feed: len(run) for feed, run in till.disk.records.items()} for till in rivals.honest]
    return all(each == ends[0] for each in ends)


def same_everywhere(rivals: Rivals) -> list[str]:
    """The same records and the same ledger at each; the first one's folded anew in another order says the same."""
    first, *others = rivals.honest
    found = [f"{till.label}: {finding}" for till in rivals.honest for finding in till.ledger.findings]
    content, hashes = first.ledger.content(), _hashes(first)
    for till in others:
        if _hashes(till) != hashes:
            found.append(f"{till.label} and {first.label} have different records")
        if till.ledger.content() != content:
            found.append(f"{till.label} and {first.label} have different ledgers")
    anew = _folded_anew(rivals, first)
    if anew.content() != content:
        found.append(f"{first.label}: its ledger folded anew differs")
    return found


def overdraws_are_reported(rivals: Rivals) -> list[str]:
    """Each member lists the same overdraws, and they explain every cent that was used beyond what there was."""
    first = rivals.honest[0]
    listed = first.ledger.overdraws()
    found = [
        f"{till.label} and {first.label} list different overdraws"
        for till in rivals.honest
        if till.ledger.overdraws() != listed
    ]
    rivals.counted[f"overdraws with {rivals.rule}"] += len(listed)
    for resource in first.ledger.holds:
        beyond = max(0, -first.ledger.balance(resource).left)
        told = sum(part for name, _hold, part in listed if name == resource)
        if told != beyond:
            found.append(f"{resource} is {beyond} beyond its value, and {told} of that is listed")
    return found


def limits_hold(rivals: Rivals) -> list[str]:
    """With a limit and k parts that used it, a resource is never used more than (k-1) limits beyond its value.

    Tills of one part were in touch all the time (``Rivals.parts``), so each knew what the others had used of the
    limit: a part takes one limit at most without complete coverage. Parts that count are those and, if it is none of
    them, the part of the last hold with complete coverage until then. That one had seen all holds with complete
    coverage before it; the last hold of its part (itself, or one that had seen it) had seen all of them, too, and all
    of its part, and found enough left. So what is beyond was taken by the other parts: at most a limit by each.
    """
    if rivals.rule != "limit":
        return []
    found = []
    part_of = rivals.parts()
    for resource, uses in rivals.referee.uses.items():
        limit = rivals.policies[kind_of(resource)].limit
        uncovered: set[int] = set()
        covered: set[int] = set()
        for use, beyond in zip(uses, rivals.referee.beyond[resource], strict=True):
            if use.complete:
                covered = {part_of[use.member]}
            else:
                uncovered.add(part_of[use.member])
            parts = len(uncovered | covered)
            if beyond > (parts - 1) * limit:
                found.append(f"{resource} was used {beyond} beyond its value by {parts} parts with a limit of {limit}")
    return found


def nothing_lost(rivals: Rivals) -> list[str]:
    """Whatever was answered as durable is on the writer's disk (and with ``same_everywhere``, on everybody's)."""
    found = []
    by_name = {till.name: till for till in rivals.honest}
    for record in rivals.referee.durable:
        till = by_name.get(record.feed.member)
        if till is not None:
            run = till.disk.records.get(record.feed, ())
            if len(run) < record.seq or run[record.seq - 1].hash != record.hash:
                found.append(
                    f"{till.label} was promised record {record.seq} of its {record.feed.topic}, and it is lost"
                )
    return found


def _hashes(till: Till) -> dict[str, list[str]]:
    return {str(feed): [record.hash for record in run] for feed, run in till.disk.records.items()}


def _folded_anew(rivals: Rivals, till: Till) -> Ledger:
    run: list[Record] = [record for feed in till.disk.records.values() for record in feed]
    rivals.rng.shuffle(run)
    run.sort(key=lambda record: record.seq)
    anew = Ledger()
    anew.fold(run)
    return anew


CHECKERS: tuple[Callable[[Rivals], list[str]], ...] = (
    same_everywhere,
    overdraws_are_reported,
    limits_hold,
    nothing_lost,
)
