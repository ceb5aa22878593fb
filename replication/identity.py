"""Who this home is: its key, its certificate and the network's root, in ``HOME/identity/``.

==============  ==========================================================  ====
file            holds                                                       mode
==============  ==========================================================  ====
network.json    the network's name, addresses known from enrolment
root.pem        the root's certificate: all trust hangs on it; it names network and founder
member.pem      this member's certificate, then the root's (a TLS chain)
authority.pem   the founder's certificate: with its membership feed the network's begins
member.key      this member's private key                                   0600
root.key        the root's private key, at the authority only (root_key.py)  0600
secrets         what members share and only the application understands    0600
newcomer.json   as long as a member that joined lacks its first data; since when
==============  ==========================================================  ====

The folder appears in one rename: a home has a whole identity or none. A member's key is
made here and never leaves the home. The network's *authority* holds the root's key and is
the only one that lets new members in: the founder, or who was handed it on (``core/membership.py``).
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from replication import certificates, durable
from replication.core.membership import Roster
from replication.core.model import Entry, Member
from replication.places import FOLDER, SECRETS_FILE

NEWCOMER_FILE = "newcomer.json"
ROOT_KEY_FILE = "root.key"
_FORMAT = 1


class _NewcomerFile(msgspec.Struct, frozen=True):
    since_ms: int


class NoIdentity(Exception):
    """The home belongs to no network yet."""

    def __init__(self, home: Path) -> None:
        super().__init__(f"{home} belongs to no network yet; found one or join one (`tillmesh network`)")
        self.home = home


class IdentityDamaged(Exception):
    """The home's identity cannot be read; the text names the file and what to do."""


class IdentityExists(Exception):
    """The home belongs to a network already."""

    def __init__(self, home: Path) -> None:
        super().__init__(f"{home} belongs to a network already; choose another home (--home)")
        self.home = home


class _NetworkFile(msgspec.Struct, frozen=True):
    format: int
    network_name: str
    peers: tuple[str, ...] = ()


class RootKey:
    """The root's private key in an identity folder. It comes and goes with authority, while the home runs."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ROOT_KEY_FILE
        self.key: Ed25519PrivateKey | None = None

    def read(self) -> None:
        """Look again; ``OSError`` or ``ValueError`` if there is a file that cannot be read."""
        try:
            self.key = _read_key(self._path)
        except FileNotFoundError:
            self.key = None


@dataclass(frozen=True)
class Identity:
    """One member's identity. ``peers``: addresses known from enrolment."""

    folder: Path
    network_id: str
    network_name: str
    founder_id: str
    root: x509.Certificate
    certificate: bytes
    founder_certificate: bytes
    private_key: Ed25519PrivateKey = field(repr=False)
    kept_root_key: RootKey = field(repr=False)
    peers: tuple[str, ...] = ()

    @classmethod
    def load(cls, home: Path) -> Identity:
        """Read ``home``'s identity; ``NoIdentity`` or ``IdentityDamaged`` if there is none to read."""
        folder = home / FOLDER
        if not folder.is_dir():
            raise NoIdentity(home)
        try:
            network = msgspec.json.decode((folder / "network.json").read_bytes(), type=_NetworkFile)
            root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
            network_id, founder_id = certificates.network_of(root)
            identity = cls(
                folder=folder,
                network_id=network_id,
                network_name=network.network_name,
                founder_id=founder_id,
                root=root,
                certificate=_read_certificate(folder / "member.pem"),
                founder_certificate=_read_certificate(folder / "authority.pem"),
                private_key=_read_key(folder / "member.key"),
                kept_root_key=RootKey(folder),
                peers=network.peers,
            )
            me = identity.member()
            identity.founder()
            identity.kept_root_key.read()
        except (OSError, ValueError, msgspec.MsgspecError, certificates.CertificateRefused) as error:
            raise IdentityDamaged(f"{folder} cannot be read ({error}); restore it from a backup") from error
        if me.public_key != certificates.raw_public(identity.private_key.public_key()):
            raise IdentityDamaged(f"member.key and member.pem in {folder} do not belong together; restore both")
        return identity

    def member(self) -> Member:
        """This member as its certificate states it."""
        return certificates.member_of(self.certificate, self.root, self.network_id)

    def founder(self) -> Member:
        """The network's founder, its first authority; this member itself, if it founded the network."""
        return certificates.member_of(self.founder_certificate, self.root, self.network_id)

    def newcomer_since_ms(self) -> int | None:
        """When this member joined (Unix ms), if it still lacks its first data; read from disk."""
        path = self.folder / NEWCOMER_FILE
        if not path.exists():
            return None
        try:
            return msgspec.json.decode(path.read_bytes(), type=_NewcomerFile).since_ms
        except (OSError, msgspec.MsgspecError):
            return 0  # that it is one is what counts

    def is_provisioned(self) -> None:
        """This member has its first data: durable when this returns. ``OSError`` if it could not be written down."""
        (self.folder / NEWCOMER_FILE).unlink(missing_ok=True)
        durable.fsync(self.folder)

    @property
    def member_id(self) -> str:
        return self.member().member_id

    @property
    def is_founder(self) -> bool:
        """Whether the network began with this home."""
        return self.member_id == self.founder_id

    @property
    def root_key(self) -> Ed25519PrivateKey | None:
        """The root's private key as it lay here when last read; None if this home is not the authority."""
        return self.kept_root_key.key

    def may_enrol(self, roster: Roster) -> bool:
        """Whether this home may let in and shut out: the feeds say so, and it has the key."""
        return self.root_key is not None and roster.authority == self.member_id

    @property
    def private_key_bytes(self) -> bytes:
        """The raw Ed25519 key (32 bytes) that signs this member's records."""
        return certificates.raw_private(self.private_key)

    def founding_entries(self) -> list[Entry]:
        """What the founder's membership feed begins with."""
        founder = member_body(self.member())
        return [Entry("membership", "network.founded/1", {"name": self.network_name, "member": founder})]


