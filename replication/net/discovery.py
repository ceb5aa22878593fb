"""mDNS on the LAN: announce this member as ``_tillmesh._tcp``, and notice others of the same network.

TXT: ``v=1``, ``network`` (id), ``root`` (fingerprint, hex), ``member`` (id), ``no`` (till number).
A name on the LAN proves nothing; it only says where to dial. TLS then says who is there.

All interfaces are used, loopback too: two tills on one machine find each other that way when
there is no network at all. Interfaces come and go (a cable, a WLAN), so they are looked at
every few seconds and everything is announced anew when they have changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import TracebackType
from typing import NamedTuple, Self

import ifaddr
from zeroconf import Error as ZeroconfError
from zeroconf import InterfaceChoice, IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

SERVICE_TYPE = "_tillmesh._tcp.local."
RESCAN_S = 5.0
RESOLVE_TIMEOUT_MS = 3_000
MAX_SERVICES = 1_000

_log = logging.getLogger(__name__)
logging.getLogger("zeroconf").setLevel(logging.CRITICAL)


class Announcement(NamedTuple):
    """What this member says of itself. ``host`` as given to listen: ``0.0.0.0`` means every interface."""

    network_id: str
    root_fingerprint: str
    member_id: str
    till_no: int
    host: str
    port: int


class Interface(NamedTuple):
    """An IPv4 address of this machine and the network it is in."""

    address: str
    network: ipaddress.IPv4Network


class Browser:
    """Discovery while the context is open. Callbacks come on the loop.

    ``sighted(address, member_id)`` and ``lost(address, None)`` are called for members of
    ``network_id``, or, for a newcomer that knows only that, of the root with ``root_fingerprint``.
    """

    def __init__(
        self,
        *,
        network_id: str = "",
        root_fingerprint: str = "",
        announcement: Announcement | None = None,
        sighted: Callable[[str, str], object] | None = None,
        lost: Callable[[str], object] | None = None,
    ) -> None:
        self._network_id = network_id
        self._root_fingerprint = root_fingerprint
        self._announcement = announcement
        self._sighted = sighted
        self._lost = lost
        self._found: dict[str, str] = {}
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._interfaces: tuple[Interface, ...] = ()
        self._tasks: set[asyncio.Task[None]] = set()
        self._rescan: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._open()
        self._rescan = asyncio.create_task(self._follow_interfaces())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rescan is not None:
            self._rescan.cancel()
            await asyncio.gather(self._rescan, return_exceptions=True)
        await self._close()

    # -- opening and closing -------------------------------------------------------------------

    async def _open(self) -> None:
        only_loopback = self._announcement is not None and _is_loopback(self._announcement.host)
        self._interfaces = own_interfaces(only_loopback=only_loopback)
        try:
            self._zeroconf = AsyncZeroconf(
                interfaces=[each.address for each in self._interfaces] or InterfaceChoice.Default,
                ip_version=IPVersion.V4Only,
            )
            await self._zeroconf.zeroconf.async_wait_for_start()
            self._browser = AsyncServiceBrowser(self._zeroconf.zeroconf, SERVICE_TYPE, handlers=[self._changed])
            if self._announcement is not None:
                info = service_info(self._announcement, self._interfaces)
                # Names are UUIDs: nothing to ask permission for.
                broadcast = await self._zeroconf.async_register_service(info, cooperating_responders=True)
                self._watch(broadcast)
        except (OSError, ZeroconfError) as error:
            # No usable interface now; the next look at the interfaces tries again.
            _log.warning("discovery does not run: %s", error)
            await self._close()
            self._interfaces = ()

    async def _close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._browser is not None:
            await self._browser.async_cancel()
            self._browser = None
        if self._zeroconf is not None:
            zeroconf, self._zeroconf = self._zeroconf, None
            with contextlib.suppress(OSError, TimeoutError, ZeroconfError):
                async with asyncio.timeout(3):
                    await zeroconf.async_close()  # says goodbye first

    async def _follow_interfaces(self) -> None:
        while True:
            await asyncio.sleep(RESCAN_S)
            only_loopback = self._announcement is not None and _is_loopback(self._announcement.host)
            if own_interfaces(only_loopback=only_loopback) != self._interfaces:
                await self._close()
                for name in tuple(self._found):
                    self._forget(name)
                await self._open()

    # -- what is seen --------------------------------------------------------------------------

    def _changed(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is ServiceStateChange.Removed:
            self._forget(name)
        elif len(self._tasks) < MAX_SERVICES:
            self._watch(self._resolve(zeroconf, service_type, name))

    async def _resolve(self, zeroconf: Zeroconf, service_type: str, name: str) -> None:
        info = AsyncServiceInfo(service_type, name)
        if not await info.async_request(zeroconf, RESOLVE_TIMEOUT_MS) or not info.port:
            return
        said = texts(info.properties)
        member_id = said.get("member", "")
        if self._announcement is not None and member_id == self._announcement.member_id:
            return
        wanted = (
            said.get("network") == self._network_id if self._network_id else said.get("root") == self._root_fingerprint
        )
        host = nearest(info.parsed_addresses(IPVersion.V4Only), self._interfaces)
        if not wanted or not host or (name not in self._found and len(self._found) >= MAX_SERVICES):
            return
        address = f"{host}:{info.port}"
        if self._found.get(name) != address:
            self._forget(name)
            self._found[name] = address
        if self._sighted is not None:
            self._sighted(address, member_id)

    def _forget(self, name: str) -> None:
        address = self._found.pop(name, None)
        if address is not None and self._lost is not None:
            self._lost(address)

    def _watch(self, work: Awaitable[object]) -> None:
        async def run() -> None:
            try:
                await work
            except (OSError, ZeroconfError) as error:
                _log.info("discovery: %s", error)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def own_interfaces(*, only_loopback: bool = False) -> tuple[Interface, ...]:
    """This machine's IPv4 addresses, in a stable order."""
    found = {
        Interface(str(each.ip), ipaddress.IPv4Network(f"{each.ip}/{each.network_prefix}", strict=False))
        for adapter in ifaddr.get_adapters()
        for each in adapter.ips
        if each.is_IPv4
    }
    return tuple(sorted(each for each in found if not only_loopback or _is_loopback(each.address)))


