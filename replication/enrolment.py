"""Joining a network with a one-time code: the newcomer's side of enrolment.

1. The code (``enrolment_code.py``) gives a secret, the root's fingerprint and perhaps an address.
2. A new key and member id are made and kept for this code in ``HOME/identity.pending/``: if the answer is lost
   on the way, the next try with it is the same one again and gets the same certificate. Another code gets
   another key, since this one may be bound.
3. The newcomer connects to ``/enrol`` with the secret's bootstrap certificate, and makes sure that it has met
   the authority of the code's network (``enrolment_asking.py``).
4. It proves its new key, and gets its certificate and what the application's members share; the identity is
   then written in one step.

Before that ``offers`` asks, and binds nothing, which slots the code leaves to choose from.
``enrolment_desk.py`` is the other side.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from websockets.asyncio.client import ClientConnection

from replication import certificates, durable
from replication.certificates import CertificateRefused
from replication.enrolment_asking import JOIN_TIMEOUT_S, Met, ask_around, decoded, impostor, last_of_line
from replication.enrolment_code import CodeRefused, EnrolmentCode
from replication.enrolment_desk import Answer, EnrolmentDesk, Request, proof_of
from replication.enrolment_slots import (
    MAX_SLOTS,
    EnrolmentRefused,
    Offer,
    has_expired,
    release_slot,
    release_slots,
    unbound,
)
from replication.identity import Identity, refuse_second_identity, write_folder, write_identity
from replication.places import PENDING_FOLDER

__all__ = [
    "EnrolmentDesk",
    "EnrolmentRefused",
    "Offer",
    "Offers",
    "has_expired",
    "join_network",
    "last_of_line",
    "offers",
    "release_slot",
    "release_slots",
    "unbound",
]

MAX_PENDING = 16
"""Codes that a home remembers having tried; nobody has so many slips in hand."""


class Offers(msgspec.Struct, frozen=True):
    """What a code opens: the network's name, and the slots that are left to choose from, by number.

    None at all: an authority of an earlier version, which gives the code's only slot to whoever asks.
    """

    network: str
    slots: tuple[Offer, ...] = ()


async def offers(
    home: Path, code: str, peers: Sequence[str] = (), *, discovery: bool = True, timeout_s: float = JOIN_TIMEOUT_S
) -> Offers:
    """What ``code`` leaves to choose from, asked as ``join_network`` would; binds nothing, and writes nothing.

    A home that was bound before and never heard the answer is offered that slot and no other.
    ``EnrolmentRefused`` and ``IdentityExists`` as of ``join_network``.
    """
    parsed = _parsed(code)
    await asyncio.to_thread(refuse_second_identity, home)
    pending = await asyncio.to_thread(_kept_pending, _pending_folder(home, parsed))
    me = pending[1] if pending is not None else ""

    async def talk(_connection: ClientConnection, met: Met) -> Offers:
        greeting = met.greeting
        if me in greeting.bound:
            return Offers(met.network_name, (greeting.bound[me],))
        if greeting.code:
            raise EnrolmentRefused(greeting.code, greeting.reason[:300])
        sound = filter(_is_sound, (greeting.offers or ())[:MAX_SLOTS])
        return Offers(met.network_name, tuple(sound))

    _address, offered = await ask_around(parsed, peers, talk, discovery=discovery, timeout_s=timeout_s)
    return offered


async def join_network(
    home: Path,
    code: str,
    peers: Sequence[str] = (),
    *,
    no: int = 0,
    discovery: bool = True,
    ids: Callable[[], str] = lambda: uuid.uuid4().hex,
    timeout_s: float = JOIN_TIMEOUT_S,
) -> Identity:
    """Bind ``home`` to the slot ``no`` that ``code`` was released for; its new identity.

    0: to the only slot, or the lowest that is free. A home that was bound before and never heard the answer
    gets what it has, whatever ``no`` says. ``peers`` are addresses ``host:port`` to try.
    ``EnrolmentRefused`` with a sentence for the user when it cannot be done, ``IdentityExists`` when the home is
    a member already. Nothing but the pending key stays behind in that case.
    """
    parsed = _parsed(code)
    await asyncio.to_thread(refuse_second_identity, home)
    key, member_id = await asyncio.to_thread(_pending, home, parsed, ids)
    newcomer = _Newcomer(parsed, key, member_id, no)
    address, (met, answer) = await ask_around(parsed, peers, newcomer.talk, discovery=discovery, timeout_s=timeout_s)
    identity = await asyncio.to_thread(
        write_identity,
        home,
        network_name=met.network_name,
        root=met.root,
        certificate=answer.certificate,
        founder_certificate=met.greeting.founder or met.shown,
        key=key,
        peers=(address,) if address else (),
        secrets=answer.secrets,
        newcomer_since_ms=time.time_ns() // 1_000_000,
    )
    await asyncio.to_thread(shutil.rmtree, home / PENDING_FOLDER, ignore_errors=True)
    return identity


class _Newcomer:
    """Who wants to be let in, with a new key of its own."""

    def __init__(self, code: EnrolmentCode, key: Ed25519PrivateKey, member_id: str, no: int) -> None:
        self._code = code
        self._key = key
        self._member_id = member_id
        self._no = no

    async def talk(self, connection: ClientConnection, met: Met) -> tuple[Met, Answer]:
        """The authority's word, and the certificate that it gives for the key."""
        if self._no and met.greeting.offers is None:
            reason = "the authority is of an earlier version and gives the only number of the code; name none"
            raise EnrolmentRefused("not_offered", reason)
        public_key = certificates.raw_public(self._key.public_key())
        bootstrap = certificates.issue_bootstrap(self._code.bootstrap_key())
        proof = self._key.sign(proof_of(bootstrap, public_key, self._member_id))
        await connection.send(msgspec.json.encode(Request(public_key, self._member_id, proof, self._no)))
        answer = decoded(await connection.recv(decode=False), Answer)
        if answer.code:
            raise EnrolmentRefused(answer.code, answer.reason[:300])
        try:
            me = certificates.member_of(answer.certificate, met.root, met.network_id)
        except CertificateRefused as error:
            raise impostor(str(error)) from error
        if me.public_key != public_key or me.member_id != self._member_id:
            raise impostor("the certificate is for somebody else")
        return met, answer


