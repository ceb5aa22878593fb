"""Finding the authority with an enrolment code, and making sure that it is the one: before anything is said to it.

Who is asked: the code's address, the given peers, and members that mDNS shows to have the
same root. What the other side says is believed only if the root it shows has the code's fingerprint, and the
certificate of the TLS connection is that of the authority: the founder, whom this root names, or the last of
the line that begins with it, each of whom has signed who followed.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import msgspec
from cryptography import x509
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from replication import certificates
from replication.certificates import CertificateRefused
from replication.core import records
from replication.core.membership import PASSED
from replication.core.model import Feed
from replication.core.records import BadRecord
from replication.enrolment_code import EnrolmentCode
from replication.enrolment_desk import MAX_ANSWER_BYTES, TRY_AGAIN, Greeting
from replication.enrolment_slots import EnrolmentRefused
from replication.net import addresses, tls
from replication.net.discovery import Browser
from replication.net.websocket import ENROL_PATH, endpoints, peer_certificate, why

_T = TypeVar("_T")

JOIN_TIMEOUT_S = 15.0
ATTEMPT_TIMEOUT_S = 5.0
RETRY_S = 0.5
"""Pause before all addresses are tried again; mDNS needs about a second to find the authority."""
ATTEMPTS_REFUSED = 3
"""So often an address may refuse the code; it counts such handshakes, and this machine may have the right code next."""
DISCOVERY_S = 5.0
"""When discovery has found all it will, and only those are left that refuse the code, it is not asked any longer."""

_ELSEWHERE = ("unreachable", "not_authority", "wrong_network", "code_refused")
"""Asking others, or again, may change these; the later say more about what went wrong. All else the authority said."""


class Met(NamedTuple):
    """The authority, checked. ``root`` and ``network_id`` are the network's, ``shown`` is its own certificate (DER)."""

    greeting: Greeting
    root: x509.Certificate
    network_id: str
    shown: bytes

    @property
    def network_name(self) -> str:
        return self.greeting.network_name[: certificates.MAX_TEXT_LENGTH]


Talk = Callable[[ClientConnection, Met], Awaitable[_T]]
"""What is said to the authority after its greeting; ``EnrolmentRefused`` if it refuses."""


async def ask_around(
    code: EnrolmentCode, peers: Sequence[str], talk: Talk[_T], *, discovery: bool, timeout_s: float
) -> tuple[str, _T]:
    """Try all addresses until one is the authority's; it or everybody refuses, or time is up.

    The address, of those that need no mDNS, or empty; and what the talk there came to.
    """
    visitor = _Visitor(code, await asyncio.to_thread(tls.bootstrap_context, code.bootstrap_key()), talk)
    static = endpoints((code.address, *peers))
    async with contextlib.AsyncExitStack() as stack:
        found: dict[str, str] = {}
        if discovery:
            browser = Browser(root_fingerprint=code.root_fingerprint.hex(), sighted=found.setdefault)
            await stack.enter_async_context(browser)
        address, said = await _ask_all(visitor, static, found, timeout_s, DISCOVERY_S if discovery else 0.0)
    return address if address in static else "", said


async def _ask_all(
    visitor: _Visitor[_T], static: tuple[str, ...], found: dict[str, str], timeout_s: float, discovery_s: float
) -> tuple[str, _T]:
    loop = asyncio.get_running_loop()
    deadline, discovered = loop.time() + timeout_s, loop.time() + discovery_s
    refused: Counter[str] = Counter()
    refusal = EnrolmentRefused(
        "unreachable", "no till of that network answers; start the one that released the slot, or name it with --peer"
    )
    while True:
        left = [address for address in endpoints((*static, *found)) if refused[address] < ATTEMPTS_REFUSED]
        if refused and not left and loop.time() >= discovered:
            raise refusal
        for address in left:
            try:
                return address, await visitor.ask(address)
            except EnrolmentRefused as error:
                if error.code not in _ELSEWHERE:
                    raise
                refused[address] += error.code == "code_refused"
                if _ELSEWHERE.index(error.code) >= _ELSEWHERE.index(refusal.code):
                    refusal = error
            if loop.time() > deadline:
                raise refusal
        if loop.time() + RETRY_S > deadline:
            raise refusal
        await asyncio.sleep(RETRY_S)


