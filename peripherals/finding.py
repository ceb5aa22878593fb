"""Receipt printers that say in the network that they are there: mDNS ``_pdl-datastream._tcp`` (raw port 9100).

Many receipt printers with a network port do; one that does not is typed by its address. On this machine there are
ports: printers on USB by their kind, and serial ports, by names that stay the same, that anything may hang on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

SERVICE = "_pdl-datastream._tcp.local."
LISTEN_S = 2.0
ASK_MS = 1_500
MAX_FOUND = 16


class Sighting(NamedTuple):
    """A printer: where it listens, and what it calls itself."""

    host: str
    port: int
    name: str


async def network_printers(interfaces: Sequence[str] | None = None, listen_s: float = LISTEN_S) -> list[Sighting]:
    """Those that answer within ``listen_s``, by name; at most ``MAX_FOUND``. ``interfaces``: own addresses, else all.

    A machine without a network has none: that is no error.
    """
    names: dict[str, None] = {}

    def noticed(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:  # noqa: ARG001 - called by name
        if state_change is not ServiceStateChange.Removed and len(names) < MAX_FOUND:
            names[name] = None

    try:
        own = list(interfaces) if interfaces is not None else None
        zeroconf = AsyncZeroconf(ip_version=IPVersion.V4Only) if own is None else AsyncZeroconf(interfaces=own)
    except OSError:
        return []
    try:
        browser = AsyncServiceBrowser(zeroconf.zeroconf, SERVICE, handlers=[noticed])
        await asyncio.sleep(listen_s)
        await browser.async_cancel()
        found = await asyncio.gather(*(_asked(zeroconf, name) for name in names))
    finally:
        await zeroconf.async_close()
    return sorted({each for each in found if each is not None}, key=lambda each: (each.name, each.host))


def local_ports(devices: Path = Path("/dev")) -> list[Path]:
    """Printers on USB, then serial ports by their stable names; at most ``MAX_FOUND``."""
    found = [*sorted(devices.glob("usb/lp*")), *sorted(devices.glob("serial/by-id/*"))]
    return found[:MAX_FOUND]


async def _asked(zeroconf: AsyncZeroconf, name: str) -> Sighting | None:
    info = AsyncServiceInfo(SERVICE, name)
    if not await info.async_request(zeroconf.zeroconf, ASK_MS):
        return None
    addresses = info.parsed_addresses(IPVersion.V4Only)
    if not addresses or not info.port:
        return None
    return Sighting(addresses[0], info.port, name.removesuffix(f".{SERVICE}")[:60])
