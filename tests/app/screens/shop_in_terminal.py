"""The stand-in shop on a real terminal: ``python -m tests.app.screens.shop_in_terminal LOG [crash]``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from app import text
from app.screens.till.app import run
from app.till.commands import Command
from app.till.effects import Refuse, Reply
from tests.app.screens.standin import Shop, services


class LoggingShop(Shop):
    """Writes every command it carried out, one a line."""

    def __init__(self, log: Path, *, crash: bool) -> None:
        super().__init__(log.parent)
        self.log = log.open("a", buffering=1)
        self.crash = crash

    async def run(self, command: Command) -> Reply | Refuse:
        customer = "customer " + "Meier"
        if self.crash:
            raise ZeroDivisionError(f"broken {len(customer)}")
        answer = await super().run(command)
        self.log.write(f"{command!r} {type(answer).__name__}\n")
        return answer


def main() -> int:
    text.use("en")
    log = Path(sys.argv[1])
    shop = LoggingShop(log, crash="crash" in sys.argv)
    return asyncio.run(run(services(shop, crash_log=log.with_suffix(".crash"))))


if __name__ == "__main__":
    sys.exit(main())
