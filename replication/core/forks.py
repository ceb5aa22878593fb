"""Forks: two signed records with one number in one feed, because a disk was copied or put back and wrote on.

Theory of operation. *Suspicion* is cheap: a peer's position names a hash that is not mine at that
number (looked up on disk if I am further), or what it sends does not continue what I have. Then I ask
for its record (``show``) and compare it with mine::

    the same, signed           it is innocent of a fork; what it sent was simply bad: it is dropped
    another, signed            a fork: PROOF = both texts. The link stays, its owner is a victim like me
    not signed by the writer   a forgery: it is dropped

* *Proof* is checked by everybody himself, whoever brings it: same feed, same number, two texts, both signed
  by the writer. It is kept (as a kept value and in the quarantine) and passed on to every member that may
  see the feed, and to each that comes.
* *From then on* nothing is taken of that feed beyond the record before the proof's; until then it is still
  fetched, by newcomers too. If it is my own feed I stop writing until a supervisor has decided (``gate.py``).
* *What is guaranteed.* Records before the first that differs are the same everywhere. Of those after it each
  member keeps what it had taken before it heard of the fork, one branch or the other: facts are folded into
  the books and have been acted upon (paper, vouchers), so nothing is taken back. Both branches' records are
  with somebody, and none is invented. The members agree on *that* the feed is forked and where it was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from replication.core import records
from replication.core.effects import Effect, Find, Report
from replication.core.journal import Journal
from replication.core.link import Link
from replication.core.model import Feed, Member, Now
from replication.core.records import BadRecord
from replication.core.wire import RemoteError

KEPT = "fork/"
"""Prefix of the kept values: ``fork/MEMBER/TOPIC`` holds the two texts as JSON."""
MAX_FORKS = 64
MAX_FINDING = 256
ANSWER_MS = 3_000
LOOK_AGAIN_MS = 5_000
"""How often a peer's position below mine is compared with the disk, by link and feed."""
LOOKS_PER_TICK = 8


class Proof(NamedTuple):
    """Two texts of one record, each signed by the feed's writer; the lower first, so that all have the same."""

    seq: int
    texts: tuple[str, str]


class _Inquiry(NamedTuple):
    seq: int
    deadline_ms: int
    why_bad: str
    """Why the link is dropped if there is no fork; empty: it only said a hash."""


