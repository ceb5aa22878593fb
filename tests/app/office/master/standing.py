"""An office at a home of its own, asked as commands and screens ask it."""

from __future__ import annotations

from typing import Any

import pytest

from app import wiring
from app.config import NetworkSettings, Settings
from app.engine.control import Refused

SETTINGS = Settings(network=NetworkSettings(listen="127.0.0.1:0", discovery=False))
SEED = {"ident_no": "0815", "name": "Vogelfutter", "price": "4.99", "vat_key": "2", "barcodes": "4006381333931"}


class Office:
    """A founder's home."""

    def __init__(self, parts: wiring.Parts) -> None:
        self.parts = parts

    async def ask(self, op: str, **args: Any) -> Any:
        return await self.parts.operations[op](args)

    async def refused(self, op: str, **args: Any) -> Refused:
        with pytest.raises(Refused) as refused:
            await self.ask(op, **args)
        return refused.value

    async def set(self, kind: str, key: str = "", /, **values: Any) -> Any:
        return await self.ask("master_set", kind=kind, key=key, values=values)

    async def past(self, kind: str, key: str) -> list[Any]:
        found = await self.ask("master_history", kind=kind, key=key)
        return [
            (each["what"], each["by"], {c["field"]: (c["before"], c["after"]) for c in each["changed"]})
            for each in found
        ]
