"""Links over websockets and TLS: accept, dial, send, close.

A *link* is one connection whose certificate has named a member; it exists between the
events ``Connected`` and ``Disconnected``, each of which comes exactly once. Whatever a
link does, it can end only itself: a frame that is too large, text where bytes belong, a
peer that does not read.

Paths: ``/`` is for members, ``/enrol`` for newcomers that hold a bootstrap certificate
(or, after a lost answer, come back with it).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from http import HTTPStatus

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidURI
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import Event as WebsocketEvent
from websockets.protocol import State

from replication import certificates
from replication.certificates import CertificateRefused
from replication.core.events import Connected, DialFailed, Disconnected, Event, Received
from replication.core.model import Member
from replication.core.wire import MAX_FRAME_BYTES
from replication.identity import Identity
from replication.net import addresses, deflate, tls
from replication.net.doorkeeper import Door, Doorkeeper
from replication.net.outbox import Outbox

MAX_LINKS = 512
MUCH_BYTES = 4 * 1024 * 1024
"""With this much waiting for one link all are added up."""
MAX_WAITING_BYTES = 128 * 1024 * 1024
"""What may wait to be sent on all links together."""
TOO_SLOW = "too slow: does not take in what is sent"
OPEN_TIMEOUT_S = 5.0
CLOSE_TIMEOUT_S = 2.0
NEXT_ADDRESS_S = 0.25
"""A name's next address is tried beside the one before it after so long."""
PING_INTERVAL_S = 5.0
PING_TIMEOUT_S = 10.0
MAX_QUEUED_FRAMES = 32
"""Frames that wait between socket and hub; beyond that the sender has to wait."""
FAIR_SHARE = 16
"""Messages of one link handled in a row before others get their turn."""
MAX_PACKED_BYTES = 16 * 1024
"""So much is unpacked in one step: zeros grow a thousandfold, and what follows on junk need not be kept."""
MAX_PIECE_BYTES = 64 * 1024
"""Messages that wait for one link are encrypted and written together as long as they come to no more."""
ENROL_PATH = "/enrol"
LAST_WORDS_S = 0.2

_MAX_REASON_BYTES = 120
_NORMAL, _GOING_AWAY, _POLICY = 1000, 1001, 1008

EnrolmentTalk = Callable[[ServerConnection, bytes], Awaitable[None]]
"""Carries on an enrolment over an accepted connection; gets the peer's certificate in DER."""

_log = logging.getLogger("replication.websocket")
# The library writes a traceback for every port scan; what matters goes to the sync log.
_log.setLevel(logging.CRITICAL)


class PortInUse(Exception):
    """The address cannot be listened on: another program does, or ``why`` says what else is wrong with it."""

    def __init__(self, address: str, why: str = "") -> None:
        what = f"cannot be listened on ({why})" if why else "is in use by another program"
        super().__init__(f"{address} {what}; end that program or choose another address with --listen")
        self.address = address
        self.why = why