def _parsed(code: str) -> EnrolmentCode:
    try:
        return EnrolmentCode.parse(code)
    except CodeRefused as error:
        raise EnrolmentRefused("bad_code", str(error)) from error


def _is_sound(offer: Offer) -> bool:
    """Whether it can be shown on a screen, and be a member."""
    try:
        certificates.check_description(offer.no, offer.name, offer.role, offer.site)
    except ValueError:
        return False
    return True


class _PendingFile(msgspec.Struct, frozen=True):
    member_id: str


def _pending_folder(home: Path, code: EnrolmentCode) -> Path:
    public_key = certificates.raw_public(code.bootstrap_key().public_key())
    return home / PENDING_FOLDER / hashlib.sha256(public_key).hexdigest()[:16]


def _pending(home: Path, code: EnrolmentCode, ids: Callable[[], str]) -> tuple[Ed25519PrivateKey, str]:
    """The key and member id of the try with this code that is under way, or new ones."""
    folder = _pending_folder(home, code)
    if (kept := _kept_pending(folder)) is not None:
        return kept
    if folder.parent.is_dir() and len(list(folder.parent.iterdir())) >= MAX_PENDING:
        shutil.rmtree(folder.parent, ignore_errors=True)
    fresh, member_id = Ed25519PrivateKey.generate(), ids()
    # The id comes last: a folder with both files is whole.
    write_folder(folder, {"member.key": certificates.private_pem(fresh)})
    write_folder(folder, {"pending.json": msgspec.json.encode(_PendingFile(member_id))})
    for above in (folder.parent, home):
        durable.fsync(above)
    return fresh, member_id


def _kept_pending(folder: Path) -> tuple[Ed25519PrivateKey, str] | None:
    try:
        key = load_pem_private_key((folder / "member.key").read_bytes(), None)
        pending = msgspec.json.decode((folder / "pending.json").read_bytes(), type=_PendingFile)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    return (key, pending.member_id) if isinstance(key, Ed25519PrivateKey) else None
