"""A home copied and run a second time, with real sockets: both stop, and a restart alone stops nobody."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from replication.identity import Identity
from replication.node import AppendRefused
from tests.replication.running import Books, Running, Start, note, until

Two = tuple[Running, Running]


async def test_a_copied_home_that_runs_beside_the_first_stops_both(
    two_tills: Two, start: Start, tmp_path: Path
) -> None:
    first, second = two_tills
    await second.node.append([note("before")])
    shutil.copytree(second.home, tmp_path / "copy")
    copied = await start(Identity.load(tmp_path / "copy"), books=Books(), peers=[first.address])
    await until(lambda: second.node.status()["stopped"] is not None and copied.node.status()["stopped"] is not None)
    for running in (second, copied):
        with pytest.raises(AppendRefused) as refused:
            await running.node.append([note("twice")])
        assert refused.value.code == "cloned"
    assert [clone["till_no"] for clone in first.node.status()["clones"]] == [2]
    await first.node.append([note("undisturbed")])


async def test_a_till_that_is_started_again_and_again_is_no_clone(two_tills: Two, start: Start) -> None:
    first, second = two_tills
    running = second
    for _ in range(4):
        await running.stop()
        running = await start(second.identity, books=second.books, peers=[first.address])
        await running.node.append([note("again")])
        await until(lambda: first.peers() == [2])
    assert first.node.status()["clones"] == []
    assert running.node.status()["stopped"] is None
