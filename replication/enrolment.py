"""Joining a network with a one-time code: the newcomer's side of enrolment.

1. The code (``enrolment_code.py``) gives a secret, the root's fingerprint and perhaps an address.
2. A new key and member id are made and kept in ``HOME/identity.pending/``: if the answer is lost
   on the way, the next try is the same one again and gets the same certificate.
3. The newcomer connects to ``/enrol`` with the secret's bootstrap certificate. What the other side
   says is believed only if the root it shows has the code's fingerprint, and the certificate
   of the TLS connection is that of the authority: the founder, whom this root names, or the last of the
   line that begins with it, each of whom has signed who followed.
4. It proves its new key, and gets its certificate and what the application's members share; the identity is
   then written in one step.

Who is asked: the code's address, the given peers, and members that mDNS shows to have the
same root. ``enrolment_desk.py`` is the other side.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import ssl
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from replication import certificates
from replication.certificates import CertificateRefused
from replication.core import records
from replication.core.membership import PASSED
from replication.core.model import Feed
from replication.core.records import BadRecord
from replication.enrolment_code import CodeRefused, EnrolmentCode
from replication.enrolment_desk import (
    MAX_ANSWER_BYTES,
    Answer,
    EnrolmentDesk,
    EnrolmentRefused,
    Greeting,
    Request,
    proof_of,
    release_slot,
)
from replication.identity import PENDING_FOLDER, Identity, refuse_second_identity, write_folder, write_identity
from replication.net import addresses, tls
from replication.net.discovery import Browser
from replication.net.websocket import ENROL_PATH, endpoints, peer_certificate, why

__all__ = ["EnrolmentDesk", "EnrolmentRefused", "join_network", "release_slot"]

_T = TypeVar("_T")

JOIN_TIMEOUT_S = 15.0
ATTEMPT_TIMEOUT_S = 5.0
RETRY_S = 0.5
"""Pause before all addresses are tried again; mDNS needs about a second to find the authority."""
ATTEMPTS_REFUSED = 3
"""So often an address may refuse the code; it counts such handshakes, and this machine may have the right code next."""
DISCOVERY_S = 5.0
"""When discovery has found all it will, and only those are left that refuse the code, it is not asked any longer."""

_FINAL_CODES = frozenset({"code_used", "code_expired", "code_unknown", "too_many", "bad_request"})
"""Answers of the authority itself: asking others, or again, would change nothing."""


async def join_network(
    home: Path,
    code: str,
    peers: Sequence[str] = (),
    *,
    discovery: bool = True,
    ids: Callable[[], str] = lambda: uuid.uuid4().hex,
    timeout_s: float = JOIN_TIMEOUT_S,
) -> Identity:
    """Bind ``home`` to the slot that ``code`` was released for; its new identity.

    ``peers`` are addresses ``host:port`` to try. ``EnrolmentRefused`` with a sentence for the user when it
    cannot be done, ``IdentityExists`` when the home is a member already. Nothing but the pending key
    stays behind in that case.
    """
    try:
        parsed = EnrolmentCode.parse(code)
    except CodeRefused as error:
        raise EnrolmentRefused("bad_code", str(error)) from error
    await asyncio.to_thread(refuse_second_identity, home)
    key, member_id = await asyncio.to_thread(_pending, home, ids)
    newcomer = _Newcomer(parsed, key, member_id, await asyncio.to_thread(tls.bootstrap_context, parsed.bootstrap_key()))
    static = endpoints((parsed.address, *peers))
    async with contextlib.AsyncExitStack() as stack:
        found: dict[str, str] = {}
        if discovery:
            browser = Browser(root_fingerprint=parsed.root_fingerprint.hex(), sighted=found.setdefault)
            await stack.enter_async_context(browser)
        address, answer = await _ask_around(newcomer, static, found, timeout_s, DISCOVERY_S if discovery else 0.0)
    identity = await asyncio.to_thread(
        write_identity,
        home,
        network_name=newcomer.network_name,
        root=newcomer.root,
        certificate=answer,
        founder_certificate=newcomer.founder_certificate,
        key=key,
        peers=(address,) if address in static else (),
        secrets=newcomer.secrets,
        newcomer_since_ms=time.time_ns() // 1_000_000,
    )
    await asyncio.to_thread(shutil.rmtree, home / PENDING_FOLDER, ignore_errors=True)
    return identity


class _Newcomer:
    """One attempt's secrets, and what the authority has been checked to be."""

    root: x509.Certificate
    founder_certificate: bytes
    network_name: str
    secrets: bytes

    def __init__(self, code: EnrolmentCode, key: Ed25519PrivateKey, member_id: str, context: ssl.SSLContext) -> None:
        self._code = code
        self._key = key
        self._member_id = member_id
        self._context = context

    async def ask(self, address: str) -> bytes:
        """The certificate from the authority at ``address``; ``EnrolmentRefused`` if it is not to be had there."""
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
                    return await self._talk(connection)
        except InvalidStatus as error:
            code = "not_authority" if error.response.status_code == 404 else "unreachable"
            reason = f"the member at {address} cannot let others in; ask the till or centre that released the slot"
            raise EnrolmentRefused(code, reason) from error
        except (ssl.SSLError, ConnectionResetError, ConnectionClosed, InvalidHandshake, EOFError) as error:
            reason = f"{address} does not accept this enrolment code; check it or ask for a new one"
            raise EnrolmentRefused("code_refused", reason) from error
        except (OSError, TimeoutError, InvalidURI, ValueError) as error:
            raise EnrolmentRefused("unreachable", f"{address} cannot be reached: {why(error)}") from error

    async def _talk(self, connection: ClientConnection) -> bytes:
        greeting = _decode(await connection.recv(decode=False), Greeting)
        root = self._check(greeting, peer_certificate(connection))
        network_id, _founder = certificates.network_of(root)
        public_key = certificates.raw_public(self._key.public_key())
        bootstrap = certificates.issue_bootstrap(self._code.bootstrap_key())
        proof = self._key.sign(proof_of(bootstrap, public_key, self._member_id))
        await connection.send(msgspec.json.encode(Request(public_key, self._member_id, proof)))
        answer = _decode(await connection.recv(decode=False), Answer)
        if answer.code:
            raise EnrolmentRefused(answer.code, answer.reason[:300])
        try:
            me = certificates.member_of(answer.certificate, root, network_id)
        except CertificateRefused as error:
            raise _impostor(str(error)) from error
        if me.public_key != public_key or me.member_id != self._member_id:
            raise _impostor("the certificate is for somebody else")
        self.founder_certificate = greeting.founder or peer_certificate(connection)
        self.root, self.network_name = root, greeting.network_name[: certificates.MAX_TEXT_LENGTH]
        self.secrets = answer.secrets
        return answer.certificate

    def _check(self, greeting: Greeting, shown: bytes) -> x509.Certificate:
        """The root, if the connection leads to the authority of the code's network."""
        try:
            root = certificates.parse(greeting.root)
            if certificates.fingerprint(root) != self._code.root_fingerprint:
                raise _impostor("its root is another one")
            network_id, founder_id = certificates.network_of(root)
            authority = last_of_line(root, network_id, founder_id, greeting.founder or shown, greeting.line)
            if certificates.member_of(shown, root, network_id).member_id != authority:
                raise _impostor("it is not the member that holds the root")
        except CertificateRefused as error:
            raise _impostor(str(error)) from error
        return root


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