class Links:
    """All links of a node. ``emit`` is called on the loop.

    ``full`` says whether no other message can be taken right now; ``room`` returns when one can.
    ``held_off`` hears which address is not let in for now, and why.
    """

    def __init__(
        self,
        identity: Identity,
        emit: Callable[[Event], None],
        *,
        full: Callable[[], bool],
        room: Callable[[], Awaitable[None]],
        enrolment: EnrolmentTalk | None = None,
        may_enrol: Callable[[], bool] = lambda: True,
        server_context: ssl.SSLContext,
        client_context: ssl.SSLContext,
        held_off: Callable[[str, str], None] = lambda _peer, _why: None,
    ) -> None:
        self._identity = identity
        self._me = identity.member_id
        self._emit = emit
        self._full = full
        self._room = room
        self._enrolment = enrolment
        self._may_enrol = may_enrol
        self._server_context = server_context
        self._client_context = client_context
        self._keeper = Doorkeeper(lambda: time.monotonic_ns() // 1_000_000, held_off)
        self._server: Server | None = None
        self._links: dict[int, _Link] = {}
        self._to_flush: list[_Link] = []
        self._next_link_id = 1
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def listen(self, host: str, port: int) -> int:
        """Accept links; the bound port. ``PortInUse`` if that address is taken."""
        # The listener keeps its first context; each handshake moves on to the newest trust.
        accepting = self._server_context

        def take_newest(connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
            connection.context = self._server_context

        accepting.sni_callback = take_newest
        try:
            sock = addresses.listening(host, port)
            door = Door.at(host, port, self._keeper) if sock is None else Door.instead_of(sock, self._keeper)
            self._server = await serve(
                self._accepted,
                sock=door,
                create_connection=_Accepted,
                ssl=accepting,
                process_request=self._admit,
                compression=None,
                extensions=[deflate.Listener()],
                max_size=MAX_FRAME_BYTES,
                max_queue=MAX_QUEUED_FRAMES,
                open_timeout=OPEN_TIMEOUT_S,
                close_timeout=CLOSE_TIMEOUT_S,
                ping_interval=PING_INTERVAL_S,
                ping_timeout=PING_TIMEOUT_S,
                server_header=None,
                logger=_log,
            )
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortInUse(addresses.joined(host, port)) from error
            raise PortInUse(addresses.joined(host, port), error.strerror or str(error)) from error
        return int(self._server.sockets[0].getsockname()[1])

    def trust(self, server_context: ssl.SSLContext) -> None:
        """Use this trust for all handshakes from now on."""
        self._server_context = server_context

    def dial(self, target: str) -> None:
        """Connect to ``host:port``; ends in ``Connected`` or ``DialFailed``."""
        if not self._stopping:
            self._spawn(self._dial(target))

    def send(self, link_id: int, data: bytes) -> None:
        """Queue one message; a link that cannot keep up is closed."""
        link = self._links.get(link_id)
        if link is None or link.reason:
            return
        if not link.outbox.put(data):
            self.close(link_id, TOO_SLOW)
        elif link.outbox.size > MUCH_BYTES:
            self._bound_waiting()
        if not self._to_flush:
            asyncio.get_running_loop().call_soon(self._flush)
        if not self._to_flush or self._to_flush[-1] is not link:
            self._to_flush.append(link)

    def _flush(self) -> None:
        """Write what was queued since the last turn of the loop: one step for all links, one piece for each."""
        links, self._to_flush = self._to_flush, []
        for link in links:
            link.flush()

    def _bound_waiting(self) -> None:
        """Many slow readers together must not take the memory: the one with most waiting goes."""
        waiting = {link_id: link.outbox.size for link_id, link in self._links.items() if not link.reason}
        if sum(waiting.values()) > MAX_WAITING_BYTES:
            self.close(max(waiting, key=lambda link_id: waiting[link_id]), TOO_SLOW)

    def close(self, link_id: int, reason: str) -> None:
        """End a link; ``reason`` goes, cut short, into the close frame."""
        link = self._links.get(link_id)
        if link is not None and not link.reason:
            link.reason = reason or "closed"
            self._spawn(link.end(_POLICY if reason else _NORMAL))

    async def stop(self) -> None:
        """Stop accepting and dialling, end all links."""
        self._stopping = True
        if self._server is not None:
            self._server.close(code=_GOING_AWAY)
        for link in tuple(self._links.values()):
            link.reason = link.reason or "this till is closing"
            self._spawn(link.end(_GOING_AWAY))
        if self._tasks:
            _done, hanging = await asyncio.wait(self._tasks, timeout=2 * CLOSE_TIMEOUT_S)
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    # -- accepting -----------------------------------------------------------------------------

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        self._keeper.passed(connection.remote_address)
        if len(self._links) >= MAX_LINKS or self._stopping:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "too many links\n")
        if request.path == ENROL_PATH:
            if self._enrolment is None or not self._may_enrol():
                return connection.respond(HTTPStatus.NOT_FOUND, "this member does not hold the network's root\n")
            return None
        if request.path != "/":
            return connection.respond(HTTPStatus.NOT_FOUND, "nothing here\n")
        try:
            self._member(connection)
        except CertificateRefused as error:
            return connection.respond(HTTPStatus.FORBIDDEN, f"{error}\n")
        return None

    async def _accepted(self, connection: ServerConnection) -> None:
        if connection.request is not None and connection.request.path == ENROL_PATH:
            if self._enrolment is not None:
                await self._enrolment(connection, peer_certificate(connection))
            return
        assert isinstance(connection, _Accepted)
        with contextlib.suppress(CertificateRefused):
            await self._run(connection, self._member(connection), initiator="")

    # -- dialling ------------------------------------------------------------------------------

    async def _dial(self, target: str) -> None:
        try:
            host, port = addresses.split(target)
            # A name is resolved anew at every dial, in a thread; of several addresses the first that answers counts.
            connection = await connect(
                f"wss://{tls.SERVER_NAME}/",
                host=host,
                port=port,
                happy_eyeballs_delay=NEXT_ADDRESS_S,
                create_connection=_Dialled,
                ssl=self._client_context,
                server_hostname=tls.SERVER_NAME,
                proxy=None,
                compression=None,
                extensions=[deflate.Dialler()],
                max_size=MAX_FRAME_BYTES,
                max_queue=MAX_QUEUED_FRAMES,
                open_timeout=OPEN_TIMEOUT_S,
                close_timeout=CLOSE_TIMEOUT_S,
                ping_interval=PING_INTERVAL_S,
                ping_timeout=PING_TIMEOUT_S,
                user_agent_header=None,
                logger=_log,
            )
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI, ValueError, EOFError) as error:
            self._emit(DialFailed(target, why(error)))
            return
        try:
            member = self._member(connection)
        except CertificateRefused as error:
            self._emit(DialFailed(target, str(error)))
            await connection.close(_POLICY, _cut(str(error)))
            return
        assert isinstance(connection, _Dialled)
        await self._run(connection, member, initiator=self._me, target=target)

    # -- links ---------------------------------------------------------------------------------

    def _member(self, connection: Connection) -> Member:
        return certificates.member_of(peer_certificate(connection), self._identity.root, self._identity.network_id)

    async def _run(self, connection: _Straight, member: Member, *, initiator: str, target: str = "") -> None:
        """The life of a link."""
        link_id, self._next_link_id = self._next_link_id, self._next_link_id + 1
        link = self._links[link_id] = _Link(connection)
        writer = asyncio.create_task(link.write(), name=f"link-{link_id}")
        self._emit(
            Connected(link_id, member.member_id, initiator or member.member_id, member.certificate, target, member)
        )
        try:
            await self._read(link_id, link)
        finally:
            writer.cancel()
            del self._links[link_id]
            self._emit(Disconnected(link_id, link.reason or _close_reason(connection)))
            await asyncio.gather(writer, return_exceptions=True)
            await connection.close()

    async def _read(self, link_id: int, link: _Link) -> None:
        """What cannot be taken in as it comes."""
        link.connection.take = partial(self._take, link_id, link)
        taken = 0
        with contextlib.suppress(ConnectionClosed):
            while True:
                link.reading = False
                message = await link.connection.recv()
                link.reading = True
                if isinstance(message, str):
                    self.close(link_id, "sent text where bytes belong")
                if self._full():
                    await self._room()
                # What comes after we have decided to end it is read, so that the closing gets through, and dropped.
                if not link.reason and isinstance(message, bytes):
                    self._emit(Received(link_id, message))
                taken += 1
                if taken % FAIR_SHARE == 0:
                    await asyncio.sleep(0)

    def _take(self, link_id: int, link: _Link, message: bytes, in_turn: bool) -> bool:
        """Take a message in at once, if none waits before it and there is room; drop it if the link is to end."""
        if link.reason:
            return True
        if not in_turn or link.reading or self._full():
            return False
        self._emit(Received(link_id, message))
        return True

    def _spawn(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            await work

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Straight(Connection):
    """Whole messages go to ``take`` right where they are decrypted: no task has to be woken for each of them.

    What it does not take, or comes behind such a message, waits to be received as usual.
    """

    take: Callable[[bytes, bool], bool] | None = None
    """Gets a message, and whether it may be taken in now."""
    _in_a_row = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio sees to it only for sockets that name their protocol, which those of a door do not: a short message
        # behind another one would wait for the peer's delayed acknowledgement, 40 ms.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self._in_a_row = 0
        if len(data) <= MAX_PACKED_BYTES:
            super().data_received(data)
            return
        for start in range(0, len(data), MAX_PACKED_BYTES):
            super().data_received(data[start : start + MAX_PACKED_BYTES])

    def process_event(self, event: WebsocketEvent) -> None:
        if self.take is not None and isinstance(event, Frame) and event.opcode is Opcode.BINARY and event.fin:
            self._in_a_row += 1
            none_waits = not len(self.recv_messages.frames)
            if self.take(bytes(event.data), none_waits and self._in_a_row <= FAIR_SHARE):
                return
        super().process_event(event)


class _Accepted(_Straight, ServerConnection):
    """Of a peer that called us."""


class _Dialled(_Straight, ClientConnection):
    """To a peer that we called."""


class _Link:
    """One connection and what waits for it. ``reason`` is set once we have decided to end it."""

    def __init__(self, connection: _Straight) -> None:
        self.connection = connection
        self.outbox = Outbox()
        self.reason = ""
        self.reading = True
        """A message is being received: others have to wait."""
        self._left = asyncio.Event()
        """Something is left for ``write``."""

    def flush(self) -> None:
        """Write what waits, as long as the other side takes it in; ``write`` has the rest."""
        connection, protocol = self.connection, self.connection.protocol
        try:
            while len(self.outbox) and not self._left.is_set():
                if protocol.state is not State.OPEN or connection.paused:
                    self._left.set()
                    return
                size = 0
                while len(self.outbox) and size < MAX_PIECE_BYTES:
                    message = self.outbox.take()
                    size += len(message)
                    protocol.send_binary(message)
                connection.transport.write(b"".join(protocol.data_to_send()))
        except Exception as error:  # noqa: BLE001 - as in the library's own sending: it ends the connection
            connection.set_connection_exc(error)
            connection.transport.abort()

    async def write(self) -> None:
        """Write what the other side does not take in at once."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self._left.wait()
                while len(self.outbox):
                    await self.connection.send(await self.outbox.get())
                self._left.clear()

    async def end(self, code: int) -> None:
        # The last words (an error, the reason) should leave before the close frame, but not at any price.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.outbox.emptied(), LAST_WORDS_S)
        try:
            await asyncio.wait_for(self.connection.close(code, _cut(self.reason)), CLOSE_TIMEOUT_S)
        except TimeoutError:
            # The closing frame itself waits behind what the other side does not read.
            self.connection.transport.abort()


def peer_certificate(connection: Connection) -> bytes:
    """The certificate the peer showed in the handshake, in DER; empty if it showed none."""
    tls_object = connection.transport.get_extra_info("ssl_object")
    return (tls_object.getpeercert(binary_form=True) if tls_object is not None else None) or b""


def why(error: BaseException) -> str:
    """What went wrong with a connection, in words for the log."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "it is of another network"
    if isinstance(error, InvalidMessage | ssl.SSLError):
        # With TLS 1.3 a server that turns our certificate down just hangs up after its own handshake.
        return "it does not accept this till's certificate, or is no till"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def endpoints(addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses without doubles, in order."""
    return tuple(dict.fromkeys(address for address in addresses if address))


def _close_reason(connection: Connection) -> str:
    received = connection.close_code
    return connection.close_reason or ("" if received in (_NORMAL, _GOING_AWAY) else f"connection lost ({received})")


def _cut(reason: str) -> str:
    return reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore")
