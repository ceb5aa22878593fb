"""The network's X.509 certificates: one root, one leaf per member, and throw-away ones for enrolment.

All keys are Ed25519. The *root* signs every member's certificate; its own is pinned by
every member and named by a fingerprint in the enrolment code. A *member's* certificate
states who it is, so that a TLS handshake is also the introduction:

=====================  =============================================
subject                meaning
=====================  =============================================
O                      network id (UUID, hex)
CN                     member id (UUID, hex)
serialNumber           till number
OU                     role: till, centre or node
givenName              name ("Kasse 2"); missing when empty
L                      site; missing when empty
=====================  =============================================

The root's own subject names the network (O) and its *founder* (CN), the first that may let
others in: no member can pass itself off as the authority to a newcomer.

A *bootstrap* certificate is derived from the enrolment code's secret alone, byte for byte
the same on both sides, so that the authority can trust exactly that one without having
met its owner.

Certificates do not expire in a till's life: a till's clock may be years off after a flat
battery, and must not lock it out of its network. Membership ends by a revocation in the
membership feed, which the hub checks right after the handshake.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import warnings

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from replication.core.model import Member

ROLES = ("till", "centre", "node")
MAX_TEXT_LENGTH = 64
"""Characters of a name or a site: X.520's bound, and as much as a status line can show."""
MAX_TILL_NO = 99_999
FINGERPRINT_BYTES = 10
"""80 bits of the root's SHA-256: a second preimage is out of reach, and the code stays short enough to type."""

# What the library only warns of today (a serial number below one) no member's certificate has: it is refused.
warnings.filterwarnings("error", "Parsed a serial number", CryptographyDeprecationWarning)

_NOBODY = Ed25519PrivateKey.from_private_bytes(bytes(32))
"""Signs what is only made to be looked at."""
_ROOT_UNIT = "root"
_NOT_BEFORE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_NOT_AFTER = dt.datetime(2120, 1, 1, tzinfo=dt.UTC)


class CertificateRefused(Exception):
    """A certificate is not one of this network's members; the text says why."""


class BadName(ValueError):
    """A name or a site that cannot be shown, or is none at all."""


def check_description(till_no: int, name: str, role: str, site: str) -> None:
    """``ValueError``, of names ``BadName``, with a sentence for the log if these cannot describe a member."""
    if not 1 <= till_no <= MAX_TILL_NO:
        raise ValueError(f"till number {till_no} is not between 1 and {MAX_TILL_NO}; choose another")
    if role not in ROLES:
        raise ValueError(f"role {role!r} is unknown; choose one of {', '.join(ROLES)}")
    for what, text in (("name", name), ("site", site)):
        if len(text) > MAX_TEXT_LENGTH or not text.isprintable():
            raise BadName(f"the {what} must be at most {MAX_TEXT_LENGTH} printable characters; shorten it")
    if not name.strip():
        raise BadName("the name is empty; give one, such as 'Kasse 1'")


def issue_root(network_id: str, founder_id: str, root_key: Ed25519PrivateKey) -> x509.Certificate:
    """The root's self-signed certificate; it names the member that founds the network."""
    parts = {NameOID.ORGANIZATION_NAME: network_id, NameOID.COMMON_NAME: founder_id}
    subject = _name({**parts, NameOID.ORGANIZATIONAL_UNIT_NAME: _ROOT_UNIT})
    return _sign(subject, root_key.public_key(), subject, root_key, serial=1, authority=True)


def issue_member(member: Member, network_id: str, root: x509.Certificate, root_key: Ed25519PrivateKey) -> bytes:
    """The member's certificate in DER; the same member always gets the same bytes, so that a retry changes nothing."""
    check_description(member.till_no, member.name, member.role, member.site)
    subject = _name(
        {
            NameOID.ORGANIZATION_NAME: network_id,
            NameOID.COMMON_NAME: member.member_id,
            NameOID.SERIAL_NUMBER: str(member.till_no),
            NameOID.ORGANIZATIONAL_UNIT_NAME: member.role,
            NameOID.GIVEN_NAME: member.name,
            NameOID.LOCALITY_NAME: member.site,
        }
    )
    public_key = Ed25519PublicKey.from_public_bytes(member.public_key)
    serial = int.from_bytes(hashlib.sha256(member.public_key + member.member_id.encode()).digest()[:16]) | 1
    return _sign(subject, public_key, root.subject, root_key, serial=serial).public_bytes(Encoding.DER)


