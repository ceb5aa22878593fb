"""What a member vouches for: bytes that anybody can check who holds the root's certificate, and nothing else.

A signature alone would only help whoever has met its member. So a *seal* brings the member along as well: not its
X.509 certificate (some 470 bytes, too much for paper), but what that was made of, and the root's signature on
it. Certificates of this network are the same bytes whenever they are made (``certificates.issue_member``), so
whoever has the root's makes the part that was signed anew and checks the root's signature against it. Nothing
is signed for this that was not signed at enrolment, so every member can vouch, and the root's key may be far away.

======  ==========================================================================
bytes   a seal's parts, in this order
======  ==========================================================================
4       the beginning of the network's id: whose it is, told before anything is checked
16      member id
32      the member's public key
3       role (its place in ``certificates.ROLES``, the upper 4 bits) and till number
1 + n   name, in UTF-8
1 + n   site, in UTF-8
64      the root's signature under the member's certificate
64      the member's signature under the network's whole id, its own id and what it vouches for
======  ==========================================================================

Whether the member still belongs to the network is not said here: that is the roster's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.x509 import Certificate

from replication import certificates
from replication.core.model import Member

SIGNATURE_BYTES = 64
MAX_SEAL_BYTES = 4 + 16 + 32 + 3 + 2 * 256 + 2 * SIGNATURE_BYTES
FOREIGN, FORGED, ALTERED, JUNK = "foreign", "forged", "altered", "junk"

_TAG_BYTES = 4
_HEAD = struct.Struct(">16s32s3s")
_NO_BITS = 20
_CONTEXT = b"tillmesh vouches\0"


class NotVouched(Exception):
    """Nobody of this network vouches for it. ``fault`` says why.

    ``foreign``: it is of another network; ``forged``: the root has not certified the key; ``altered``: a member's
    seal, but not under this; ``junk``: no seal at all.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Vouching:
    """One member's pen: seals what it is given. ``ValueError`` if the member's certificate is not as we make them."""

    def __init__(self, certificate: bytes, key: Ed25519PrivateKey, root: Certificate, network_id: str) -> None:
        member = certificates.member_of(certificate, root, network_id)
        self._key = key
        self._network = bytes.fromhex(network_id)
        self._member = bytes.fromhex(member.member_id)
        parsed = certificates.parse(certificate)
        if certificates.signed_part(member, network_id, root) != parsed.tbs_certificate_bytes:
            raise ValueError("the member's certificate was made by another version and cannot be made anew")
        role_and_no = certificates.ROLES.index(member.role) << _NO_BITS | member.till_no
        head = _HEAD.pack(self._member, member.public_key, role_and_no.to_bytes(3, "big"))
        texts = _text(member.name) + _text(member.site)
        self._introduction = self._network[:_TAG_BYTES] + head + texts + parsed.signature

    def seal(self, body: bytes) -> bytes:
        """The seal under ``body``; always the same for the same."""
        return self._introduction + self.signature(body)

    def signature(self, body: bytes) -> bytes:
        """The end of the seal alone, where there is no room for more: for whoever knows the network's members."""
        return self._key.sign(_signed(self._network, self._member, body))


def check(body: bytes, seal: bytes, root: Certificate, network_id: str) -> Member:
    """The member that vouches for ``body``, as its certificate states it; ``NotVouched`` if none does."""
    network = bytes.fromhex(network_id)
    if len(seal) > MAX_SEAL_BYTES:
        raise NotVouched(JUNK)
    if seal[:_TAG_BYTES] != network[:_TAG_BYTES]:
        raise NotVouched(FOREIGN if len(seal) > _TAG_BYTES else JUNK)
    member, certified, signature = _introduced(seal[_TAG_BYTES:])
    try:
        signed = certificates.signed_part(member, network_id, root)
        _verify(root.public_key(), certified, signed)
    except (ValueError, InvalidSignature):
        raise NotVouched(FORGED) from None
    try:
        key = Ed25519PublicKey.from_public_bytes(member.public_key)
        _verify(key, signature, _signed(network, bytes.fromhex(member.member_id), body))
    except (ValueError, InvalidSignature):
        raise NotVouched(ALTERED) from None
    return member


def check_among(body: bytes, signature: bytes, members: Iterable[Member], network_id: str) -> Member:
    """Which of the members signed ``body``; ``NotVouched`` (``altered``) if none did."""
    network = bytes.fromhex(network_id)
    for member in members:
        try:
            key = Ed25519PublicKey.from_public_bytes(member.public_key)
            _verify(key, signature, _signed(network, bytes.fromhex(member.member_id), body))
        except (ValueError, InvalidSignature):
            continue
        return member
    raise NotVouched(ALTERED)


def _introduced(data: bytes) -> tuple[Member, bytes, bytes]:
    """Whom a seal introduces, and both signatures; nothing of it is checked yet."""
    try:
        member_id, public_key, packed = _HEAD.unpack_from(data)
        role_and_no = int.from_bytes(packed, "big")
        rest = data[_HEAD.size :]
        name, rest = _taken(rest)
        site, rest = _taken(rest)
        member = Member(
            member_id=member_id.hex(),
            till_no=role_and_no & ((1 << _NO_BITS) - 1),
            name=name,
            role=certificates.ROLES[role_and_no >> _NO_BITS],
            site=site,
            public_key=public_key,
        )
    except (struct.error, IndexError, UnicodeDecodeError):
        raise NotVouched(JUNK) from None
    if len(rest) != 2 * SIGNATURE_BYTES:
        raise NotVouched(JUNK)
    return member, rest[:SIGNATURE_BYTES], rest[SIGNATURE_BYTES:]


def _text(text: str) -> bytes:
    data = text.encode()
    if len(data) > 255:
        raise ValueError(f"{text[:20]!r}… is too long for a seal")
    return bytes((len(data),)) + data


def _taken(data: bytes) -> tuple[str, bytes]:
    length = data[0]
    return data[1 : 1 + length].decode(), data[1 + length :]


def _signed(network: bytes, member: bytes, body: bytes) -> bytes:
    return _CONTEXT + network + member + body


def _verify(key: object, signature: bytes, data: bytes) -> None:
    if not isinstance(key, Ed25519PublicKey):
        raise InvalidSignature
    key.verify(signature, data)
