"""The check of an export, from the root's certificate down.

1. Each writer's manifest is signed by a member whom the root has signed; each file is, to the byte, what it says.
2. A file's document holds a run of records and nothing else; what several writers have of a feed is the same.
3. The membership feeds make the roster: the founder named by the root's certificate, the line of authorities after it,
   members whose certificates the root has signed.
4. Every feed is of a member that may write it. Its records have no gap, follow from one another by hash and time, and
   each bears its writer's signature. Only such records are handed to whoever looks into what they say.

What no export can show is what its writer left off at the end of feeds: that is why it answers how far each goes
(``Head``), to be compared with another member's export or an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography import x509

from replication import certificates
from replication.certificates import CertificateRefused
from replication.core import clock, records
from replication.core.feeds import may_write
from replication.core.membership import Roster
from replication.core.model import SEGMENT_RECORDS, Feed, Member, Record, turn_of
from replication.core.records import BadRecord
from replication.crdt import CrdtError, SegmentDocument
from replication.exported.found import AfterRevocation, Checked, Head, Written
from replication.exported.trust import Root
from replication.net import carrier_files as files
from replication.net.carrier_files import File, Refusal
from replication.net.carrier_folder import CarrierRefused, Folder, Unreadable, shown
from replication.net.carrier_write import TOP
from replication.verify import fault_of

MAX_WRITERS = 1_000
_ACTOR = bytes(16)
REVOKED = "member.revoked/1"

Take = Callable[[Record, Member], None]
"""Given every record that holds, feed by feed in order, with its writer."""
Far = Callable[[int, int], None]
"""Told how many files have been read, of how many; what it raises ends the check."""


class _Source(NamedTuple):
    """A file that a writer vouches for."""

    writer: str
    file: File


def check(path: Path, root: Root, take: Take, far: Far = lambda _done, _of: None) -> Checked:
    """Check everything in the folder that is of the root's network.

    ``CarrierRefused`` if there is nothing of it (``no_folder``, ``empty``, ``other_network``).
    """
    network_id, founder = certificates.network_of(root.certificate)
    with Folder.open(path) as folder:
        try:
            with folder.sub(TOP) as top:
                return _in_top(top, path, _Checking(root.certificate, network_id, founder, take, far))
        except Unreadable as error:
            raise CarrierRefused("empty" if error.code == "missing" else "no_rights", str(path), str(error)) from None


def _in_top(top: Folder, path: Path, checking: _Checking) -> Checked:
    try:
        network = top.sub(checking.found.network)
    except Unreadable:
        raise CarrierRefused("other_network" if top.names() else "empty", str(path)) from None
    with network:
        checking.run(network)
    return checking.found


class _Checking:
    """One check."""

    def __init__(self, root: x509.Certificate, network_id: str, founder: str, take: Take, far: Far) -> None:
        self.found = Checked(network_id)
        self._root = root
        self._founder = founder
        self._take = take
        self._far = far
        self._read = self._files = 0
        self._feeds: dict[Feed, dict[int, list[_Source]]] = {}
        self._members: dict[str, Member] = {}
        self._authorities: set[str] = set()
        self._revoked: dict[str, str] = {}

    def run(self, network: Folder) -> None:
        self._survey(network)
        texts = {feed: self._texts(network, feed) for feed in self._feeds if feed.topic == "membership"}
        self._meet(texts)
        for feed in sorted(self._feeds, key=lambda feed: (turn_of(feed.topic), feed)):
            self._feed(network, feed, texts.get(feed))

    # --- what is there -------------------------------------------------------

    def _survey(self, network: Folder) -> None:
        for name in network.names()[:MAX_WRITERS]:
            try:
                with network.sub(name) as folder:
                    self._writer(folder, name)
            except (Unreadable, Refusal) as error:
                self.found.fault(shown(name), error.code, error.detail)
        self.found.files = self._files

    def _writer(self, folder: Folder, name: str) -> None:
        try:
            data = folder.read(files.MANIFEST, files.MAX_MANIFEST_BYTES)
        except Unreadable as error:
            raise Refusal("no_manifest" if error.code == "missing" else error.code) from None
        manifest, writer = files.opened(data, self._root, self.found.network, name)
        self.found.writers.append(
            Written(writer.member_id, writer.till_no, writer.name, manifest.hlc, len(manifest.files))
        )
        for file in manifest.files:
            feed = Feed.parse(file.feed)
            self._feeds.setdefault(feed, {}).setdefault(file.segment, []).append(_Source(name, file))
        self._files += len(manifest.files)
        listed = {file.name for file in manifest.files} | {files.MANIFEST}
        for other in folder.names():
            if other not in listed:
                self.found.fault(f"{name}/{shown(other)}", "unlisted")

    def _meet(self, texts: dict[Feed, dict[int, list[str]]]) -> None:
        """Who belongs to the network, by membership records whose signatures are looked at later, as all are."""
        roster = Roster(self._founder)
        parsed: list[Record] = []
        for feed, segments in texts.items():
            for segment in sorted(segments):
                try:
                    parsed += [records.parse(feed, text) for text in segments[segment]]
                except BadRecord:
                    break
        for record in parsed:
            roster.fold(record)
        self.found.name = roster.network_name
        self._authorities = set(roster.authorities)
        if not roster.members:
            self.found.fault(f"{self._founder}/membership", "no_membership")
        for member in roster.members.values():
            try:
                stated = certificates.member_of(member.certificate, self._root, self.found.network)
            except CertificateRefused as error:
                self.found.fault(f"{member.member_id}/{member.till_no}", "certificate", str(error))
                continue
            if msgspec.structs.replace(stated, name=member.name, site=member.site) != member:
                self.found.fault(f"{member.member_id}/{member.till_no}", "certificate", "it is for somebody else")
            else:
                self._members[member.member_id] = member
        for record in parsed:
            if record.kind == REVOKED and record.body.get("member_id") in roster.revoked:
                self._revoked.setdefault(str(record.body["member_id"]), record.hlc)

    # --- one feed ------------------------------------------------------------

    def _texts(self, network: Folder, feed: Feed) -> dict[int, list[str]]:
        """The texts of every segment that can be read, as whoever has most of it has them."""
        segments = sorted(self._feeds[feed])
        return {segment: texts for segment in segments if (texts := self._segment(network, feed, segment))}

    def _segment(self, network: Folder, feed: Feed, segment: int) -> list[str]:
        best: list[str] = []
        best_of = ""
        for writer, file in sorted(self._feeds[feed][segment], key=lambda source: -source.file.last):
            self._far(self._read, self._files)
            self._read += 1
            try:
                with network.sub(writer) as folder:
                    texts = _texts_in(file, folder.read(file.name, files.MAX_FILE_BYTES))
            except (Unreadable, Refusal) as error:
                self.found.fault(f"{writer}/{file.name}", error.code, error.detail)
                continue
            except (CrdtError, BadRecord) as error:
                self.found.fault(f"{writer}/{file.name}", "bad_carrier", str(error))
                continue
            if not best:
                best, best_of = texts, writer
            elif best[: len(texts)] != texts:
                at = next(at for at, (one, other) in enumerate(zip(best, texts, strict=False)) if one != other)
                self.found.fault(f"{feed}/{file.first + at}", "fork", f"{best_of}, {writer}")
        return best

    def _feed(self, network: Folder, feed: Feed, texts: dict[int, list[str]] | None) -> None:
        writer = self._members.get(feed.member)
        if writer is None:
            self.found.fault(str(feed), "unknown_member")
        elif feed.topic == "membership" and feed.member not in self._authorities:
            self.found.fault(str(feed), "role", "only the authority writes a membership feed")
            writer = None
        elif not may_write(writer.role, feed.topic):
            self.found.fault(str(feed), "role", f"a {writer.role} may not write the {feed.topic} feed")
            writer = None
        chain = _Chain(self, feed, writer)
        for segment in sorted(self._feeds[feed]):
            run = self._segment(network, feed, segment) if texts is None else texts.get(segment, [])
            chain.go_on(segment, run)
        chain.end()

    def hold(self, record: Record, writer: Member) -> None:
        """A record that holds."""
        self.found.records += 1
        self._take(record, writer)

    def sources(self, feed: Feed, segment: int) -> list[_Source]:
        """Who says that they have the segment."""
        return self._feeds[feed].get(segment, [])

    def late(self, writer: Member, count: int) -> None:
        """So many of a member's records are of after it was shut out."""
        if count:
            since = self._revoked[writer.member_id]
            self.found.after_revocation.append(AfterRevocation(writer.member_id, writer.till_no, count, since))

    def revoked_at(self, member_id: str) -> str:
        """The hybrid time of a member's revocation; beyond all times if it has none."""
        return self._revoked.get(member_id, clock.LATEST)


