"""The authority's side of enrolment: releasing slots, and binding a newcomer's key to one.

A slot is released with a fact that names a *bootstrap certificate*; the secret behind it
is in the enrolment code and nowhere else. Whoever shows that certificate in a TLS
handshake has the code, and reaches this desk and nothing else. The talk is three JSON
messages::

    authority → newcomer   Greeting   the root's certificate, the network's name, the line of authorities
    newcomer  → authority  Request    its new public key and member id, signed with that key
    authority → newcomer   Answer     its certificate and the network's secrets; or a code and a sentence why not

The binding is journalled before it is answered, so a crash between the two costs nothing:
the same key asking again gets the same certificate. Another key is refused: a code works once.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from replication import certificates
from replication.core.membership import Roster, Slot
from replication.core.model import Entry, Member
from replication.enrolment_code import SECRET_BYTES, EnrolmentCode
from replication.identity import Identity, member_body

MAX_MESSAGE_BYTES = 16_384
MAX_ANSWER_BYTES = 8 * 1024 * 1024
"""The answer may bring the application's secrets along, which grow with the years; nothing else is large."""
MAX_SECRETS_BYTES = MAX_ANSWER_BYTES // 2
"""Larger ones are not handed out: in the answer they are a third longer, and there is a certificate beside them."""
CODE_VALID_MS = 24 * 3_600_000
"""A code is for today: written down and forgotten it must not open anything next week."""

MAX_FAILURES = 20
FAILURES_WINDOW_MS = 60_000
"""More refused requests with one code than this in a minute, and it is not looked at for the rest of it."""

MAX_TALKS = 8
MAX_TALKS_PER_CODE = 2
"""Who has one code, used or expired, must not keep others with theirs from the desk."""
TALK_TIMEOUT_S = 10.0

_MEMBER_ID = re.compile(r"[0-9a-f]{32}")


class EnrolmentRefused(Exception):
    """Nobody was released or enrolled. ``code`` names the reason, ``reason`` is a sentence that says what to do.

    Codes: ``bad_code``, ``code_unknown``, ``code_used``, ``code_expired``, ``number_taken``, ``bad_slot``,
    ``not_authority``, ``unreachable``, ``wrong_network``, ``too_many``, ``bad_request``.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Greeting(msgspec.Struct, frozen=True):
    """Who the authority says it is. The root (DER) is checked against the code.

    ``founder`` is the founder's certificate, and ``line`` how authority has come from there to the sender:
    each record that hands it on, and the certificate of whom it names. A founder that has always been the
    authority sends neither.
    """

    network_name: str
    root: bytes
    founder: bytes = b""
    line: tuple[tuple[str, bytes], ...] = ()


class Request(msgspec.Struct, frozen=True):
    """A newcomer's key (raw), the member id it has chosen, and its signature over both (``proof_of``)."""

    public_key: bytes
    member_id: str
    proof: bytes


class Answer(msgspec.Struct, frozen=True):
    """The certificate (DER), or ``code`` and ``reason`` of an ``EnrolmentRefused``.

    ``secrets`` is what the application's members share; replication carries it and knows nothing of it.
    """

    certificate: bytes = b""
    code: str = ""
    reason: str = ""
    secrets: bytes = b""