def signed_part(member: Member, network_id: str, root: x509.Certificate) -> bytes:
    """What the root signs of the member's certificate; ``ValueError`` for what cannot be a member.

    It follows from the member alone, so that a signature of the root's can be checked without the certificate.
    """
    return parse(issue_member(member, network_id, root, _NOBODY)).tbs_certificate_bytes


def issue_bootstrap(bootstrap_key: Ed25519PrivateKey) -> bytes:
    """The self-signed certificate (DER) of an enrolment secret's key; every byte follows from the key."""
    digest = hashlib.sha256(raw_public(bootstrap_key.public_key())).digest()
    subject = _name({NameOID.COMMON_NAME: f"tillmesh enrolment {digest[:8].hex()}"})
    serial = int.from_bytes(digest[:16]) | 1
    certificate = _sign(subject, bootstrap_key.public_key(), subject, bootstrap_key, serial=serial)
    return certificate.public_bytes(Encoding.DER)


def parse(der: bytes) -> x509.Certificate:
    """Read DER; ``CertificateRefused`` for anything that is not a certificate."""
    try:
        return x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion, CryptographyDeprecationWarning) as error:
        raise CertificateRefused("not an X.509 certificate") from error


def parse_pem(text: bytes) -> x509.Certificate:
    """Read the first certificate in PEM; ``CertificateRefused`` if there is none."""
    try:
        return x509.load_pem_x509_certificate(text)
    except (ValueError, x509.InvalidVersion, CryptographyDeprecationWarning) as error:
        raise CertificateRefused("not an X.509 certificate in PEM") from error


def member_of(der: bytes, root: x509.Certificate, network_id: str) -> Member:
    """The member that a leaf certificate names, if ``root`` signed it for this network; else ``CertificateRefused``."""
    certificate = parse(der)
    try:
        certificate.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise CertificateRefused("the certificate is not signed by this network's root") from error
    subject = certificate.subject
    if _text(subject, NameOID.ORGANIZATION_NAME) != network_id:
        raise CertificateRefused("the certificate is for another network")
    key = certificate.public_key()
    till_no = _text(subject, NameOID.SERIAL_NUMBER)
    if not isinstance(key, Ed25519PublicKey) or not till_no.isdecimal():
        raise CertificateRefused("the certificate does not name a member")
    return Member(
        member_id=_text(subject, NameOID.COMMON_NAME),
        till_no=int(till_no),
        name=_text(subject, NameOID.GIVEN_NAME),
        role=_text(subject, NameOID.ORGANIZATIONAL_UNIT_NAME),
        site=_text(subject, NameOID.LOCALITY_NAME),
        public_key=raw_public(key),
        certificate=der,
    )


def network_of(root: x509.Certificate) -> tuple[str, str]:
    """Network id and founder's member id, as the root's certificate names them."""
    try:
        root.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise CertificateRefused("the root's certificate is not signed by itself") from error
    return _text(root.subject, NameOID.ORGANIZATION_NAME), _text(root.subject, NameOID.COMMON_NAME)


def fingerprint(root: x509.Certificate) -> bytes:
    """What the enrolment code says of the root: ``FINGERPRINT_BYTES`` of its DER's SHA-256."""
    return hashlib.sha256(root.public_bytes(Encoding.DER)).digest()[:FINGERPRINT_BYTES]


def raw_public(key: Ed25519PublicKey) -> bytes:
    """The 32 raw bytes of a public key."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def raw_private(key: Ed25519PrivateKey) -> bytes:
    """The 32 raw bytes of a private key."""
    return key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def private_pem(key: Ed25519PrivateKey) -> bytes:
    """The key as unencrypted PKCS #8 PEM; the file's mode is what guards it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def pem(*ders: bytes) -> bytes:
    """Certificates one after the other, as TLS wants a chain."""
    return b"".join(parse(der).public_bytes(Encoding.PEM) for der in ders)


def _name(parts: dict[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts.items() if text])


def _text(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def _sign(
    subject: x509.Name,
    public_key: Ed25519PublicKey,
    issuer: x509.Name,
    issuer_key: Ed25519PrivateKey,
    *,
    serial: int,
    authority: bool = False,
) -> x509.Certificate:
    constraints = x509.BasicConstraints(ca=authority, path_length=0 if authority else None)
    builder = x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=public_key,
        serial_number=serial,
        not_valid_before=_NOT_BEFORE,
        not_valid_after=_NOT_AFTER,
    )
    return builder.add_extension(constraints, critical=True).sign(issuer_key, None)