class _Chain:
    """The records of one feed, as far as they hold; without a ``writer`` its files are read, and no more."""

    def __init__(self, checking: _Checking, feed: Feed, writer: Member | None) -> None:
        self._checking = checking
        self._feed = feed
        self._writer = writer
        self._network_id = checking.found.network
        self._holds = writer is not None
        self._seq, self._prev, self._hlc = 0, records.genesis(self._network_id, feed), ""
        self._late = 0

    def go_on(self, segment: int, texts: Sequence[str]) -> None:
        """The next segment, or what there is of it."""
        if not self._holds or self._writer is None:
            return
        first = segment * SEGMENT_RECORDS + 1
        if not texts or self._seq != first - 1:
            self._broken(f"{self._feed}/{self._seq + 1}", "missing_records")
            return
        for text in texts:
            try:
                record = records.parse(self._feed, text)
            except BadRecord as error:
                self._broken(f"{self._feed}/{self._seq + 1}", "broken", str(error))
                return
            fault = fault_of(self._network_id, self._writer.public_key, record, self._seq + 1, self._prev, self._hlc)
            if not fault and not clock.EARLIEST <= record.hlc < clock.LATEST:
                fault = "is dated when no member can have written it"
            if fault:
                self._broken(f"{self._feed}/{self._seq + 1}", "broken", fault)
                return
            self._seq, self._prev, self._hlc = record.seq, record.hash, record.hlc
            self._late += record.hlc > self._checking.revoked_at(self._feed.member)
            self._checking.hold(record, self._writer)
        self._compare(segment)

    def _compare(self, segment: int) -> None:
        """Each manifest's word on the segment's last record."""
        for writer, file in self._checking.sources(self._feed, segment):
            if file.last == self._seq and file.head != self._prev:
                self._checking.found.fault(f"{writer}/{file.name}", "head")

    def _broken(self, where: str, code: str, detail: str = "") -> None:
        self._checking.found.fault(where, code, detail)
        self._holds = False

    def end(self) -> None:
        """How far it came."""
        if self._writer is not None:
            head = Head(str(self._feed), self._writer.till_no, self._seq, self._prev, self._hlc)
            self._checking.found.heads.append(head)
            self._checking.late(self._writer, self._late)


def _texts_in(file: File, data: bytes) -> list[str]:
    """The records of a file, which must be all that is in its document."""
    document = SegmentDocument.load(files.changes_in(file, data), _ACTOR)
    keys, operations = len(document), document.operations()
    found = [document.text(records.key(seq)) for seq in range(file.first, file.last + 1)]
    texts = [text for text in found if text is not None]
    if not len(texts) == len(found) == keys == operations:
        raise BadRecord(f"{len(texts)} records in {keys} keys and {operations} operations, {len(found)} are promised")
    return texts