async def _ask_around(
    newcomer: _Newcomer, static: tuple[str, ...], found: dict[str, str], timeout_s: float, discovery_s: float
) -> tuple[str, bytes]:
    """Try all addresses until one grants, the authority or everybody refuses, or time is up."""
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
                return address, await newcomer.ask(address)
            except EnrolmentRefused as error:
                if error.code in _FINAL_CODES:
                    raise
                refused[address] += error.code == "code_refused"
                if _telling(error) >= _telling(refusal):
                    refusal = error
            if loop.time() > deadline:
                raise refusal
        if loop.time() + RETRY_S > deadline:
            raise refusal
        await asyncio.sleep(RETRY_S)


def _telling(refusal: EnrolmentRefused) -> int:
    """Which of several refusals says most about what went wrong."""
    return ("unreachable", "not_authority", "wrong_network", "code_refused").index(refusal.code)


def _impostor(what: str) -> EnrolmentRefused:
    return EnrolmentRefused("wrong_network", f"the other side does not belong to this code's network: {what}")


def _decode(data: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _impostor("it speaks another protocol") from error


class _PendingFile(msgspec.Struct, frozen=True):
    member_id: str


def _pending(home: Path, ids: Callable[[], str]) -> tuple[Ed25519PrivateKey, str]:
    """The key and member id of the try that is under way, or new ones."""
    folder = home / PENDING_FOLDER
    try:
        key = load_pem_private_key((folder / "member.key").read_bytes(), None)
        pending = msgspec.json.decode((folder / "pending.json").read_bytes(), type=_PendingFile)
        if isinstance(key, Ed25519PrivateKey):
            return key, pending.member_id
    except (OSError, ValueError, msgspec.MsgspecError):
        pass
    fresh, member_id = Ed25519PrivateKey.generate(), ids()
    # The id comes last: a folder with both files is whole.
    write_folder(folder, {"member.key": certificates.private_pem(fresh)})
    write_folder(folder, {"pending.json": msgspec.json.encode(_PendingFile(member_id))})
    return fresh, member_id
