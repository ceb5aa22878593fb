"""``python -m tests.app.office.bulk.killed HOME``: an office that is killed in the middle of an import."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app import wiring
from app.home import Home
from app.office.bulk import writing
from app.office.exchange.preparing import prepared
from replication.core.model import Entry
from tests.app.office.master.standing import SETTINGS

STEP = 3


def csv(count: int, price: str = "1") -> bytes:
    rows = "".join(f"{number},Ware {number},{price},1\n" for number in range(count))
    return f"ident_no,name,price,vat_key\n{rows}".encode()


async def _killed(home: Path) -> None:
    writing.FACTS_PER_STEP = STEP
    async with wiring.opened(Home(home), SETTINGS, network=False) as parts:
        journal, steps = parts.engine.journal, 0

        async def counted(entries: Sequence[Entry], **how: Any) -> None:
            nonlocal steps
            await journal(entries, **how)
            steps += 1
            if steps == 3:  # the intent and two steps
                os.kill(os.getpid(), signal.SIGKILL)

        parts.engine.journal = counted  # type: ignore[method-assign]
        await parts.operations["take_over"](prepared(csv(10), "articles", "x.csv", "EUR").request() | {"by": "anna"})


if __name__ == "__main__":
    asyncio.run(_killed(Path(sys.argv[1])))
