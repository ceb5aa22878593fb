"""The nouns of claims (``claims.py``): a claim as its claimant and as a promiser sees it, messages and outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from replication.core.model import Feed
from replication.core.wire import RemoteError

MAX_RESOURCES = 50
"""Of one claim."""
MAX_RESOURCE_CHARS = 200

Key = tuple[str, str]
"""A claim's place in the order: hybrid time, member id."""


class Tell(msgspec.Struct, frozen=True):
    """A message of ours to a member."""

    member: str
    body: dict[str, Any]


class Progress(msgspec.Struct, frozen=True):
    """How far a claim is: who has promised (without me) and who is still waited for, as member ids."""

    ticket: int
    promised: tuple[str, ...]
    waiting: tuple[str, ...]


class Done(msgspec.Struct, frozen=True):
    """The end of asking. ``promised`` are the others that did; ``doubtful`` may have used it without anybody knowing.

    ``reason`` when not granted: ``busy`` (somebody else uses it) or ``cancelled``.
    """

    ticket: int
    claim_id: str
    granted: bool
    promised: tuple[str, ...]
    doubtful: frozenset[str] = frozenset()
    reason: str = ""


Outcome = Tell | Progress | Done


class Own(msgspec.Struct):
    """A claim of mine. ``state``: waiting, granted, ended."""

    ticket: int
    claim_id: str
    resources: frozenset[str]
    hlc: str
    asked: set[str]
    began_ms: int
    waited_ms: int = 0
    """How long it has been waiting, standstills of this member left out."""
    promised: dict[str, Mapping[Feed, int]] = msgspec.field(default_factory=dict)
    """By member: what I must have applied for its promise to count."""
    deferred: set[str] = msgspec.field(default_factory=set)
    refused: set[str] = msgspec.field(default_factory=set)
    doubtful: set[str] = msgspec.field(default_factory=set)
    state: str = "waiting"
    writing: int = 0
    told: tuple[int, int] = (0, 0)


class Request(msgspec.Struct, eq=False):
    """A claim as a promiser sees it, another's or my own: waiting, or locked (until ``expires_ms``)."""

    member: str
    claim_id: str
    resources: frozenset[str]
    key: Key
    arrived_ms: int
    session: str = ""
    locked: bool = False
    told_to_wait: bool = False
    inquired: bool = False
    expires_ms: int = 0
    released_at: Mapping[Feed, int] | None = None


def claim_message(claim: Own) -> dict[str, Any]:
    return {"t": "claim", "id": claim.claim_id, "resources": sorted(claim.resources), "hlc": claim.hlc}


def refusal(member: str, claim_id: str, reason: str) -> Tell:
    return Tell(member, {"t": "refuse", "id": claim_id, "reason": reason})


def resources_of(body: dict[str, Any]) -> frozenset[str]:
    named = body.get("resources")
    if not isinstance(named, list) or not 0 < len(named) <= MAX_RESOURCES:
        raise RemoteError("a claim names what it wants")
    if not all(isinstance(name, str) and 0 < len(name) <= MAX_RESOURCE_CHARS for name in named):
        raise RemoteError("the name of a resource is too long")
    return frozenset(named)
