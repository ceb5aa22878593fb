"""Members that lie: a till with a valid certificate whose disk somebody has altered, and tampered sticks.

Whatever they show, an honest member must not take it, and must not be kept from what is true.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.simulation.network.network import Network
from app.simulation.network.notes import NOTE
from app.simulation.network.till import Till
from app.simulation.world import NETWORK_ID, Disk
from replication.core import clock, records
from replication.core.documents import document_id
from replication.core.feeds import segment_of
from replication.core.model import Chunk, Feed, FeedHead, Record
from replication.crdt import SegmentDocument

LIE = {"key": "a", "text": "a lie", "amount": 1_000_000}


def corrupt(network: Network) -> Till | None:
    """A till falls into bad hands; None if the network cannot spare one."""
    candidates = [till for till in network.tills if till.counts and not till.is_relay and not till.trusted]
    if len(network.honest) < 3 or not candidates:
        return None
    till = network.rng.choice(candidates)
    if till.hub is not None:
        till.crash()
    till.honest = False
    return till


def change_key(till: Till) -> None:
    """From now on it signs with a key that its certificate does not name."""
    till.key = Ed25519PrivateKey.from_private_bytes(bytes([255]) * 32)
    till.has_its_key = False


def forge_a_record(till: Till, disk: Disk) -> None:
    """The next record of somebody else's feed, signed with the wrong key."""
    feeds = [feed for feed, run in disk.records.items() if feed.member != till.name and run]
    if feeds:
        feed = till.network.rng.choice(feeds)
        run = disk.records[feed]
        wall_ms, _counter = clock.parse(run[-1].hlc)
        forged = _signed(till, feed, FeedHead(run[-1].seq, run[-1].hash, clock.stamp(wall_ms + 1, 0)))
        document = document_id(NETWORK_ID, feed, segment_of(forged.seq))
        chunks = disk.chunks.setdefault(document, [])
        more = SegmentDocument.load([chunk.data for chunk in chunks], bytes(16))
        chunks += [Chunk(document, change) for change in more.put_all([(records.key(forged.seq), forged.text)])]
        run.append(forged)


def alter_a_record(till: Till, disk: Disk) -> None:
    """A record in the middle of somebody else's feed; the newest stays as its writer signed it."""
    feeds = [feed for feed, run in disk.records.items() if feed.member != till.name and len(run) > 1]
    if feeds:
        feed = till.network.rng.choice(feeds)
        run = disk.records[feed]
        at = till.network.rng.randrange(max(0, len(run) - 5), len(run) - 1)
        before = run[at - 1].hash if at else records.genesis(NETWORK_ID, feed)
        altered = _signed(till, feed, FeedHead(at, before, run[at].hlc))
        _replace(disk, feed, [*run[:at], altered, *run[at + 1 :]], altered.seq)


def _signed(till: Till, feed: Feed, head: FeedHead) -> Record:
    """A record of form and chain, signed by who has no right to."""
    return records.write(
        till.key, NETWORK_ID, feed, seq=head.seq + 1, hlc=head.hlc, prev=head.hash, kind=NOTE, body=LIE
    )


def _replace(disk: Disk, feed: Feed, run: Sequence[Record], seq: int) -> None:
    """Put the run in the feed's place, and write the segment of ``seq`` anew."""
    disk.records[feed] = list(run)
    segment = segment_of(seq)
    document = document_id(NETWORK_ID, feed, segment)
    anew = SegmentDocument.empty(bytes(16))
    texts = [(records.key(record.seq), record.text) for record in run if segment_of(record.seq) == segment]
    disk.chunks[document] = [Chunk(document, change) for change in anew.put_all(texts)]
