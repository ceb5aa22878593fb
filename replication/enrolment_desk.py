"""The authority's side of enrolment: binding a newcomer's key to a slot that was released (``enrolment_slots.py``).

A slot is released with a fact that names a *bootstrap certificate*; the secret behind it
is in the enrolment code and nowhere else. Whoever shows that certificate in a TLS
handshake has the code, and reaches this desk and nothing else. The talk is three JSON
messages::

    authority → newcomer   Greeting   the root's certificate, the network's name, the line of authorities, the slots
    newcomer  → authority  Request    its new public key and member id, signed with that key; which slot
    authority → newcomer   Answer     its certificate and the network's secrets; or a code and a sentence why not

Who only wants to know what there is to choose from hangs up after the greeting. Fields that one side does not
know are ignored, and may be missing: an earlier authority's greeting names no slots, and an earlier
newcomer asks for none and gets the one with the lowest number.

The binding is journalled before it is answered, so a crash between the two costs nothing:
the same key asking again gets the same certificate. Another key gets another slot, if the code has one left.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
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
from replication.enrolment_slots import EnrolmentRefused, Offer, bound_to, free_of, slots_of, wanted_of
from replication.identity import Identity, member_body
from replication.net.doorkeeper import peer_of

MAX_MESSAGE_BYTES = 16_384
MAX_ANSWER_BYTES = 8 * 1024 * 1024
"""The answer may bring the application's secrets along, which grow with the years; nothing else is large."""
MAX_SECRETS_BYTES = MAX_ANSWER_BYTES // 2
"""Larger ones are not handed out: in the answer they are a third longer, and there is a certificate beside them."""
MAX_FAILURES = 20
FAILURES_WINDOW_MS = 60_000
"""More refused requests with one code than this in a minute, and it is not looked at for the rest of it."""

MAX_TALKS = 8
MAX_TALKS_PER_CODE = 2
"""Who has one code, used or expired, must not keep others with theirs from the desk."""
MAX_TALKS_SHARED = 6
"""As many as the code still has slots, for one that several tills were given: they are switched on together."""
TRY_AGAIN = 1013
"""What a newcomer's connection is closed with while too many others talk."""
TALK_TIMEOUT_S = 10.0

_MEMBER_ID = re.compile(r"[0-9a-f]{32}")


class Greeting(msgspec.Struct, frozen=True):
    """Who the authority says it is. The root (DER) is checked against the code.

    ``founder`` is the founder's certificate, and ``line`` how authority has come from there to the sender:
    each record that hands it on, and the certificate of whom it names. A founder that has always been the
    authority sends neither.

    ``offers`` are the slots that whoever shows this code may choose from, by number; without any, ``code`` and
    ``reason`` say why, as in an ``EnrolmentRefused``. ``bound`` are those it was good for, by member id: who asked
    before, and never heard the answer, finds itself there. None and nothing from an authority of an earlier version.
    """

    network_name: str
    root: bytes
    founder: bytes = b""
    line: tuple[tuple[str, bytes], ...] = ()
    offers: tuple[Offer, ...] | None = None
    bound: dict[str, Offer] = {}
    code: str = ""
    reason: str = ""


class Request(msgspec.Struct, frozen=True):
    """A newcomer's key (raw), the member id it has chosen, and its signature over both (``proof_of``).

    ``no`` is the slot it wants; 0: the lowest that is free.
    """

    public_key: bytes
    member_id: str
    proof: bytes
    no: int = 0


