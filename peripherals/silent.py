"""A device that is only told things: what it says is passed over, and when it hangs up its line is lost.

So a plug that is pulled is noticed at once and not with the next thing that it should have been told.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod

from peripherals.supervision import Device
from peripherals.wire import Wire


class SilentDevice(Device):
    """Such a device; ``tell`` is what it is told, as long as the line stands."""

    async def serve(self, wire: Wire) -> None:
        """Tell it what there is to tell, until it hangs up; the last of it is told even when it ends."""
        wire.lets_out = True
        hearing = asyncio.ensure_future(_hung_up(wire))
        telling = asyncio.ensure_future(self.tell(wire))
        try:
            await asyncio.wait((hearing, telling), return_when=asyncio.FIRST_COMPLETED)
        finally:
            hearing.cancel()
            telling.cancel()
            ended = await asyncio.gather(hearing, telling, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error

    @abstractmethod
    async def tell(self, wire: Wire) -> None:
        """Write until cancelled; ``OSError`` when the line is lost. Says last what it must when it is cancelled."""


async def _hung_up(wire: Wire) -> None:
    while await wire.read():
        pass
