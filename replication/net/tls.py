"""TLS contexts. TLS 1.3 on both sides, each with a certificate; names and dates do not matter, the root does.

A server trusts the root and, beside it, the bootstrap certificates of released slots. Those
are not signed by the root, so a link they open is told from a member's by its certificate
and leads nowhere but to enrolment.

There are no session tickets: a resumed session would bring a certificate back that the
server may have ceased to trust in the meantime.
"""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from replication import certificates
from replication.identity import Identity

SERVER_NAME = "tillmesh"
"""Sent as SNI, so that the server can take up its newest trust at each handshake; never compared with anything."""

MAX_BOOTSTRAP_CERTIFICATES = 64

_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME: a till with a flat clock battery is still a member."""


def server_context(identity: Identity, bootstrap: Iterable[bytes] = ()) -> ssl.SSLContext:
    """For accepting: trusts the network's members and these bootstrap certificates (DER)."""
    context = _context(ssl.PROTOCOL_TLS_SERVER, identity)
    context.num_tickets = 0
    for der in tuple(bootstrap)[:MAX_BOOTSTRAP_CERTIFICATES]:
        context.load_verify_locations(cadata=der)
    return context


def client_context(identity: Identity) -> ssl.SSLContext:
    """For dialling members of the network."""
    return _context(ssl.PROTOCOL_TLS_CLIENT, identity)


def bootstrap_context(key: Ed25519PrivateKey) -> ssl.SSLContext:
    """For a newcomer: shows the bootstrap certificate and takes any server's.

    The newcomer has no root yet; it checks the server's certificate against the root that
    its code names before it sends anything (``enrolment.join_network``).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with tempfile.TemporaryDirectory(prefix="tillmesh-") as folder:  # ssl reads keys from files only
        path = Path(folder) / "bootstrap.pem"
        path.touch(mode=0o600)
        path.write_bytes(certificates.private_pem(key) + certificates.pem(certificates.issue_bootstrap(key)))
        context.load_cert_chain(path)
    return context


def _context(protocol: ssl._SSLMethod, identity: Identity) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
    context.load_cert_chain(identity.folder / "member.pem", identity.folder / "member.key")
    context.load_verify_locations(cadata=identity.root.public_bytes(Encoding.DER))
    return context
