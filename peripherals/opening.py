"""Opens the line to a device, whatever carries it: ``TcpWire`` here, ``device_file.py``, ``remote_port.py``.

==========================  ==================================================================
address                     line
==========================  ==================================================================
``HOST:PORT``               TCP; ``socket://HOST:PORT`` says the same
``/dev/serial/by-id/…``     a serial port (any character device that is a terminal)
``/dev/usb/lp0``            any other character device, as it is
``rfc2217://HOST:PORT``     a serial port in the network, with its settings (pyserial)
==========================  ==================================================================

Its device is claimed first: one owner per device and machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket

from peripherals.claiming import Claim, Claimed, Claims
from peripherals.device_file import DeviceFile, open_file
from peripherals.line import Line
from peripherals.remote_port import RemotePort
from peripherals.wire import MAX_UNSENT_BYTES, OPEN_S, READ_BYTES, Wire, WireError, WireFull


async def open_wire(address: str, line: Line = Line(), *, claims: Claims, timeout_s: float = OPEN_S) -> Wire:  # noqa: B008 - a frozen value
    """Claim the device and open its line; ``WireError`` if that cannot be."""
    claim = await asyncio.to_thread(_claimed, claims, address)
    try:
        async with asyncio.timeout(timeout_s):
            return await _opened(address, line, claim)
    except TimeoutError:
        claim.release()
        raise WireError("TIMEOUT", f"{address} does not answer") from None
    except OSError as error:
        claim.release()
        raise _refusal(address, error) from None
    except BaseException:
        claim.release()
        raise


def is_network(address: str) -> bool:
    """Whether the device is reached through the network."""
    return not address.startswith("/")


def _claimed(claims: Claims, address: str) -> Claim:
    try:
        return claims.claim(address)
    except Claimed as error:
        raise WireError("CLAIMED", str(error)) from None
    except OSError as error:
        raise WireError("FAILURE", error.strerror or str(error)) from None


def _refusal(address: str, error: OSError) -> WireError:
    if isinstance(error, WireError):
        return error
    if isinstance(error, BlockingIOError):
        return WireError("CLAIMED", f"{address} is in use by another program")
    reason = error.strerror or str(error) or type(error).__name__
    gone = isinstance(error, (FileNotFoundError, ConnectionError, socket.gaierror)) or error.errno in _NOT_THERE
    return WireError("NOHARDWARE" if gone else "FAILURE", reason)


_NOT_THERE = (6, 19, 101, 113)
"""ENXIO, ENODEV, ENETUNREACH, EHOSTUNREACH."""


async def _opened(address: str, line: Line, claim: Claim) -> Wire:
    if address.startswith("rfc2217://"):
        return await RemotePort.opened(address, line, claim)
    if is_network(address):
        host, _, port = address.removeprefix("socket://").rpartition(":")
        reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        keep_alive(writer)
        return TcpWire(reader, writer, claim)
    file, seven = await asyncio.to_thread(open_file, address, line)
    return DeviceFile(file, claim, mask=0x7F if seven else 0xFF)


class TcpWire(Wire):
    """A connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, claim: Claim) -> None:
        super().__init__(claim)
        self._reader = reader
        self._writer = writer

    async def read(self) -> bytes:
        return await self._reader.read(READ_BYTES)

    def write(self, data: bytes) -> None:
        transport = self._writer.transport
        if transport.is_closing():
            raise ConnectionResetError("the line is closed")
        if transport.get_write_buffer_size() + len(data) > MAX_UNSENT_BYTES:
            raise WireFull("nobody takes what is written")
        self._writer.write(data)

    async def drain(self, timeout_s: float) -> None:
        self._writer.transport.set_write_buffer_limits(0)
        async with asyncio.timeout(timeout_s):
            await self._writer.drain()

    async def _close(self) -> None:
        self._writer.transport.abort()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


def keep_alive(writer: asyncio.StreamWriter) -> None:
    """Notice a pulled cable in about ten seconds: probes when idle, a limit on what stays unacknowledged.

    A device that is merely silent (a printer with its cover open) still acknowledges, so it is told apart from one
    that is gone.
    """
    sock: socket.socket | None = writer.get_extra_info("socket")
    if sock is None:
        return
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 4), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", 10_000)):
        if hasattr(socket, option):  # not every system has all of them
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