def found_network(
    home: Path,
    name: str,
    till_no: int,
    role: str,
    *,
    till_name: str = "",
    site: str = "",
    secrets: bytes = b"",
    ids: Callable[[], str],
) -> Identity:
    """Make ``home`` the first member and the authority of a new network called ``name``.

    ``ids`` gives UUIDs in hex, ``secrets`` are the application's, for every member. Afterwards
    ``founding_entries()`` are to be journalled; a node does so by itself when it finds the membership
    feed empty. ``ValueError`` for a bad name or number, ``IdentityExists`` if the home has a network already.
    """
    certificates.check_description(1, name, role, site)
    certificates.check_description(till_no, till_name or name, role, site)
    network_id, member_id = ids(), ids()
    root_key, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    root = certificates.issue_root(network_id, member_id, root_key)
    public_key = certificates.raw_public(key.public_key())
    me = Member(member_id, till_no, till_name or _default_name(role, till_no), role, site, public_key)
    certificate = certificates.issue_member(me, network_id, root, root_key)
    return write_identity(
        home,
        network_name=name,
        root=root,
        certificate=certificate,
        founder_certificate=certificate,
        key=key,
        root_key=root_key,
        secrets=secrets,
    )


def write_identity(
    home: Path,
    *,
    network_name: str,
    root: x509.Certificate,
    certificate: bytes,
    founder_certificate: bytes,
    key: Ed25519PrivateKey,
    root_key: Ed25519PrivateKey | None = None,
    peers: tuple[str, ...] = (),
    secrets: bytes = b"",
    newcomer_since_ms: int | None = None,
) -> Identity:
    """Write the identity folder whole or not at all, durably, and read it back."""
    refuse_second_identity(home)
    network = _NetworkFile(_FORMAT, network_name, peers)
    root_der = root.public_bytes(Encoding.DER)
    files = {
        "network.json": msgspec.json.format(msgspec.json.encode(network), indent=2),
        "root.pem": certificates.pem(root_der),
        "member.pem": certificates.pem(certificate, root_der),
        "authority.pem": certificates.pem(founder_certificate),
        "member.key": certificates.private_pem(key),
    }
    if root_key is not None:
        files[ROOT_KEY_FILE] = certificates.private_pem(root_key)
    if secrets:
        files[SECRETS_FILE] = secrets
    if newcomer_since_ms is not None:
        files[NEWCOMER_FILE] = msgspec.json.encode(_NewcomerFile(newcomer_since_ms))
    fresh = home / f"{FOLDER}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    write_folder(fresh, files)
    fresh.rename(home / FOLDER)
    durable.fsync(home)
    return Identity.load(home)


def refuse_second_identity(home: Path) -> None:
    """``IdentityExists`` if ``home`` is a member of some network."""
    if (home / FOLDER).exists():
        raise IdentityExists(home)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files, readable by their owner only, and fsync them and their folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, data in files.items():
        durable.write_private(folder / name, data)
    durable.fsync(folder)


def member_body(member: Member) -> dict[str, object]:
    """A member as membership facts state it (``network.founded/1``, ``member.joined/1``)."""
    return {
        "no": member.till_no,
        "member_id": member.member_id,
        "name": member.name,
        "role": member.role,
        "site": member.site,
        "public_key": member.public_key.hex(),
        "certificate": base64.b64encode(member.certificate).decode(),
    }


def _default_name(role: str, till_no: int) -> str:
    return f"Kasse {till_no}" if role == "till" else f"Zentrale {till_no}"


def _read_certificate(path: Path) -> bytes:
    return x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)


def _read_key(path: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path.name} is not an Ed25519 key")  # noqa: TRY004 - the file's content is at fault, not a caller
    return key
