"""Two machines with one member id: a disk was copied and both copies run.

Each start of a till draws a *session*; it is told in the handshake. What shows a clone:

* A connection to my own member id whose session is not mine. (Mine: it is only my own address.)
* Two connections of one member with different sessions. Mostly that is a till that was started again while
  its old connection still stood, so the older one is only set aside and asked: are you alive, though there
  is session so-and-so? A process that has ended cannot answer. One that answers *signs* both sessions: that
  is the proof, which the other copy checks with its own key. Nobody can stop a till by just saying so.

Both copies then write nothing until a supervisor has decided (``gate.py``), and the third says what it has seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from replication.core.effects import Effect, Report
from replication.core.link import Link
from replication.core.model import Member, Now
from replication.core.wire import MAX_SESSION_CHARS, RemoteError

REASON = "this till exists twice: another machine runs with a copy of its disk"


class Clones:
    """What is asked and answered about copies. ``doubles``: members that exist twice, as far as I have seen."""

    def __init__(
        self,
        *,
        me: Member,
        network_id: str,
        session: str,
        key: Ed25519PrivateKey,
        tell: Callable[[Link, dict[str, Any], Now], None],
        emit: Callable[[Effect], None],
        stop: Callable[[str], None],
    ) -> None:
        self.session = session
        self.doubles: dict[str, Member] = {}
        self._me = me
        self._network_id = network_id
        self._key = key
        self._tell = tell
        self._emit = emit
        self._stop = stop
        self._pairs: dict[str, tuple[Link, Link]] = {}
        """By member: the connection set aside, and the one that took its place."""

    def met(self, link: Link) -> bool:
        """Whether a connection to my own member id leads to somebody else."""
        if not link.session or link.session == self.session:
            return False
        self._note(self._me)
        self._stop(REASON)
        return True

    def doubt(self, elder: Link, link: Link, now: Now) -> None:
        """A member has come with another session while its older connection still stands."""
        self._pairs[link.member.member_id] = (elder, link)
        self._tell(elder, {"t": "alive?", "session": link.session}, now)

    def forget(self, elder: Link) -> None:
        """The connection set aside has ended."""
        pair = self._pairs.get(elder.member.member_id)
        if pair is not None and pair[0] is elder:
            del self._pairs[elder.member.member_id]

    def on_message(self, link: Link, body: dict[str, Any], now: Now) -> bool:
        """Take a message of ours in; False if it is none of these."""
        what = body.get("t")
        if what not in ("alive?", "alive", "clone"):
            return False
        session, signature = body.get("session"), body.get("sig", b"")
        if not isinstance(session, str) or len(session) > MAX_SESSION_CHARS or not isinstance(signature, bytes):
            raise RemoteError("a session expected")
        if what == "alive?":
            if session != self.session:
                signed = self._key.sign(self._statement(self._me.member_id, self.session, session))
                self._tell(link, {"t": "alive", "session": session, "sig": signed}, now)
        elif what == "clone":
            statement = self._statement(self._me.member_id, session, self.session)
            if session != self.session and _is_signed(self._me.public_key, signature, statement):
                self._note(self._me)
                self._stop(REASON)
        else:
            self._on_alive(link, session, signature, now)
        return True

    def _on_alive(self, link: Link, other: str, signature: bytes, now: Now) -> None:
        elder, newer = self._pairs.get(link.member.member_id, (None, None))
        if elder is None or newer is None or link not in (elder, newer):
            return
        partner = newer if link is elder else elder
        statement = self._statement(link.member.member_id, link.session, other)
        if other != partner.session or not _is_signed(link.member.public_key, signature, statement):
            return
        self._note(link.member)
        self._tell(partner, {"t": "clone", "session": link.session, "sig": signature}, now)
        if link is elder:
            self._tell(newer, {"t": "alive?", "session": elder.session}, now)

    def _note(self, member: Member) -> None:
        if member.member_id not in self.doubles:
            self.doubles[member.member_id] = member
            detail = f"till {member.till_no} exists twice: two machines run with copies of one disk"
            self._emit(Report("clone", member.member_id, detail))

    def _statement(self, member_id: str, session: str, other: str) -> bytes:
        return f"tillmesh-alive/1\0{self._network_id}\0{member_id}\0{session}\0{other}".encode()


def _is_signed(public_key: bytes, signature: bytes, statement: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True
