"""Identities and running nodes for the tests of replication's shells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from replication.enrolment import join_network
from replication.identity import Identity, found_network
from tests.replication.running import Books, Running, Start, new_id, until


@pytest.fixture
def founder(tmp_path: Path) -> Identity:
    """The identity of till 1, which founded the network."""
    return found_network(tmp_path / "till-1", "Messestand", 1, "till", ids=new_id)


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts nodes over homes; all are stopped at the end."""
    async with AsyncExitStack() as stack:

        async def begin(identity: Identity, *, books: Books | None = None, **options: Any) -> Running:
            running = Running(identity.folder.parent, identity, books or Books(), **options)
            stack.push_async_callback(running.stop)
            await running.node.start()
            return running

        yield begin


@pytest.fixture
async def two_tills(founder: Identity, start: Start, tmp_path: Path) -> tuple[Running, Running]:
    """Till 1 and till 2 of one network, connected."""
    first = await start(founder)
    second = await start(await join_network(tmp_path / "till-2", await first.code(), discovery=False))
    await until(lambda: first.peers() == [2] and second.peers() == [1])
    return first, second