class _Visitor(Generic[_T]):
    """Who has a code, and something to say to the authority of its network."""

    def __init__(self, code: EnrolmentCode, context: ssl.SSLContext, talk: Talk[_T]) -> None:
        self._code = code
        self._context = context
        self._talk = talk

    async def ask(self, address: str) -> _T:
        """What the talk at ``address`` came to; ``EnrolmentRefused`` if the authority is not there, or refuses."""
        try:
            async with asyncio.timeout(ATTEMPT_TIMEOUT_S):
                host, port = addresses.split(address)
                connection = await connect(
                    f"wss://{tls.SERVER_NAME}{ENROL_PATH}",
                    host=host,
                    port=port,
                    ssl=self._context,
                    server_hostname=tls.SERVER_NAME,
                    proxy=None,
                    compression=None,
                    max_size=MAX_ANSWER_BYTES,
                    close_timeout=1,
                    user_agent_header=None,
                )
                async with connection:
                    greeting = decoded(await connection.recv(decode=False), Greeting)
                    return await self._talk(connection, self._check(greeting, peer_certificate(connection)))
        except InvalidStatus as error:
            code = "not_authority" if error.response.status_code == 404 else "unreachable"
            reason = f"the member at {address} cannot let others in; ask the till or centre that released the slot"
            raise EnrolmentRefused(code, reason) from error
        except (ssl.SSLError, ConnectionResetError, ConnectionClosed, InvalidHandshake, EOFError) as error:
            if isinstance(error, ConnectionClosed) and error.rcvd is not None and error.rcvd.code == TRY_AGAIN:
                reason = f"{address} is letting others in at the moment; try again"
                raise EnrolmentRefused("unreachable", reason) from error
            reason = f"{address} does not accept this enrolment code; check it or ask for a new one"
            raise EnrolmentRefused("code_refused", reason) from error
        except (OSError, TimeoutError, InvalidURI, ValueError) as error:
            raise EnrolmentRefused("unreachable", f"{address} cannot be reached: {why(error)}") from error

    def _check(self, greeting: Greeting, shown: bytes) -> Met:
        """The authority of the code's network, if the connection leads to it."""
        try:
            root = certificates.parse(greeting.root)
            if certificates.fingerprint(root) != self._code.root_fingerprint:
                raise impostor("its root is another one")
            network_id, founder_id = certificates.network_of(root)
            authority = last_of_line(root, network_id, founder_id, greeting.founder or shown, greeting.line)
            if certificates.member_of(shown, root, network_id).member_id != authority:
                raise impostor("it is not the member that holds the root")
        except CertificateRefused as error:
            raise impostor(str(error)) from error
        return Met(greeting, root, network_id, shown)


def last_of_line(
    root: x509.Certificate, network_id: str, founder_id: str, founder: bytes, line: Sequence[tuple[str, bytes]]
) -> str:
    """The authority's member id, if each of the line, beginning with the founder, has signed who follows.

    ``line`` are the texts of the records that hand authority on, and the successors' certificates. Else
    ``CertificateRefused``.
    """
    authority = certificates.member_of(founder, root, network_id)
    if authority.member_id != founder_id:
        raise CertificateRefused("the network was founded by another member")
    for text, certificate in line:
        successor = certificates.member_of(certificate, root, network_id)
        try:
            record = records.parse(Feed(authority.member_id, "membership"), text)
        except BadRecord as error:
            raise CertificateRefused("the line of authorities cannot be read") from error
        named = record.body.get("member_id") if record.kind == PASSED else ""
        if named != successor.member_id or not records.verify_signature(authority.public_key, network_id, record):
            raise CertificateRefused("authority was not handed on as is claimed")
        authority = successor
    return authority.member_id


def impostor(what: str) -> EnrolmentRefused:
    """The refusal of somebody who is not what the code says; ``what`` gives it away."""
    return EnrolmentRefused("wrong_network", f"the other side does not belong to this code's network: {what}")


def decoded(data: bytes, kind: type[_T]) -> _T:
    """A message of the authority's; ``EnrolmentRefused`` for what is none."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise impostor("it speaks another protocol") from error
