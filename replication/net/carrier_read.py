"""Reading a carrier: what others wrote there goes in as if they were here, and each is believed as far as a peer.

First every writer's manifest, then the membership feeds (they may bring writers, and revoke some),
then feed by feed and segment by segment. Where several writers have the same segment, the one who
has most of it is read first; of the others only what it did not bring. A file that says of its
last record what this disk says too is known, and is not read at all.
"""

from __future__ import annotations

import asyncio
import base64
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from replication.core import clock
from replication.core.membership import JOINED, Roster
from replication.core.model import Feed, Member, Record, turn_of
from replication.identity import Identity
from replication.net import carrier_files as files
from replication.net.carrier_files import File, Manifest, Refusal
from replication.net.carrier_folder import CarrierRefused, Folder, Unreadable, shown
from replication.net.carrier_write import TOP
from replication.store import Store
from replication.tickets import AppendRefused

MAX_WRITERS = 1_000
MAX_NETWORKS = 1_000
MAX_LINES = 100
"""Faults that are named, and kept as evidence; a stick full of junk has more."""
EVIDENCE_BYTES = 4_096
REMEMBERED_EVIDENCE = 1_000
_OF_THE_FILE = ("bad_carrier", "forked", "gap", "not_wanted")
"""Refusals of the hub that are about one file; any other ends the reading."""


class Receiving(Protocol):
    """The running member, as far as a carrier's reader needs it: ``replication.node.Node``."""

    @property
    def roster(self) -> Roster: ...

    async def carry(self, feed: Feed, segment: int, chunks: tuple[bytes, ...], carrier: str) -> tuple[Record, ...]: ...

    def takes(self, feed: Feed) -> bool: ...

    async def heard(self, member: str, positions: Mapping[Feed, int]) -> None: ...

    async def keep_evidence(self, source: str, reason: str, evidence: str) -> None: ...

    def note(self, what: str, peer: str, detail: str, kinds: Mapping[str, int], size: int) -> None: ...


class Fault(msgspec.Struct, frozen=True):
    """Something on the stick that was not taken: where, why (a code), and more for the log."""

    where: str
    code: str
    detail: str = ""


class WriterRead(msgspec.Struct):
    """One writer's folder: who, when it was written, and what it brought by kind."""

    member: str
    till_no: int
    name: str
    written_ms: int
    files: int
    bytes: int = 0
    taken: dict[str, int] = {}
    known: int = 0
    refused: int = 0


class Read(msgspec.Struct):
    """All that a carrier brought. ``left``: feeds and networks that are none of ours."""

    writers: list[WriterRead] = []
    taken: dict[str, int] = {}
    known: int = 0
    refused: list[Fault] = []
    unnamed: int = 0
    """Faults beyond those that are named."""
    left: list[Fault] = []


class _Source(NamedTuple):
    """A manifest that holds."""

    manifest: Manifest
    writer: Member
    read: WriterRead


class _Candidate(NamedTuple):
    source: _Source
    file: File


async def read(node: Receiving, store: Store, identity: Identity, path: Path) -> Read:
    """Take in what the folder has for this member.

    ``CarrierRefused`` when there is nothing of its network; ``AppendRefused`` when this member's own disk
    takes no more (what was taken until then stays).
    """
    with await asyncio.to_thread(_network_of, path, identity.network_id) as (network, others):
        reading = _Reading(node, store, identity, network)
        reading.result.left += [Fault(f"{TOP}/{shown(name)}", "other_network") for name in others]
        await reading.run()
        return reading.result


class _Found:
    """The folder of our network, and the names of others beside it."""

    def __init__(self, network: Folder, others: list[str]) -> None:
        self._network = network
        self._others = others

    def __enter__(self) -> tuple[Folder, list[str]]:
        return self._network.__enter__(), self._others

    def __exit__(self, *error: object) -> None:
        self._network.close()


def _network_of(path: Path, network_id: str) -> _Found:
    with Folder.open(path) as stick:
        try:
            with stick.sub(TOP) as top:
                others = [name for name in top.names() if name != network_id][:MAX_NETWORKS]
                return _Found(top.sub(network_id), others)
        except Unreadable as error:
            if error.code != "missing":
                raise CarrierRefused("no_rights", f"{path}/{TOP}", str(error)) from None
            raise CarrierRefused("other_network" if _has(stick, TOP) else "empty", str(path)) from None


def _has(folder: Folder, name: str) -> bool:
    try:
        with folder.sub(name) as sub:
            return bool(sub.names())
    except Unreadable:
        return False