class Answer(msgspec.Struct, frozen=True):
    """The certificate (DER), or ``code`` and ``reason`` of an ``EnrolmentRefused``.

    ``secrets`` is what the application's members share; replication carries it and knows nothing of it.
    """

    certificate: bytes = b""
    code: str = ""
    reason: str = ""
    secrets: bytes = b""


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
        refused: Callable[[str, str], None] = lambda _peer, _why: None,
    ) -> None:
        """``shared`` reads the application's secrets, off the loop, for whoever is let in.

        ``refused`` hears which address was not, and why.
        """
        self._identity = identity
        self._shared = shared
        self._refused = refused
        self._roster = roster
        self._append = append
        self._now_wall_ms = now_wall_ms
        self._one_at_a_time = asyncio.Lock()
        self._failures: Counter[bytes] = Counter()
        self._window_ends_ms = 0
        self._talks: Counter[bytes] = Counter()

    def greeting(self, bootstrap_certificate: bytes) -> bytes:
        """The first message to whoever has shown that certificate."""
        root, roster = self._identity.root.public_bytes(Encoding.DER), self._roster()
        line = [(record.text, roster.members[str(record.body["member_id"])].certificate) for record in roster.passings]
        slots, free = slots_of(roster, bootstrap_certificate), list[Slot]()
        code, reason = "", ""
        try:
            free = free_of(roster, slots, self._now_wall_ms())
        except EnrolmentRefused as refusal:
            code, reason = refusal.code, refusal.reason
        greeting = Greeting(
            network_name=self._identity.network_name,
            root=root,
            founder=self._identity.founder_certificate,
            line=tuple(line),
            offers=tuple(Offer(slot.no, slot.name, slot.site, slot.role) for slot in free),
            bound={
                member.member_id: Offer(member.till_no, member.name, member.site, member.role)
                for member in bound_to(roster, slots)
            },
            code=code,
            reason=reason,
        )
        return msgspec.json.encode(greeting)

    def is_open(self) -> bool:
        """Whether newcomers are let in here."""
        return self._identity.may_enrol(self._roster())

    async def serve(self, connection: ServerConnection, bootstrap_certificate: bytes) -> None:
        """The whole talk with one newcomer; ends, whatever the other side does, within ``TALK_TIMEOUT_S``."""
        if not self._has_time(bootstrap_certificate):
            await connection.close(TRY_AGAIN, "too many others are joining")
            return
        self._talks[bootstrap_certificate] += 1
        try:
            async with asyncio.timeout(TALK_TIMEOUT_S):
                await connection.send(self.greeting(bootstrap_certificate))
                message = await connection.recv(decode=False)
                peer = peer_of(connection.remote_address)
                await connection.send(await self.answer(bootstrap_certificate, message, peer))
        except (TimeoutError, ConnectionClosed):
            return  # the newcomer will ask again
        finally:
            self._talks[bootstrap_certificate] -= 1
            self._talks += Counter()  # forgets codes that nobody talks about

    async def answer(self, bootstrap_certificate: bytes, message: bytes, peer: str = "") -> bytes:
        """The last message, whatever the second one was. ``peer``: the address where it comes from."""
        try:
            self._limit(bootstrap_certificate)
            async with self._one_at_a_time:  # two newcomers with one code: the second must see the first
                certificate = await self._bind(bootstrap_certificate, message)
        except EnrolmentRefused as refusal:
            self._failures[bootstrap_certificate] += 1
            self._refused(peer, refusal.reason)
            return msgspec.json.encode(Answer(code=refusal.code, reason=refusal.reason))
        shared = await asyncio.to_thread(self._shared)
        return msgspec.json.encode(Answer(certificate, secrets=shared if len(shared) <= MAX_SECRETS_BYTES else b""))

    def _has_time(self, bootstrap_certificate: bytes) -> bool:
        left = sum(not slot.member_id for slot in slots_of(self._roster(), bootstrap_certificate))
        of_code = max(MAX_TALKS_PER_CODE, min(left, MAX_TALKS_SHARED))
        return self._talks.total() < MAX_TALKS and self._talks[bootstrap_certificate] < of_code

    async def _bind(self, bootstrap_certificate: bytes, message: bytes) -> bytes:
        request = _request(bootstrap_certificate, message)
        roster = self._roster()
        slots = slots_of(roster, bootstrap_certificate)
        for bound in bound_to(roster, slots):
            if bound.public_key == request.public_key and bound.member_id == request.member_id:
                return bound.certificate
        slot = wanted_of(slots, free_of(roster, slots, self._now_wall_ms()), request.no)
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
