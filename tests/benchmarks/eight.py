"""Eight whole tills, all connected with all: the first in this process, the others as witnesses in their own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from app import config, wiring
from replication.identity import Identity
from replication.net import tls
from tests.benchmarks.homes import make_network
from tests.benchmarks.test_replication import Process
from tests.benchmarks.test_two_tills import free_port
from tests.benchmarks.witness import WITNESSES, Times


class Eight(NamedTuple):
    """``echoes`` are bare websockets to the seven (``witness.py``), ``times`` what they note."""

    parts: wiring.Parts
    witnesses: list[Process]
    echoes: list[ClientConnection]
    times: Times


@contextlib.asynccontextmanager
async def eight_tills(folder: Path) -> AsyncIterator[Eight]:
    """The network, once all are connected; the witnesses end with it."""
    homes = make_network(folder, [("till", "")] * (WITNESSES + 1))
    addresses = [f"127.0.0.1:{free_port()}" for _ in homes]
    times = Times.make(folder / "times")
    me = Identity.load(homes[0].path)
    witnesses = [
        await Process.start(
            "witness", homes[no].path, addresses[no], me.member_id, no - 1, folder / "times", *addresses[:no]
        )
        for no in range(1, WITNESSES + 1)
    ]  # fmt: skip
    network = config.NetworkSettings(listen=addresses[0], discovery=False)
    settings = msgspec.structs.replace(config.Settings(), network=network)
    async with contextlib.AsyncExitStack() as stack:
        parts = await stack.enter_async_context(wiring.opened(homes[0], settings, network=True))
        context = tls.client_context(me)
        echoes = []
        for witness in witnesses:
            target = f"wss://127.0.0.1:{await witness.line()}"
            echo = connect(target, ssl=context, compression=None, server_hostname=tls.SERVER_NAME)
            echoes.append(await stack.enter_async_context(echo))
        async with asyncio.timeout(30):
            while len((await parts.engine.status())["peers"]) < WITNESSES:
                await asyncio.sleep(0.05)
        yield Eight(parts, witnesses, echoes, times)
    for witness in witnesses:
        await witness.end()
