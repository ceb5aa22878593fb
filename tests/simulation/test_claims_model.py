"""The exhaustive search over claims (``claims_model.py``) finds nothing in ``Claims``, and something in each mutant.

Searches in which time passes more often while something is under way are for the night: ``make soak``.
"""

from __future__ import annotations

from typing import Any

import pytest

from replication.core.claims import Claims
from tests.simulation.claims_model import Broken, Fault, Policy, explore

USUAL: list[tuple[Fault, Policy, int]] = [
    ("none", "refuse", 0),
    ("none", "allow", 0),
    ("crash", "refuse", 0),
    ("cut", "refuse", 0),
    ("apart", "allow", 0),
    ("revoke", "refuse", 0),
]
DEEP: list[tuple[Fault, Policy, int]] = [
    ("none", "refuse", 1),
    ("none", "refuse", 2),
    ("crash", "refuse", 1),
    ("cut", "refuse", 1),
]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("fault", "policy", "slow"),
    [*USUAL, *(pytest.param(*search, marks=[pytest.mark.soak, pytest.mark.timeout(3_600)]) for search in DEEP)],
)
def test_no_interleaving_uses_a_resource_twice_or_never_ends(
    fault: Fault, policy: Policy, slow: int, capsys: pytest.CaptureFixture[str]
) -> None:
    explored = explore(fault, policy, slow=slow)
    with capsys.disabled():
        print(f"\nclaims, {fault}, {policy}, time passes {slow} times on the way: {explored}")
    assert explored.used > 1


def _without_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A promise without what the promiser knows."""
    promise = Claims._promise

    def bare(self: Claims, request: Any) -> dict[str, Any]:
        return {**promise(self, request), "positions": {}}

    monkeypatch.setattr(Claims, "_promise", bare)


def _promised_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A promise does not lock."""
    consider = Claims._consider

    def unlocking(self: Claims, request: Any, reserved: set[str], now_ms: int) -> Any:
        outcomes = consider(self, request, reserved, now_ms)
        if request.member != self._me:
            for resource in request.resources:
                self._locks.pop(resource, None)
        return outcomes

    monkeypatch.setattr(Claims, "_consider", unlocking)


def _by_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes first goes first: nothing is asked back."""
    monkeypatch.setattr(Claims, "_ask_back", lambda _self, _holder: [])


def _no_doubts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that ran out leaves nothing."""
    monkeypatch.setattr(Claims, "_doubt", lambda _self, _request: None)


@pytest.mark.parametrize(
    ("mutate", "fault", "policy", "slow"),
    [
        (_without_positions, "none", "refuse", 1),
        (_promised_to_all, "none", "refuse", 0),
        (_promised_to_all, "none", "allow", 0),
        (_by_arrival, "none", "refuse", 0),
        (_no_doubts, "revoke", "refuse", 0),
    ],
)
def test_each_mutant_is_found(
    mutate: Any, fault: Fault, policy: Policy, slow: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch)
    with pytest.raises(Broken):
        explore(fault, policy, slow=slow)
