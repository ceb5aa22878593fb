"""mDNS on the LAN: announce this member as ``_tillmesh._tcp``, and notice others of the same network.

TXT: ``v=1``, ``network`` (id), ``root`` (fingerprint, hex), ``member`` (id), ``no`` (till number).
A name on the LAN proves nothing; it only says where to dial. TLS then says who is there.

All interfaces are used, over IPv4 and IPv6, loopback too: two tills on one machine find each other
that way when there is no network at all. Interfaces and addresses come and go (a cable, a WLAN, a
new lease), so they are looked at every second and everything is announced anew when they have
changed. A member is told under its nearest addresses, at most ``MAX_ADDRESSES``.
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

from replication.net.addresses import EVERY_IPV4, EVERYWHERE, joined

SERVICE_TYPE = "_tillmesh._tcp.local."
RESCAN_S = 1.0
RESOLVE_TIMEOUT_MS = 3_000
MAX_SERVICES = 1_000
MAX_ADDRESSES = 4

_log = logging.getLogger(__name__)
logging.getLogger("zeroconf").setLevel(logging.CRITICAL)


class Announcement(NamedTuple):
    """What this member says of itself. ``host`` as given to listen: ``0.0.0.0`` is every IPv4, ``::`` both families."""

    network_id: str
    root_fingerprint: str
    member_id: str
    till_no: int
    host: str
    port: int


class Interface(NamedTuple):
    """An address of this machine, without scope, the network it is in, and the number of the interface."""

    address: str
    network: ipaddress.IPv4Network | ipaddress.IPv6Network
    number: int = 0


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
        self._found: dict[str, tuple[str, ...]] = {}
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
            self._zeroconf = _zeroconf(self._interfaces)
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
        hosts = by_distance(info.parsed_scoped_addresses(), self._interfaces)[:MAX_ADDRESSES]
        if not wanted or not hosts or (name not in self._found and len(self._found) >= MAX_SERVICES):
            return
        found = tuple(joined(host, info.port) for host in hosts)
        gone = set(self._found.get(name, ())) - set(found)
        self._found[name] = found
        for address in gone:
            self._lose(address)
        if self._sighted is not None:
            for address in found:
                self._sighted(address, member_id)

    def _forget(self, name: str) -> None:
        for address in self._found.pop(name, ()):
            self._lose(address)

    def _lose(self, address: str) -> None:
        if self._lost is not None and not any(address in found for found in self._found.values()):
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
    """This machine's addresses, IPv4 before IPv6, in a stable order; of loopback only IPv4, which is always there."""
    found = {
        Interface(address, ipaddress.ip_network(f"{address}/{each.network_prefix}", strict=False), adapter.index or 0)
        for adapter in ifaddr.get_adapters()
        for each in adapter.ips
        if (address := each.ip if isinstance(each.ip, str) else each.ip[0].partition("%")[0]) != "::1"
    }
    wanted = (each for each in found if not only_loopback or _is_loopback(each.address))
    return tuple(sorted(wanted, key=lambda each: (each.network.version, each.address, each.number)))


def _zeroconf(interfaces: Iterable[Interface]) -> AsyncZeroconf:
    """mDNS on these interfaces, on each over IPv6 once; without IPv6 where the machine lets nobody use it."""
    own = tuple(interfaces)
    ipv4 = [each.address for each in own if each.network.version == 4]
    ipv6 = {each.number: each.address for each in own if each.network.version == 6}
    if ipv6:
        try:
            return AsyncZeroconf(interfaces=[*ipv4, *ipv6.values()], ip_version=IPVersion.All)
        except (OSError, RuntimeError) as error:  # RuntimeError: the address has just gone
            _log.info("discovery over IPv6 does not run: %s", error)
    return AsyncZeroconf(interfaces=ipv4 or InterfaceChoice.Default, ip_version=IPVersion.V4Only)


def service_info(said: Announcement, interfaces: Iterable[Interface]) -> AsyncServiceInfo:
    """The announcement as mDNS records."""
    addresses = hosts_of(said.host, interfaces)
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


def hosts_of(host: str, interfaces: Iterable[Interface]) -> list[str]:
    """Where somebody who listens at ``host`` can be dialled; not on loopback if there is anything else."""
    if host not in ("", EVERY_IPV4, EVERYWHERE):
        return [host.partition("%")[0]]
    own = [each.address for each in interfaces if each.network.version == 4 or host != EVERY_IPV4]
    own = list(dict.fromkeys(own))
    return [address for address in own if not _is_loopback(address)] or own


def listening_at(host: str, port: int) -> tuple[str, ...]:
    """Addresses that others may pass on: none that only means something on one wire."""
    hosts = hosts_of(host, own_interfaces(only_loopback=_is_loopback(host)))
    return tuple(joined(each, port) for each in hosts if not each.lower().startswith("fe80:"))


def by_distance(addresses: Iterable[str], interfaces: Iterable[Interface]) -> list[str]:
    """In the order to dial: this machine's own, then those in a network of ours, then others; IPv4 before IPv6.

    A link-local address without a scope is left out: nobody can dial it.
    """
    own = tuple(interfaces)

    def distance(address: str) -> tuple[int, int, bool]:
        plain = ipaddress.ip_address(address.partition("%")[0])
        if any(each.address == str(plain) for each in own):
            near = 0
        elif plain.is_loopback:
            near = 3
        else:
            near = 1 if any(plain in each.network for each in own) else 2
        return near, plain.version, plain.is_link_local

    usable = {
        address
        for address in addresses
        if "%" in address or not ipaddress.ip_address(address).is_link_local or "." in address
    }
    return sorted(usable, key=lambda address: (*distance(address), address))


def texts(properties: Mapping[bytes, bytes | None]) -> dict[str, str]:
    """TXT as text; what is no UTF-8 is left out."""
    found: dict[str, str] = {}
    for key, value in properties.items():
        with contextlib.suppress(UnicodeDecodeError):
            found[key.decode()] = (value or b"").decode()
    return found


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
