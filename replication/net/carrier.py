"""A folder, on a USB stick or anywhere, that carries a network between tills which cannot hear each other.

::

    DIR/tillmesh/<network id>/<member id>/          written by that member alone
        <document id>-<16 hex digits>.segment       one segment of one feed
        manifest.json                               written last

*Segment file*: ``tillmesh-segment/1`` and a line feed; then, for each Automerge change of the segment's
document, its length and CRC-32 (four bytes each, big-endian) and its bytes, as they are in the store.
The name is the document's id (UUIDv5 of network, feed and segment) and the first digits of the file's
SHA-256: a file with other contents has another name, so nothing that a manifest vouches for is ever
written over, and a name says nothing that a stranger could have chosen.

*Manifest*: canonical JSON (keys sorted, no white space) with ``format`` 1, ``network``, ``writer``, ``run``
(a fresh id), ``hlc`` (the newest hybrid time in it), ``files`` (``name``, ``size``, ``sha256``, ``feed``,
``segment``, ``first``, ``last``: sequence numbers, ``head``: the hash of the last record), the writer's
``certificate`` (DER, base64) and ``signature``: Ed25519 by its key over ``tillmesh-carrier/1 NUL`` and the
same object with an empty ``signature``. Who reads it trusts the network's root and nothing else, so the
writer may be somebody it has never heard of; a member that it knows to be revoked is not listened to.

*Writing* puts new segment files down, each under a temporary name, synced and renamed; then the manifest
in the same way; then takes away what no manifest names any more. A stick that is full or pulled out
leaves the manifest of before with all of its files, or none. What is there already is read back and
compared, not written again. All feeds that the member holds are written, those of others too: that is
how a third till carries between two.

*Reading* changes nothing on the stick. Each file must be what the manifest says; then its records pass
the check that a peer's pass (``core/carrying.py``). What is refused is named with its reason, its first
4 KiB are kept in quarantine, and the rest is still read. What this member may not see (other sites'
receipts) is left. Links are not followed, and nothing larger than a segment can be is opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from replication.core.model import Feed, Member
from replication.identity import Identity
from replication.net import carrier_read, carrier_write
from replication.net.carrier_folder import CarrierRefused
from replication.net.carrier_read import Read, Receiving
from replication.net.carrier_write import Written
from replication.store import Store

__all__ = ["Carrier", "CarrierRefused", "Read", "Written"]


class Carrier:
    """What a member does with a stick; one thing at a time."""

    def __init__(self, node: Receiving, store: Store, identity: Identity, new_id: Callable[[], str]) -> None:
        self._node = node
        self._store = store
        self._identity = identity
        self._new_id = new_id
        self._busy = asyncio.Lock()

    async def write(self, path: Path, tills: Sequence[Member] = ()) -> Written:
        """Write all that this member holds, or of that what these ``tills`` may see; ``CarrierRefused`` if that cannot
        be, ``StoreDamaged``.
        """
        roster = self._node.roster

        def goes(feed: Feed) -> bool:
            return not tills or any(roster.may_see(feed, till) for till in tills)

        self._refuse_second(path)
        async with self._busy:
            written = await asyncio.to_thread(
                carrier_write.write, self._store, self._identity, path, run=self._new_id(), goes=goes
            )
        renewed = f"{written.renewed} of {written.files} files renewed, {written.records} records"
        me = self._identity.member_id
        self._node.note("carrier_written", me, f"{written.folder}: {renewed}", {}, written.bytes)
        return written

    async def read(self, path: Path) -> Read:
        """Take in what others wrote; ``CarrierRefused`` if there is nothing for us, ``AppendRefused``."""
        self._refuse_second(path)
        async with self._busy:
            return await carrier_read.read(self._node, self._store, self._identity, path)

    def _refuse_second(self, path: Path) -> None:
        if self._busy.locked():
            raise CarrierRefused("busy", str(path))
