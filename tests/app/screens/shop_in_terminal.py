"""The stand-in shop on a real terminal: ``python -m tests.app.screens.shop_in_terminal LOG [crash]``.

A file beside the log with the suffix ``.codes`` names more articles, one ident number a line.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from app import text
from app.facts.master import ArticleSet
from app.screens.till.app import run
from app.till.commands import Command, Pay
from app.till.effects import UNASKED, Consent, Refuse, Reply
from tests.app.screens.standin import Shop, services


class LoggingShop(Shop):
    """Writes every command it carried out, one a line."""

    def __init__(self, log: Path, *, crash: bool) -> None:
        super().__init__(log.parent)
        self.log = log.open("a", buffering=1)
        self.crash = crash

    async def run(self, command: Command, consent: Consent = UNASKED) -> Reply | Refuse:
        customer = "customer " + "Meier"
        if self.crash:
            raise ZeroDivisionError(f"broken {len(customer)}")
        answer = await super().run(command, consent)
        self.log.write(f"{command!r} {type(answer).__name__}\n")
        if isinstance(command, Pay) and self.receipts:
            self.log.write(f"receipt {' '.join(line.ident_no for line in self.receipts[-1].lines)}\n")
        return answer


def main() -> int:
    text.use("en")
    log = Path(sys.argv[1])
    shop = LoggingShop(log, crash="crash" in sys.argv)
    codes = log.with_suffix(".codes")
    for code in codes.read_text().split() if codes.exists() else ():
        shop.article(ArticleSet(code, f"Goods {code}", 100, "EUR", "1"))
    return asyncio.run(run(services(shop, crash_log=log.with_suffix(".crash"))))


if __name__ == "__main__":
    sys.exit(main())
