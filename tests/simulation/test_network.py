"""The story **network**: two thousand seeds of real hubs with every fault. A failing seed plays again exactly:

tillmesh simulate --story network --seeds 17..17
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest

from app.simulation.network.checkers import findings
from app.simulation.network.faults import FAULTS
from app.simulation.network.network import Network
from app.simulation.network.story import come_to_rest, play
from app.simulation.stories import judge

SEEDS = 2_000
REPLAYED = ("1", "5", "14")
SEEDS_PER_TEST = 50
WATCHED = 50
"""Of so many seeds, the first, it is counted too what happens in them; the last test plays them."""


@pytest.mark.parametrize("first", range(WATCHED, SEEDS, SEEDS_PER_TEST))
def test_no_seed_loses_invents_or_forks(first: int) -> None:
    wrong = {seed: found for seed in range(first, first + SEEDS_PER_TEST) if (found := judge("network", seed))}
    assert not wrong, "\n".join(f"seed {seed}: {'; '.join(found[:5])}" for seed, found in wrong.items())


def history(network: Network) -> str:
    """Everything that could differ: time, order of all writing, and what is on every disk."""
    disks = [
        [(str(feed), [record.hash for record in run]) for feed, run in till.disk.records.items()]
        for till in network.tills
    ]
    return repr((network.now_ms, network.faults, list(network.written), list(network.promised), disks))


def test_a_seed_replays_exactly_in_another_process_too() -> None:
    """The order of sets and dicts of strings differs from process to process; a story must not."""
    program = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1]); from test_network import history;"
        "from app.simulation.network.story import come_to_rest, play\n"
        "def told(seed): network = play(seed); come_to_rest(network); return history(network).encode()\n"
        "print([hashlib.sha256(told(seed)).hexdigest() for seed in map(int, sys.argv[2:])])"
    )
    told = set()
    for hash_seed in ("0", "1", "2"):
        command = [sys.executable, "-c", program, os.path.dirname(__file__), *REPLAYED]  # noqa: PTH120
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        told.add(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
    assert len(told) == 1


def test_no_watched_seed_does_either_and_every_fault_happens() -> None:
    wrong: dict[int, list[str]] = {}
    faults: Counter[str] = Counter()
    shapes: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    reports: Counter[str] = Counter()
    promised = revoked = 0
    for seed in range(WATCHED):
        network = play(seed)
        assert come_to_rest(network), f"seed {seed} does not come to rest"
        if found := findings(network):
            wrong[seed] = found
        faults.update(network.faults)
        shapes[network.shape] += 1
        promised += len(network.promised)
        for till in network.tills:
            refused.update(till.refused)
            revoked += till.revoked
            reports.update(report.what for report in till.reports)
    assert not wrong, "\n".join(f"seed {seed}: {'; '.join(found[:5])}" for seed, found in wrong.items())
    assert set(faults) >= {fault.__name__ for weight, fault in FAULTS if weight >= 3}
    assert set(shapes) == {"shop", "line", "sites", "node"}
    assert promised > 1_000
    assert revoked > 2
    assert refused["disk_full"] > 5
    assert reports["store_failed"] > 5
    assert reports["clock"] > 5