def service_info(said: Announcement, interfaces: Iterable[Interface]) -> AsyncServiceInfo:
    """The announcement as mDNS records."""
    if said.host in ("", "0.0.0.0"):  # noqa: S104 - compared, not bound
        own = [each.address for each in interfaces]
        addresses = [address for address in own if not _is_loopback(address)] or own
    else:
        addresses = [said.host]
    return AsyncServiceInfo(
        SERVICE_TYPE,
        f"{said.member_id}.{SERVICE_TYPE}",
        port=said.port,
        parsed_addresses=addresses,
        server=f"{said.member_id}.local.",
        properties={
            "v": "1",
            "network": said.network_id,
            "root": said.root_fingerprint,
            "member": said.member_id,
            "no": str(said.till_no),
        },
    )


def nearest(addresses: Iterable[str], interfaces: Iterable[Interface]) -> str:
    """The address to dial: this machine's own, else one in a network of ours, else any; empty if there is none."""
    own = tuple(interfaces)

    def distance(address: str) -> int:
        if any(each.address == address for each in own):
            return 0
        if _is_loopback(address):
            return 3
        return 1 if any(ipaddress.IPv4Address(address) in each.network for each in own) else 2

    return min(addresses, key=distance, default="")


def texts(properties: Mapping[bytes, bytes | None]) -> dict[str, str]:
    """TXT as text; what is no UTF-8 is left out."""
    found: dict[str, str] = {}
    for key, value in properties.items():
        with contextlib.suppress(UnicodeDecodeError):
            found[key.decode()] = (value or b"").decode()
    return found


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host.startswith("127.")
