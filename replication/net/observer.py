"""A read-only door for any automerge-repo client on this machine: plain websockets on loopback, no TLS.

The protocol is automerge-repo's (``core/wire.py``); ``observing.py`` has the documents. A client that sends a
change is told that nothing can be written here, and its connection ends; the change is gone with the copy
in memory that took it. What clients say to each other (ephemeral messages) goes nowhere.

Loopback is no protection from web pages: a browser on this machine would connect for any of them. It says
which page asks (``Origin``), and pages that were not allowed by name are turned away.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
from collections.abc import Sequence
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from replication.core import wire
from replication.core.wire import RemoteError
from replication.crdt import CrdtError, SyncState
from replication.net.outbox import Outbox
from replication.net.websocket import PortInUse
from replication.observing import Showcase
from replication.store import StoreDamaged

POLL_S = 0.1
"""How often the store is asked whether somebody has written."""
CLIENTS_MAX = 32
FRAME_BYTES_MAX = 1024 * 1024
"""A client has nothing of size to say."""
DOCUMENTS_PER_CLIENT_MAX = 10_000
OUTBOX_BYTES_MAX = 32 * 1024 * 1024
OUTBOX_MESSAGES_MAX = 4_096
HANDSHAKE_S = 5.0
READ_ONLY = "this is a window, not a door: the network's documents cannot be changed from here"

_POLICY = 1008
_log = logging.getLogger(__name__)
logging.getLogger("replication.observer").setLevel(logging.CRITICAL)


class NotLoopback(ValueError):
    """The address can be reached from elsewhere; the text says what to do."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} can be reached by other machines; listen on 127.0.0.1 or ::1")
        self.host = host


class ObserverServer:
    """Serves a showcase until ``stop``. ``name`` is what it calls itself to clients."""

    def __init__(self, showcase: Showcase, name: str, *, origins: Sequence[str] = ()) -> None:
        self._showcase = showcase
        self._name = name
        self._origins = frozenset(origins)
        self._clients: set[_Client] = set()
        self._server: Server | None = None
        self._polling: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; the bound port. ``NotLoopback``, ``PortInUse``."""
        if not is_loopback(host):
            raise NotLoopback(host)
        self._showcase.refresh()
        try:
            self._server = await serve(
                self._serve,
                host,
                port,
                process_request=self._admit,
                max_size=FRAME_BYTES_MAX,
                open_timeout=HANDSHAKE_S,
                server_header=None,
                logger=logging.getLogger("replication.observer"),
            )
        except OSError as error:
            raise PortInUse(f"{host}:{port}") from error
        self._polling = asyncio.create_task(self._poll())
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """End all connections."""
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self._origins:
            return connection.respond(HTTPStatus.FORBIDDEN, f"pages of {origin} may not read here (--origin)\n")
        if len(self._clients) >= CLIENTS_MAX:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "too many clients\n")
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        client = _Client(connection, self._showcase, self._name)
        self._clients.add(client)
        writing = asyncio.create_task(client.write())
        try:
            await client.read()
        except (RemoteError, CrdtError, StoreDamaged) as error:
            with contextlib.suppress(ConnectionClosed, TimeoutError):
                async with asyncio.timeout(HANDSHAKE_S):
                    await connection.send(wire.encode(wire.Failure(str(error))))
                    await connection.close(_POLICY, str(error)[:100])
        finally:
            self._clients.discard(client)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            try:
                grown = self._showcase.refresh()
                for client in tuple(self._clients):
                    client.tell(grown)
            except (StoreDamaged, CrdtError, OSError) as error:
                _log.warning("the store cannot be read: %s", error)


class _Client:
    """One client: what it has opened, and what waits for it."""

    def __init__(self, connection: ServerConnection, showcase: Showcase, me: str) -> None:
        self._connection = connection
        self._showcase = showcase
        self._me = me
        self._them = ""
        self._states: dict[str, SyncState] = {}
        self._outbox = Outbox(OUTBOX_MESSAGES_MAX, OUTBOX_BYTES_MAX)

    async def read(self) -> None:
        """Answer until the connection ends. ``RemoteError`` for what is not the protocol or would write."""
        with contextlib.suppress(ConnectionClosed):
            async with asyncio.timeout(HANDSHAKE_S):
                self._greet(await self._connection.recv(decode=False))
            while True:
                message = wire.decode_for_reader(await self._connection.recv(decode=False))
                if isinstance(message, wire.Sync):
                    self._on_sync(message)
                elif isinstance(message, wire.Leave):
                    return

    async def write(self) -> None:
        """Send what waits."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self._connection.send(await self._outbox.get())

    def tell(self, grown: set[str]) -> None:
        """These documents have new changes: send them to a client that has opened them."""
        try:
            for document in grown & self._states.keys():
                self._speak(document)
        except RemoteError:  # it does not read: its own reading loop sees the end
            self._connection.transport.abort()

    def _greet(self, data: bytes) -> None:
        message = wire.decode_for_reader(data)
        if not isinstance(message, wire.Join):
            raise RemoteError("the first message is to be join")
        if wire.PROTOCOL_VERSION not in message.versions:
            raise RemoteError(f"protocol version {wire.PROTOCOL_VERSION} is spoken here")
        self._them = message.sender
        self._put(wire.Peer(self._me, self._them, wire.PROTOCOL_VERSION))

    def _on_sync(self, message: wire.Sync) -> None:
        document = self._showcase.document(message.document)
        if document is None:
            self._put(wire.Unavailable(self._me, self._them, message.document))
            return
        if message.document not in self._states:
            if len(self._states) >= DOCUMENTS_PER_CLIENT_MAX:
                raise RemoteError("too many documents at once; connect anew")
            self._states[message.document] = SyncState()
        elif message.request:
            self._states[message.document] = SyncState()
        try:
            written, _operations = document.receive(self._states[message.document], message.data)
        except CrdtError:
            self._showcase.throw_away(message.document)
            raise
        if written:
            self._showcase.throw_away(message.document)
            raise RemoteError(READ_ONLY)
        self._speak(message.document)

    def _speak(self, name: str) -> None:
        document = self._showcase.document(name)
        data = document.generate(self._states[name]) if document is not None else None
        if data is not None:
            self._put(wire.Sync(self._me, self._them, name, data))

    def _put(self, message: wire.Message) -> None:
        if not self._outbox.put(wire.encode(message)):
            raise RemoteError("too slow: does not take in what is sent")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
