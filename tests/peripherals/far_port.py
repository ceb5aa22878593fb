"""An RFC 2217 server: a serial port in the network, and what is behind it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from serial import rfc2217, serial_for_url


class _Connection:
    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def write(self, data: bytes) -> None:
        self._sock.sendall(data)


@contextlib.contextmanager
def far_port(answered: Callable[[bytes], bytes]) -> Iterator[tuple[str, list[str]]]:
    """Its address, and the settings that it was given; ``answered`` says what comes back for these bytes."""
    port = serial_for_url("loop://")
    listener = socket.create_server(("127.0.0.1", 0))
    settings: list[str] = []

    def serve() -> None:
        sock, _ = listener.accept()
        with sock, contextlib.suppress(OSError):
            manager = rfc2217.PortManager(port, _Connection(sock))
            while data := sock.recv(1024):
                came = b"".join(manager.filter(data))
                settings[:] = [f"{port.baudrate} {port.bytesize}{port.parity}{port.stopbits}"]
                sock.sendall(b"".join(manager.escape(answered(came))))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"rfc2217://127.0.0.1:{listener.getsockname()[1]}", settings
    finally:
        thread.join(20)
        listener.close()
        port.close()
