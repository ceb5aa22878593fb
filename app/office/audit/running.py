"""An audit from beginning to end: every kind that is asked for, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine

from app.books.queries.reference import reference
from app.domain.audit_limit import AuditLimit, limits_of
from app.office.audit import book_rows
from app.office.audit.every import CHECKS, Check, Sources
from app.office.audit.feed_rows import Feeds
from app.office.audit.finding import SEVERITIES, Asked, Finding
from app.office.audit.rules.passed_over import OF_MEMBERSHIP
from app.text import gettext as _
from replication.identity import Identity
from replication.store import Store

MAX_OF_KIND = 500
"""Findings of one kind that are named; the others are counted."""

Far = Callable[[int, int, str], None]
"""Told before each kind: how many are done, of how many, and what comes now."""


class Audit(msgspec.Struct, frozen=True):
    """What was found: alarms first, the newest first. ``counts`` by kind, with those that are not named."""

    findings: tuple[Finding, ...]
    counts: dict[str, int]
    checked: tuple[str, ...]


class Sight(NamedTuple):
    """What an audit looks at; closed by whoever opened it (``opening.py``). ``store`` None: at the books alone."""

    books: Engine
    store: Store | None = None
    identity: Identity | None = None


def audit(sight: Sight, asked: Asked, far: Far = lambda _done, _of, _what: None) -> Audit:
    """Look at all that is asked for; whatever ``far`` raises ends it."""
    checks = [check for check in CHECKS if not asked.kinds or check.kind in asked.kinds]
    if sight.store is None:
        checks = [check for check in checks if check.books]
    found: list[Finding] = []
    counts: dict[str, int] = {}
    with sight.books.connect() as connection:
        limits = limits_of(reference(connection).all(AuditLimit))
        sources = Sources(connection, asked, limits, _feeds(sight, connection))
        for done, check in enumerate(checks):
            far(done, len(checks), _(check.title))
            found += _of_kind(check, sources, counts)
    found = _worst(found, len(found))
    return Audit(tuple(found), counts, tuple(check.kind for check in checks))


def _feeds(sight: Sight, connection: Connection) -> Feeds | None:
    if sight.store is None or sight.identity is None:
        return None
    passed = {kind for kind, _reason, _count in book_rows.passed_over(connection)}
    return Feeds(sight.store, sight.identity, {kind for kind in passed if not kind.startswith(OF_MEMBERSHIP)})


def _of_kind(check: Check, sources: Sources, counts: dict[str, int]) -> Sequence[Finding]:
    kept: list[Finding] = []
    count = 0
    for look in (*check.books, *(check.feeds if sources.feeds is not None else ())):
        for finding in look(sources):
            if sources.asked.wants(finding):
                count += 1
                kept.append(finding)
                if len(kept) >= 2 * MAX_OF_KIND:
                    kept = _worst(kept, MAX_OF_KIND)
    if count:
        counts[check.kind] = count
    return _worst(kept, MAX_OF_KIND)


def _worst(findings: list[Finding], most: int) -> list[Finding]:
    """The worst and newest."""
    findings.sort(key=lambda finding: finding.at, reverse=True)
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return findings[:most]