class Forks:
    """What is known of forks, and the questions about them. ``feed in forks``: nothing more is taken from it."""

    def __init__(
        self,
        *,
        me: str,
        network_id: str,
        journal: Journal,
        links: Mapping[int, Link],
        writer: Callable[[Feed], Member | None],
        visible: Callable[[Feed, Member], bool],
        tell: Callable[[Link, dict[str, Any], Now], None],
        drop: Callable[[Link, str], None],
        emit: Callable[[Effect], None],
    ) -> None:
        self._me = me
        self._network_id = network_id
        self._journal = journal
        self._links = links
        self._writer = writer
        self._visible = visible
        self._tell = tell
        self._drop = drop
        self._emit = emit
        self.known: dict[Feed, Proof] = {}
        self.on_own: Callable[[Feed, int], None] = lambda _feed, _seq: None
        """Called when it is a feed of mine that goes two ways."""
        self._inquiries: dict[tuple[int, Feed], _Inquiry] = {}
        self._finding: dict[int, Callable[[str], None]] = {}
        self._next_ticket = 1
        self._positions: dict[tuple[int, Feed], tuple[int, str]] = {}
        self._looked_ms: dict[tuple[int, Feed], int] = {}

    def __contains__(self, feed: object) -> bool:
        proof = self.known.get(feed) if isinstance(feed, Feed) else None
        return proof is not None and isinstance(feed, Feed) and self._journal.feeds.staged(feed) >= proof.seq - 1

    def remember(self, kept: Mapping[str, str]) -> None:
        """Take in what was known when I last ran."""
        for name, text in kept.items():
            if name.startswith(KEPT):
                try:
                    feed = Feed.parse(name.removeprefix(KEPT))
                    seq, first, second = msgspec.json.decode(text, type=tuple[int, str, str])
                except (ValueError, msgspec.MsgspecError):
                    continue  # it is found out anew
                self.known[feed] = Proof(seq, (first, second))

    # --- suspicion -----------------------------------------------------------

    def position(self, link: Link, feed: Feed, seq: int, hash_start: str, now: Now) -> None:
        """A peer says what the hash of its newest record is."""
        head = self._journal.feeds.durable_head(feed)
        if head is None or not 0 < seq <= head.seq or feed in self.known:
            return
        if seq == head.seq:
            self._positions.pop((link.link_id, feed), None)
            if not head.hash.startswith(hash_start) or not hash_start:
                self.ask(link, feed, seq, now)
            return
        self._positions[link.link_id, feed] = (seq, hash_start)
        if not link.greeted:
            self._look(link.link_id, feed, now)

    def tick(self, now: Now) -> None:
        """Compare positions whose turn has come, and give up on those who do not answer."""
        for key, inquiry in list(self._inquiries.items()):
            link = self._links.get(key[0])
            if link is None or now.mono_ms >= inquiry.deadline_ms:
                del self._inquiries[key]
                if link is not None and inquiry.why_bad:
                    self._drop(link, inquiry.why_bad)
        due = [
            key
            for key in self._positions
            if now.mono_ms - self._looked_ms.get(key, -LOOK_AGAIN_MS) >= LOOK_AGAIN_MS or key[0] not in self._links
        ]
        for link_id, feed in due[:LOOKS_PER_TICK]:
            self._look(link_id, feed, now)
        if len(self._looked_ms) > 4 * MAX_FINDING:
            self._looked_ms = {key: ms for key, ms in self._looked_ms.items() if key[0] in self._links}

    def _look(self, link_id: int, feed: Feed, now: Now) -> None:
        seq, hash_start = self._positions.pop((link_id, feed))
        self._looked_ms[link_id, feed] = now.mono_ms

        def compare(text: str) -> None:
            link = self._links.get(link_id)
            if link is not None and text and not _hash(feed, text).startswith(hash_start):
                self.ask(link, feed, seq, now)

        if link_id in self._links:
            self._find(feed, seq, compare)

    def asking(self, link: Link, feed: Feed) -> bool:
        """Whether the link has to explain itself before it is listened to on that feed."""
        return (link.link_id, feed) in self._inquiries

    def ask(self, link: Link, feed: Feed, seq: int, now: Now, why_bad: str = "") -> bool:
        """Ask a peer for its record; False if nothing can be asked."""
        if seq <= 0 or feed in self.known:
            return False
        if not self.asking(link, feed):
            self._inquiries[link.link_id, feed] = _Inquiry(seq, now.mono_ms + ANSWER_MS, why_bad)
            self._tell(link, {"t": "show", "feed": str(feed), "seq": seq}, now)
        return True

    # --- messages ------------------------------------------------------------

    def on_message(self, link: Link, body: dict[str, Any], now: Now) -> bool:
        """Take a message of ours in; False if it is none of these."""
        what = body.get("t")
        if what not in ("show", "shown", "fork"):
            return False
        try:
            feed = Feed.parse(str(body.get("feed")))
        except ValueError:
            raise RemoteError("a feed expected") from None
        if what == "fork":
            texts = body.get("texts")
            if not isinstance(texts, list) or len(texts) != 2 or not all(isinstance(text, str) for text in texts):
                raise RemoteError("two records expected")
            self.prove(feed, texts[0], texts[1], link.member.member_id, now)
            return True
        seq = body.get("seq")
        if not isinstance(seq, int) or isinstance(seq, bool) or not 0 < seq < 2**40:
            raise RemoteError("a number expected")
        if what == "show":
            if self._visible(feed, link.member) and seq <= self._journal.feeds.durable(feed):
                self._find(feed, seq, lambda text: self._show(link, feed, seq, text, now))
        else:
            self._on_shown(link, feed, seq, body.get("text"), now)
        return True

    def _show(self, link: Link, feed: Feed, seq: int, text: str, now: Now) -> None:
        if text and self._links.get(link.link_id) is link:
            self._tell(link, {"t": "shown", "feed": str(feed), "seq": seq, "text": text}, now)

    def _on_shown(self, link: Link, feed: Feed, seq: int, text: object, now: Now) -> None:
        inquiry = self._inquiries.get((link.link_id, feed))
        if inquiry is None or inquiry.seq != seq or not isinstance(text, str):
            return

        def compare(mine: str) -> None:
            self._inquiries.pop((link.link_id, feed), None)
            if self._links.get(link.link_id) is not link:
                return
            if mine == text:
                if inquiry.why_bad:
                    self._drop(link, inquiry.why_bad)
            elif not self.prove(feed, mine, text, link.member.member_id, now):
                self._drop(link, f"it shows a record {seq} of {feed} that its writer has not signed")

        self._find(feed, seq, compare)

    def greet(self, link: Link, now: Now) -> None:
        """Somebody has come: tell what is known."""
        for feed, proof in self.known.items():
            self._pass_on(link, feed, proof, now)

    def _pass_on(self, link: Link, feed: Feed, proof: Proof, now: Now) -> None:
        if self._visible(feed, link.member):
            self._tell(link, {"t": "fork", "feed": str(feed), "texts": list(proof.texts)}, now)

    # --- proof ---------------------------------------------------------------

    def prove(self, feed: Feed, one: str, other: str, source: str, now: Now) -> bool:
        """Whether the two texts are a fork; if so it is remembered and everybody is told."""
        writer = self._writer(feed)
        if writer is None or len(self.known) >= MAX_FORKS or one == other:
            return False
        try:
            found = [records.parse(feed, text) for text in sorted((one, other))]
        except BadRecord:
            return False
        if found[0].seq != found[1].seq or not all(
            records.verify_signature(writer.public_key, self._network_id, record) for record in found
        ):
            return False
        seq, proof = found[0].seq, Proof(found[0].seq, (found[0].text, found[1].text))
        before = self.known.get(feed)
        if before is not None and before.seq <= seq:
            return True
        self.known[feed] = proof
        self._inquiries = {key: inquiry for key, inquiry in self._inquiries.items() if key[1] != feed}
        kept = msgspec.json.encode((seq, *proof.texts)).decode()
        self._journal.keep({f"{KEPT}{feed}": kept})
        self._journal.quarantine(str(feed), "fork", "\n".join(proof.texts))
        detail = f"{feed} has two records {seq}: a copied or restored disk; nothing more is taken from it"
        self._emit(Report("fork", source, detail))
        for link in self._links.values():
            if link.up and link.member.member_id != source:
                self._pass_on(link, feed, proof, now)
        if feed.member == self._me:
            self.on_own(feed, seq)
        return True

    # --- looking records up --------------------------------------------------

    def found(self, ticket: int, text: str) -> None:
        """The disk has answered; an empty text: there is none."""
        then = self._finding.pop(ticket, None)
        if then is not None:
            then(text)

    def _find(self, feed: Feed, seq: int, then: Callable[[str], None]) -> None:
        if len(self._finding) < MAX_FINDING:
            ticket, self._next_ticket = self._next_ticket, self._next_ticket + 1
            self._finding[ticket] = then
            self._emit(Find(ticket, feed, seq))


def _hash(feed: Feed, text: str) -> str:
    return records.parse(feed, text).hash