def release_slot(
    identity: Identity,
    roster: Roster,
    no: int,
    name: str,
    role: str = "till",
    site: str = "",
    *,
    now_wall_ms: int,
    address: str = "",
    replacing: str = "",
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[str, Entry]:
    """The enrolment code of a new slot, and the entry to journal before the code is shown to anybody.

    ``replacing`` is the member that has the number and is revoked in the same step; a number whose member is
    revoked already can be released anew as well. ``address`` (IPv4:port) goes into the code as a hint where the
    authority listens. A slot that is released again while nobody is bound to it gets a new code, and the old one
    ends.
    ``EnrolmentRefused`` when this home may not release, or the number or name will not do.
    """
    if not identity.may_enrol(roster):
        authority = roster.members.get(roster.authority)
        where = f"{authority.name} (no. {authority.till_no})" if authority else "the network's authority"
        raise EnrolmentRefused("not_authority", f"only {where} can release slots; do it there")
    try:
        certificates.check_description(no, name, role, site)
    except ValueError as error:
        raise EnrolmentRefused("bad_slot", str(error)) from error
    if (holder := roster.numbered(no)) is not None and holder.member_id != replacing:
        raise EnrolmentRefused("number_taken", f"number {no} belongs to a member already; choose another")
    code = EnrolmentCode.drawn(entropy(SECRET_BYTES), certificates.fingerprint(identity.root), address)
    expires = dt.datetime.fromtimestamp((now_wall_ms + CODE_VALID_MS) / 1000, dt.UTC)
    body = {
        "no": no,
        "name": name,
        "role": role,
        "site": site,
        "bootstrap_certificate": msgspec.to_builtins(certificates.issue_bootstrap(code.bootstrap_key())),
        "expires_at": expires.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    return str(code), Entry("membership", "slot.released/1", body)


def bootstrap_certificates(roster: Roster) -> list[bytes]:
    """What the authority's TLS trusts beside the root, newest first.

    Used and expired ones stay in, so that their holders get a sentence instead of a broken handshake.
    """
    slots = sorted(roster.slots.values(), key=lambda slot: slot.expires_at, reverse=True)
    return [slot.bootstrap_certificate for slot in slots if slot.bootstrap_certificate]


def proof_of(bootstrap_certificate: bytes, public_key: bytes, member_id: str) -> bytes:
    """What a newcomer signs with its new key: that it holds the key, and for this code only."""
    code = hashlib.sha256(bootstrap_certificate).digest()
    return b"tillmesh enrolment proof 1\0" + code + public_key + member_id.encode()


class EnrolmentDesk:
    """Binds newcomers to slots. ``roster`` reads the current one; ``append`` journals and returns when durable."""

    def __init__(
        self,
        identity: Identity,
        roster: Callable[[], Roster],
        append: Callable[[Sequence[Entry]], Awaitable[object]],
        now_wall_ms: Callable[[], int],
        shared: Callable[[], bytes] = bytes,
    ) -> None:
        """``shared`` reads the application's secrets, off the loop, for whoever is let in."""
        self._identity = identity
        self._shared = shared
        self._roster = roster
        self._append = append
        self._now_wall_ms = now_wall_ms
        self._one_at_a_time = asyncio.Lock()
        self._failures: Counter[bytes] = Counter()
        self._window_ends_ms = 0
        self._talks: Counter[bytes] = Counter()

    def greeting(self) -> bytes:
        """The first message."""
        root, roster = self._identity.root.public_bytes(Encoding.DER), self._roster()
        line = [(record.text, roster.members[str(record.body["member_id"])].certificate) for record in roster.passings]
        founder = self._identity.founder_certificate
        return msgspec.json.encode(Greeting(self._identity.network_name, root, founder, tuple(line)))

    def is_open(self) -> bool:
        """Whether newcomers are let in here."""
        return self._identity.may_enrol(self._roster())

    async def serve(self, connection: ServerConnection, bootstrap_certificate: bytes) -> None:
        """The whole talk with one newcomer; ends, whatever the other side does, within ``TALK_TIMEOUT_S``."""
        if self._talks.total() >= MAX_TALKS or self._talks[bootstrap_certificate] >= MAX_TALKS_PER_CODE:
            return
        self._talks[bootstrap_certificate] += 1
        try:
            async with asyncio.timeout(TALK_TIMEOUT_S):
                await connection.send(self.greeting())
                message = await connection.recv(decode=False)
                await connection.send(await self.answer(bootstrap_certificate, message))
        except (TimeoutError, ConnectionClosed):
            return  # the newcomer will ask again
        finally:
            self._talks[bootstrap_certificate] -= 1
            self._talks += Counter()  # forgets codes that nobody talks about

    async def answer(self, bootstrap_certificate: bytes, message: bytes) -> bytes:
        """The last message, whatever the second one was."""
        try:
            self._limit(bootstrap_certificate)
            async with self._one_at_a_time:  # two newcomers with one code: the second must see the first
                certificate = await self._bind(bootstrap_certificate, message)
        except EnrolmentRefused as refusal:
            self._failures[bootstrap_certificate] += 1
            return msgspec.json.encode(Answer(code=refusal.code, reason=refusal.reason))
        shared = await asyncio.to_thread(self._shared)
        return msgspec.json.encode(Answer(certificate, secrets=shared if len(shared) <= MAX_SECRETS_BYTES else b""))

    async def _bind(self, bootstrap_certificate: bytes, message: bytes) -> bytes:
        request = _request(bootstrap_certificate, message)
        roster = self._roster()
        slot = self._slot(roster, bootstrap_certificate)
        if slot.member_id:
            bound = roster.active().get(slot.member_id)
            if bound is not None and bound.public_key == request.public_key and bound.member_id == request.member_id:
                return bound.certificate
            raise EnrolmentRefused("code_used", "this enrolment code has been used; release the slot of another number")
        if _wall_ms(slot.expires_at) <= self._now_wall_ms():
            raise EnrolmentRefused("code_expired", f"this enrolment code has expired; release number {slot.no} again")
        if request.member_id in roster.members:
            raise EnrolmentRefused("bad_request", "this member id is taken; start joining anew")
        root_key = self._identity.root_key
        if root_key is None or roster.authority != self._identity.member_id:
            raise EnrolmentRefused("not_authority", "only the network's authority lets others in")
        newcomer = Member(request.member_id, slot.no, slot.name, slot.role, slot.site, request.public_key)
        certificate = certificates.issue_member(newcomer, self._identity.network_id, self._identity.root, root_key)
        body = member_body(msgspec.structs.replace(newcomer, certificate=certificate))
        await self._append([Entry("membership", "member.joined/1", body)])
        return certificate

    def _slot(self, roster: Roster, bootstrap_certificate: bytes) -> Slot:
        for slot in roster.slots.values():
            if secrets.compare_digest(slot.bootstrap_certificate, bootstrap_certificate):
                return slot
        raise EnrolmentRefused("code_unknown", "this enrolment code is not valid any more; ask for a new one")

    def _limit(self, bootstrap_certificate: bytes) -> None:
        now_ms = self._now_wall_ms()
        if not now_ms < self._window_ends_ms <= now_ms + FAILURES_WINDOW_MS:
            self._window_ends_ms = now_ms + FAILURES_WINDOW_MS
            self._failures.clear()
        if self._failures[bootstrap_certificate] >= MAX_FAILURES:
            raise EnrolmentRefused("too_many", "too many failed attempts to join; wait a minute")


def _request(bootstrap_certificate: bytes, message: bytes) -> Request:
    try:
        request = msgspec.json.decode(message[: MAX_MESSAGE_BYTES + 1], type=Request)
        proof = proof_of(bootstrap_certificate, request.public_key, request.member_id)
        Ed25519PublicKey.from_public_bytes(request.public_key).verify(request.proof, proof)
    except (msgspec.MsgspecError, ValueError, RecursionError, InvalidSignature) as error:
        raise EnrolmentRefused("bad_request", "the request cannot be read; update Tillmesh on both tills") from error
    if not _MEMBER_ID.fullmatch(request.member_id):
        raise EnrolmentRefused("bad_request", "the request has no member id; update Tillmesh on the new till")
    return request


def _wall_ms(instant: str) -> int:
    """Unix milliseconds of an ISO 8601 instant; 0 (long past) for anything else."""
    try:
        return int(dt.datetime.fromisoformat(instant).timestamp() * 1000)
    except ValueError:
        return 0
