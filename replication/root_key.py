"""The root's private key on its way from one authority to the next, in the identity folder.

An offered key waits in ``root.key.from-GIVER`` until the feeds say that authority has passed on; then it
becomes ``root.key``, and the old authority's is removed. Each step is one durable rename or removal that
``settle`` repeats at every start, so a crash in between changes nothing.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from replication import certificates, durable
from replication.core.membership import Roster
from replication.identity import ROOT_KEY_FILE, Identity, write_folder

_OFFERED = f"{ROOT_KEY_FILE}.from-"


def keep_offered(identity: Identity, giver: str, key: bytes) -> None:
    """Make the offered key durable; ``ValueError`` if it is not the root's, ``OSError`` if the disk refuses."""
    private, public = Ed25519PrivateKey.from_private_bytes(key), identity.root.public_key()
    if not isinstance(public, Ed25519PublicKey) or private.public_key() != public:
        raise ValueError("what was offered is not this network's root key")
    fresh = f"{ROOT_KEY_FILE}.new"
    write_folder(identity.folder, {fresh: certificates.private_pem(private)})
    (identity.folder / fresh).replace(identity.folder / f"{_OFFERED}{giver}")
    durable.fsync(identity.folder)


class Settlement:
    """What the feeds say about the key of this home; made on the loop, carried out off it."""

    def __init__(self, identity: Identity, roster: Roster) -> None:
        self._folder = identity.folder
        self._held = identity.kept_root_key
        self._mine = roster.authority == identity.member_id
        self._passed_on = roster.is_closed(identity.member_id)
        self._giver = roster.passings[-1].feed.member if roster.passings else ""
        self._authority = roster.authority

    def settle(self) -> None:
        """Take an offered key into use, or remove what this home may hold no more. ``OSError`` if the disk refuses."""
        changed = False
        kept = self._folder / ROOT_KEY_FILE
        for offered in self._offered():
            giver = offered.name.removeprefix(_OFFERED)
            if self._mine and giver == self._giver:
                offered.replace(kept)
                changed = True
            elif giver != self._authority or self._mine:
                offered.unlink()
                changed = True
        if self._passed_on and kept.exists():
            kept.unlink()
            changed = True
        if changed:
            durable.fsync(self._folder)
            self._held.read()

    def _offered(self) -> list[Path]:
        return sorted(self._folder.glob(f"{_OFFERED}*"))
