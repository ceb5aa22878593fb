"""Checks everything a store holds: each record's form, place, chain, time and signature, and each segment's document.

Ingest lets one signature vouch for a run; here every signature is checked, and every record
is compared with the Automerge document that carries it to others.
"""

from __future__ import annotations

from typing import NamedTuple

from cryptography import x509

from replication import certificates
from replication.certificates import CertificateRefused
from replication.core import records
from replication.core.documents import document_id
from replication.core.feeds import segment_of
from replication.core.membership import Roster
from replication.core.model import SEGMENT_RECORDS, Feed, Member, Record
from replication.core.records import BadRecord
from replication.crdt import CrdtError, SegmentDocument
from replication.store import Store, StoreDamaged

FAULTS_MAX = 100
"""One fault in a chain makes thousands; the first ones say where it began."""
_ACTOR = bytes(16)


class Report(NamedTuple):
    """How much was checked, and what does not hold, as sentences."""

    feeds: int
    records: int
    faults: tuple[str, ...]


def verify(store: Store, network_id: str, root: x509.Certificate, me: Member) -> Report:
    """Check the whole store; ``StoreDamaged`` only where not even the list of feeds can be read."""
    faults: list[str] = []
    heads = store.heads()
    roster = Roster(certificates.network_of(root)[1], store.membership_records())
    writers = {member.member_id: member for member in roster.members.values()} | {me.member_id: me}
    for member in roster.members.values():
        try:
            stated = certificates.member_of(member.certificate, root, network_id)
            if stated.public_key != member.public_key or stated.member_id != member.member_id:
                faults.append(f"member {member.till_no}: its certificate is for somebody else")
        except CertificateRefused as error:
            faults.append(f"member {member.till_no}: {error}")
    checked = 0
    for feed in sorted(heads):
        if feed.member not in writers:
            faults.append(f"{feed}: its writer is no member of the network")
            continue
        if len(faults) >= FAULTS_MAX:
            break
        try:
            checked += _feed(store, network_id, feed, heads[feed].seq, writers[feed.member].public_key, faults)
        except (StoreDamaged, BadRecord, CrdtError) as error:
            faults.append(f"{feed}: {error}")
    return Report(len(heads), checked, tuple(faults[:FAULTS_MAX]))


def _feed(store: Store, network_id: str, feed: Feed, last: int, public_key: bytes, faults: list[str]) -> int:
    prev, hlc, seq = records.genesis(network_id, feed), "", 0
    for segment in range(segment_of(last) + 1):
        run = store.records(feed, seq, SEGMENT_RECORDS)
        for record in run:
            fault = fault_of(network_id, public_key, record, seq + 1, prev, hlc)
            if fault:
                faults.append(f"{feed}: record {record.seq} {fault}")
                if len(faults) >= FAULTS_MAX:
                    return seq
            seq, prev, hlc = record.seq, record.hash, record.hlc
        chunks = store.chunks(document_id(network_id, feed, segment))
        document = SegmentDocument.load(tuple(chunk.data for chunk in chunks), _ACTOR)
        held = [document.text(records.key(record.seq)) for record in run]
        wrong = [record.seq for record, text in zip(run, held, strict=True) if text != record.text]
        if wrong:
            faults.append(f"{feed}: record {wrong[0]} is not what its document holds")
    if seq != last:
        faults.append(f"{feed}: record {seq + 1} is missing")
    return seq


def fault_of(network_id: str, public_key: bytes | None, record: Record, seq: int, prev: str, hlc: str) -> str:
    """Why the record cannot stand behind one of that hash and hybrid time; empty if it can.

    ``public_key`` None: its signature is left to a later record of its run, which vouches for it.
    """
    if record.seq != seq:
        return f"stands where {seq} belongs"
    if record.prev != prev:
        return "does not continue the chain"
    if record.hlc <= hlc:
        return "is earlier than the one before it"
    if public_key is not None and not records.verify_signature(public_key, network_id, record):
        return "is not signed by its writer"
    return ""
