"""The story **claims**: 2,000 seeds of tills that use up the same few things. A failing seed plays again exactly:

tillmesh simulate --story claims --seeds 17..17
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest

from app.simulation.claims.faults import FAULTS
from app.simulation.claims.rivals import Rivals
from app.simulation.stories import judge

SEEDS = 2_000
REPLAYED = ("1", "5", "14")
SEEDS_PER_TEST = 200
AT_LEAST = {
    "complete": 300,
    "incomplete": 300,
    "busy": 80,
    "holds": 400,
    "used up": 80,
    "refused by policy": 150,
    "overdraws with limit": 1,
    "overdraws with allow": 1,
    "cancelled": 3,
    "crash: granted": 3,
    "crash: writing": 3,
    "crash: written": 3,
    "crash: promiser": 3,
    **{fault.__name__: 5 if weight >= 2 else 1 for weight, fault in FAULTS},
}
"""What must happen in every two hundred seeds, or else they are not worth checking."""


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_PER_TEST))
def test_no_seed_uses_anything_twice_with_complete_coverage(
    first: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    counted: Counter[str] = Counter()
    begin = Rivals.__init__

    def counting(self: Rivals, seed: int) -> None:
        begin(self, seed)
        counted[self.shape] += 1
        counted[self.rule] += 1
        self.counted = counted

    monkeypatch.setattr(Rivals, "__init__", counting)
    seeds = range(first, first + SEEDS_PER_TEST)
    wrong = {seed: found for seed in seeds if (found := judge("claims", seed))}
    with capsys.disabled():
        print(f"\nclaims {first}..{seeds[-1]}: {', '.join(f'{what} {n}' for what, n in sorted(counted.items()))}")
    assert not wrong, "\n".join(f"seed {seed}: {'; '.join(found[:5])}" for seed, found in wrong.items())
    few = {what: counted[what] for what, least in AT_LEAST.items() if counted[what] < least}
    assert not few, f"seldom: {few} of {dict(counted)}"


def history(rivals: Rivals) -> str:
    """Everything that could differ: time, what happened how often, and what is on every disk."""
    disks = [
        [(str(feed), [record.hash for record in run]) for feed, run in till.disk.records.items()]
        for till in rivals.tills
    ]
    return repr((rivals.now_ms, sorted(rivals.counted.items()), disks))


def test_a_seed_replays_exactly_in_another_process_too() -> None:
    program = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1]); from test_claims import history;"
        "from app.simulation.claims.story import come_to_rest, play, rush\n"
        "def told(seed): rivals = play(seed); come_to_rest(rivals); rush(rivals); return history(rivals).encode()\n"
        "print([hashlib.sha256(told(seed)).hexdigest() for seed in map(int, sys.argv[2:])])"
    )
    told = set()
    for hash_seed in ("0", "1", "2"):
        command = [sys.executable, "-c", program, os.path.dirname(__file__), *REPLAYED]  # noqa: PTH120
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        told.add(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert len(told) == 1