class _Reading:
    def __init__(self, node: Receiving, store: Store, identity: Identity, network: Folder) -> None:
        self._node = node
        self._store = store
        self._identity = identity
        self._network = network
        self._evidence: set[tuple[str, str]] = set()
        self.result = Read()

    async def run(self) -> None:
        rows = await asyncio.to_thread(self._store.quarantine, REMEMBERED_EVIDENCE)
        self._evidence = {(row.feed, row.reason) for row in rows}
        sources, faults = await asyncio.to_thread(self._survey)
        for fault, evidence in faults:
            await self._refuse(None, fault, evidence)
        self.result.writers = [source.read for source in sources]
        feeds = _by_feed(sources)
        await self._membership(feeds)
        for source in sources:
            if source.writer.member_id in self._node.roster.revoked:
                await self._refuse(source, Fault(source.writer.member_id, "revoked"), b"")
        for feed in sorted(feeds, key=lambda feed: (turn_of(feed.topic), feed)):
            if self._node.takes(feed):
                await self._feed(feed, feeds[feed])
            elif feed.member not in self._node.roster.members:
                self.result.left.append(Fault(str(feed), "unknown_member"))
        taken: Counter[str] = Counter()
        for source in sources:
            taken.update(source.read.taken)
            about = source.read
            detail = f"from a folder; {about.known} known already" + f"; {about.refused} refused" * (about.refused > 0)
            self._node.note("carried", about.member, detail, about.taken, about.bytes)
        self.result.taken = dict(sorted(taken.items()))
        await self._tell_what_was_heard(sources)

    # --- what is there -------------------------------------------------------

    def _survey(self) -> tuple[list[_Source], list[tuple[Fault, bytes]]]:
        """Every writer's manifest that holds, and what is wrong with the rest. Off the loop."""
        sources: list[_Source] = []
        faults: list[tuple[Fault, bytes]] = []
        try:
            names = self._network.names()
        except Unreadable as error:
            return [], [(Fault(self._network.path, error.code, error.detail), b"")]
        for name in names[:MAX_WRITERS]:
            try:
                with self._network.sub(name) as folder:
                    source = self._source(folder, name)
                    sources.append(source)
                    faults += self._strangers(folder, name, source.manifest)
            except (Unreadable, Refusal) as error:
                faults.append((Fault(shown(name), error.code, error.detail), b""))
        if len(names) > MAX_WRITERS:
            faults.append((Fault(self._network.path, "too_many", str(len(names))), b""))
        return sources, faults

    def _source(self, folder: Folder, name: str) -> _Source:
        try:
            data = folder.read(files.MANIFEST, files.MAX_MANIFEST_BYTES)
        except Unreadable as error:
            if error.code == "missing":
                raise Refusal("no_manifest") from None
            raise
        manifest, writer = files.opened(data, self._identity.root, self._identity.network_id, name)
        known = self._node.roster.members.get(writer.member_id, writer)
        try:
            written_ms = clock.parse(manifest.hlc)[0]
        except ValueError:
            written_ms = 0
        about = WriterRead(writer.member_id, known.till_no, known.name, written_ms, len(manifest.files))
        return _Source(manifest, writer, about)

    def _strangers(self, folder: Folder, where: str, manifest: Manifest) -> list[tuple[Fault, bytes]]:
        """Files that nobody vouches for; unfinished ones of the writer's next run are nobody's fault."""
        listed = {file.name for file in manifest.files} | {files.MANIFEST}
        faults: list[tuple[Fault, bytes]] = []
        for name in folder.names():
            if name not in listed and not files.is_ours(name) and len(faults) < MAX_LINES:
                try:
                    faults.append((Fault(f"{where}/{shown(name)}", "foreign"), folder.read(name, EVIDENCE_BYTES)))
                except Unreadable as error:
                    faults.append((Fault(f"{where}/{shown(name)}", "foreign", str(error)), b""))
        return faults

    async def _tell_what_was_heard(self, sources: list[_Source]) -> None:
        """A stick that knows of this member says as much as its writer would over a link: a newcomer needs no other."""
        feed, seq = await asyncio.to_thread(self._joining)
        for source in sources:
            active = source.writer.member_id in self._node.roster.active()
            positions = _positions(source.manifest)
            if active and source.manifest.newcomer is not True and 0 < seq <= positions.get(feed, 0):
                taken = {feed: last for feed, last in positions.items() if self._node.takes(feed)}
                await self._node.heard(source.writer.member_id, taken)

    def _joining(self) -> tuple[Feed, int]:
        """Where the membership feeds say that this member was let in; 0 if they do not yet. Off the loop."""
        for record in self._store.membership_records():
            if record.kind == JOINED and record.body.get("member_id") == self._identity.member_id:
                return record.feed, record.seq
        return Feed(self._identity.member_id, "membership"), 0

    # --- taking it in --------------------------------------------------------

    async def _membership(self, feeds: dict[Feed, dict[int, list[_Candidate]]]) -> None:
        """All membership feeds that count: where authority was handed on, one names the next."""
        waiting = {feed for feed in feeds if feed.topic == "membership"}
        while taken := sorted(feed for feed in waiting if self._node.takes(feed)):
            for feed in taken:
                await self._feed(feed, feeds.pop(feed))
            waiting.difference_update(taken)

    async def _feed(self, feed: Feed, segments: dict[int, list[_Candidate]]) -> None:
        for segment in sorted(segments):
            most = 0
            for candidate in sorted(segments[segment], key=lambda one: -one.file.last):
                if candidate.source.writer.member_id in self._node.roster.revoked:
                    continue
                try:
                    run = await self._file(feed, candidate)
                except _FeedEnds:
                    return
                if run is not None:
                    kinds = Counter(candidate.source.read.taken)
                    kinds.update(record.kind for record in run)
                    candidate.source.read.taken = dict(sorted(kinds.items()))
                    count = candidate.file.last - candidate.file.first + 1
                    candidate.source.read.known += max(0, count - len(run))
                    self.result.known += max(0, count - len(run) - most)
                    most = max(most, count)

    async def _file(self, feed: Feed, candidate: _Candidate) -> tuple[Record, ...] | None:
        """One file: the records it brought, None if it was refused. ``_FeedEnds`` if what follows is no use."""
        source, file = candidate
        where = f"{source.writer.member_id}/{file.name}"
        try:
            chunks = await asyncio.to_thread(self._chunks, feed, candidate)
            if chunks is None:
                return ()
            source.read.bytes += file.size
            return await self._node.carry(feed, file.segment, chunks, source.writer.member_id)
        except _BadFile as error:
            await self._refuse(source, Fault(where, error.code, error.detail), error.data)
        except AppendRefused as error:
            if error.code not in _OF_THE_FILE:
                raise
            await self._refuse(source, Fault(where, error.code, error.reason), b"")
            if error.code != "bad_carrier":
                raise _FeedEnds from None
        return None

    def _chunks(self, feed: Feed, candidate: _Candidate) -> tuple[bytes, ...] | None:
        """Off the loop: the changes in a file, None if all is known; ``_BadFile`` if it is not what was signed."""
        source, file = candidate
        mine = self._store.records(feed, file.last - 1, 1)
        if mine and mine[0].hash == file.head:
            return None
        data = b""
        try:
            with self._network.sub(source.writer.member_id) as folder:
                data = folder.read(file.name, files.MAX_FILE_BYTES)
            return files.changes_in(file, data)
        except (Unreadable, Refusal) as error:
            raise _BadFile(error.code, error.detail, data) from None

    # --- what was not taken --------------------------------------------------

    async def _refuse(self, source: _Source | None, fault: Fault, evidence: bytes) -> None:
        """Name it, and keep the beginning of it as evidence: once, however often the stick is read."""
        if source is not None:
            source.read.refused += 1
        if len(self.result.refused) >= MAX_LINES:
            self.result.unnamed += 1
            return
        self.result.refused.append(fault)
        if not evidence:
            return
        begins = base64.b64encode(evidence[:EVIDENCE_BYTES]).decode()
        row = f"carrier {fault.where}", f"{fault.code} {files.digest(evidence)[:16]} {fault.detail}".strip()
        if row not in self._evidence:
            self._evidence.add(row)
            await self._node.keep_evidence(*row, f"{len(evidence)} bytes, in base64: {begins}")


def _positions(manifest: Manifest) -> dict[Feed, int]:
    """How far the writer had each feed."""
    positions: dict[Feed, int] = {}
    for file in manifest.files:
        feed = Feed.parse(file.feed)
        positions[feed] = max(file.last, positions.get(feed, 0))
    return positions


def _by_feed(sources: list[_Source]) -> dict[Feed, dict[int, list[_Candidate]]]:
    """All files by feed and segment."""
    found: dict[Feed, dict[int, list[_Candidate]]] = {}
    for source in sources:
        for file in source.manifest.files:
            found.setdefault(Feed.parse(file.feed), {}).setdefault(file.segment, []).append(_Candidate(source, file))
    return found


class _FeedEnds(Exception):
    """Nothing more of the feed can be taken from this stick."""


class _BadFile(Exception):
    """A file that is not what its manifest says, as far as it could be read."""

    def __init__(self, code: str, detail: str, data: bytes) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.data = data
