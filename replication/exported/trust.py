"""The one thing that an auditor must know beforehand: the root's certificate, or its fingerprint."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from replication import certificates
from replication.certificates import CertificateRefused
from replication.exported.packing import ROOT_FILE

MAX_PEM_BYTES = 65_536
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


class RootRefused(Exception):
    """The root cannot be taken. ``code``: ``no_certificate``, ``no_root``, ``other_root``, ``changed``; ``where`` the
    file."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(f"{where}: {code}")
        self.code = code
        self.where = where


class Root:
    """A network's root certificate."""

    def __init__(self, pem: bytes, where: str) -> None:
        try:
            self.certificate = certificates.parse_pem(pem)
            self.network_id = certificates.network_of(self.certificate)[0]
        except CertificateRefused:
            raise RootRefused("no_certificate", where) from None
        self.der = self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """As in ``HOME/identity/root.pem``."""
        return certificates.pem(self.der)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, 64 hex digits, as ``openssl x509 -fingerprint -sha256`` has it."""
        return hashlib.sha256(self.der).hexdigest()


def root_of(said: str, folder: Path) -> Root:
    """The root that an auditor names: a PEM file, or the fingerprint of the one that lies in the export's ``folder``.

    What lies there must be the same certificate to the byte, if it does. ``RootRefused`` otherwise; ``OSError`` if a
    file cannot be read.
    """
    beside = folder / ROOT_FILE
    digits = said.replace(":", "").replace(" ", "").lower()
    if _FINGERPRINT.fullmatch(digits):
        if not beside.is_file():
            raise RootRefused("no_root", str(beside))
        root = Root(_bytes_of(beside), str(beside))
        if root.fingerprint != digits:
            raise RootRefused("other_root", str(beside))
    else:
        root = Root(_bytes_of(Path(said)), said)
    if beside.is_file() and _bytes_of(beside) != root.pem:
        raise RootRefused("changed", str(beside))
    return root


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_PEM_BYTES)
