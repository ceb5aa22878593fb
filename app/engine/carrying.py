"""The operations ``carrier_write`` and ``carrier_read``: the network in a folder, at a running till or closed home."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from app.carrier_words import hindrance
from app.engine.control import Operation, Refused
from app.text import gettext as _
from app.till.ports import JournalRefused
from replication.core.model import Member
from replication.net.carrier import Carrier, CarrierRefused, Read, Written
from replication.store import StoreDamaged
from replication.tickets import AppendRefused


def operations(
    carrier: Carrier, settled: Callable[[], Awaitable[None]], numbered: Callable[[int], Member | None]
) -> dict[str, Operation]:
    """Both operations by name; their argument is ``path``, absolute. ``settled`` returns when the books have all.

    ``carrier_write`` takes ``tills`` too: numbers of the members for which the stick is, and for nobody else.
    """

    async def write(args: dict[str, Any]) -> Any:
        args = dict(args)
        numbers = args.pop("tills", [])
        path = _path(args)
        if not isinstance(numbers, list) or not all(type(no) is int for no in numbers):
            raise Refused("bad_command", _("the running till is of another version; restart it"))
        tills = {no: numbered(no) for no in numbers}
        known = [member for member in tills.values() if member is not None]
        if len(known) < len(tills):
            no = next(no for no, member in tills.items() if member is None)
            raise Refused(
                "unknown_member", _("no active member has number {no}; `network members` lists them").format(no=no)
            )
        return await _answer(carrier.write(path, known))

    async def read(args: dict[str, Any]) -> Any:
        answer = await _answer(carrier.read(_path(args)))
        await settled()
        return answer

    return {"carrier_write": write, "carrier_read": read}


def _path(args: dict[str, Any]) -> Path:
    path = args.get("path")
    if set(args) != {"path"} or not isinstance(path, str) or not Path(path).is_absolute():
        raise Refused("bad_command", _("the running till is of another version; restart it"))
    return Path(path)


async def _answer(work: Awaitable[Read | Written]) -> Any:
    try:
        return msgspec.to_builtins(await work)
    except CarrierRefused as error:
        raise Refused(error.code, hindrance(error.code, error.where)) from None
    except AppendRefused as error:
        raise JournalRefused(error.code, error.reason) from None
    except StoreDamaged as error:
        raise Refused("store_damaged", str(error)) from None
