"""A serial port in the network (RFC 2217)."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from typing import Any

from peripherals.claiming import Claim
from peripherals.line import Line
from peripherals.serial_port import parts_of, pyserial
from peripherals.wire import MAX_UNSENT_BYTES, OPEN_S, BufferedWire, WireError, WireFull

RFC2217_WAIT_S = 0.2


class RemotePort(BufferedWire):
    """A serial port behind RFC 2217: pyserial's own, in two threads, since it only knows how to block."""

    def __init__(self, port: Any, claim: Claim) -> None:
        super().__init__(claim)
        self._loop = asyncio.get_running_loop()
        self._port = port
        self._unsent: deque[bytes] = deque()
        self._unsent_bytes = 0
        self._work = threading.Condition()
        self._threads = [
            threading.Thread(target=work, name=f"rfc2217 {what}", daemon=True)
            for what, work in (("read", self._reading), ("write", self._writing))
        ]
        for thread in self._threads:
            thread.start()

    @classmethod
    async def opened(cls, address: str, line: Line, claim: Claim) -> RemotePort:
        bits, parity, stop = parts_of(line)

        def connect() -> Any:
            serial = pyserial()
            try:
                return serial.serial_for_url(
                    address, line.baud, bits, parity, stop, timeout=RFC2217_WAIT_S,
                    rtscts=line.rtscts,
                )  # fmt: skip
            except serial.SerialException as error:
                raise WireError("NOHARDWARE", str(error)) from None
            except ValueError as error:
                raise WireError("FAILURE", str(error)) from None

        return cls(await asyncio.to_thread(connect), claim)

    def write(self, data: bytes) -> None:
        if self._closed or self._ended is not None:
            raise self._ended or ConnectionResetError("the line is closed")
        with self._work:
            if self._unsent_bytes + len(data) > MAX_UNSENT_BYTES:
                raise WireFull("nobody takes what is written")
            self._unsent.append(data)
            self._unsent_bytes += len(data)
            self._work.notify_all()

    async def drain(self, timeout_s: float) -> None:
        def left() -> bool:
            with self._work:
                return self._work.wait_for(lambda: not self._unsent_bytes or self._closed, timeout_s)

        if not await asyncio.to_thread(left):
            raise TimeoutError

    def _reading(self) -> None:
        while not self._closed:
            try:
                data = self._port.read(1)
                data += self._port.read(self._port.in_waiting) if data else b""
            except Exception as error:  # noqa: BLE001 - pyserial's reader raises what it likes when the line is gone
                self._tell(self._lose, OSError(str(error)))
                return
            if data:
                self._tell(self._take, data)

    def _writing(self) -> None:
        while True:
            with self._work:
                self._work.wait_for(lambda: self._unsent or self._closed)
                if self._closed:
                    return
                data = self._unsent.popleft()
            try:
                self._port.write(data)
            except Exception as error:  # noqa: BLE001 - the same
                self._tell(self._lose, OSError(str(error)))
                return
            with self._work:
                self._unsent_bytes -= len(data)
                self._work.notify_all()

    def _tell(self, what: Any, value: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(what, value)

    async def _close(self) -> None:
        if self._closed:
            return
        with self._work:
            self._closed = True
            self._work.notify_all()
        self._news.set()

        def end() -> None:
            for thread in self._threads:
                thread.join(OPEN_S)
            with contextlib.suppress(Exception):
                self._port.close()

        await asyncio.to_thread(end)
