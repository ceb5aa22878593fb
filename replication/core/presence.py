"""Who has signed off: a till that is put away in the evening must not make all others' coverage incomplete.

Kinds, in the member's own circulation feed:

* ``member.signed_off/1``  on: {member id: hybrid time of that member's newest sign-on, empty for its joining}
* ``member.signed_on/1``   (nothing)

Theory. A member's *session* begins with its joining or its newest sign-on. A sign-off of F counts for me,
so that my coverage is complete without F, only if it knew my present session. Otherwise two tills that
open alone could both believe in complete coverage and both use up the same voucher: A and B signed off
last night, each knowing the other's session of yesterday. This morning both open, cut off from one
another. For A, B's sign-off would count, for B A's, and nobody would ask anybody.

Why the rule prevents it: let A in session a leave B out, and B in session b leave A out. The sign-off of B
that A goes by knew a, so it came after a began; and b began after it, since B signs on before it claims. So
b came after a. By the same argument a came after b: a contradiction. The member that comes back later has to
ask the other, or knows that it does not know. A sign-off counts only once everything before it in that feed
is in my books (``applied``), so what was used up before it is known.

Where clocks stand does not matter: the hybrid time of a sign-on is used as its name, never compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from replication.core.model import Entry, Feed, Record

PRESENCE = "presence"
"""The kept value that remembers it, written in one batch with the records."""
SIGNED_OFF, SIGNED_ON = "member.signed_off/1", "member.signed_on/1"
MAX_NAMED = 10_000
"""Members that one sign-off may name."""


class Standing(msgspec.Struct, frozen=True):
    """How a member stands: its session, and if it has signed off which sessions it knew, and in which record."""

    session: str = ""
    off_seq: int = 0
    knew: dict[str, str] = {}


class Presence:
    """Sign-offs and sign-ons as folded from the circulation feeds; ``kept`` is the value as kept, if any."""

    def __init__(self, me: str, kept: str | None, applied: Callable[[Feed], int]) -> None:
        self._me = me
        self._applied = applied
        self._durable = _standings(kept)
        self._staged = dict(self._durable)

    @staticmethod
    def concerns(run: Iterable[Record]) -> bool:
        """Whether any of the records is about presence."""
        return any(record.kind in (SIGNED_OFF, SIGNED_ON) for record in run)

    def stage(self, run: Sequence[Record]) -> dict[str, str | None]:
        """Records are on their way to disk: what is to be kept in the same batch."""
        if not self.concerns(run):
            return {}
        _fold(self._staged, run)
        return {PRESENCE: msgspec.json.encode(self._staged).decode()}

    def fold(self, run: Sequence[Record]) -> None:
        """The records are on disk."""
        _fold(self._durable, run)

    def unstage(self) -> None:
        """Forget what is not on disk."""
        self._staged = dict(self._durable)

    def is_off(self, member_id: str) -> bool:
        """Whether the member has signed off and not on again."""
        return self._standing(member_id).off_seq > 0

    def left_out(self) -> set[str]:
        """Members without whom my coverage is complete: signed off, knowing my present session."""
        mine = self._standing(self._me).session
        return {
            member_id
            for member_id, standing in self._durable.items()
            if standing.off_seq
            and standing.knew.get(self._me) == mine
            and self._applied(Feed(member_id, "circulation")) >= standing.off_seq
        }

    def sign_off(self, members: Iterable[str]) -> Entry:
        """What I journal to sign off; ``members`` are those that could ask me, or be asked by me."""
        on = {member: self._standing(member).session for member in members if member != self._me}
        return Entry("circulation", SIGNED_OFF, {"on": on})

    def sign_on(self) -> Entry:
        """What I journal when I am back."""
        return Entry("circulation", SIGNED_ON, {})

    def _standing(self, member_id: str) -> Standing:
        return self._durable.get(member_id) or Standing()


def _fold(standings: dict[str, Standing], run: Iterable[Record]) -> None:
    for record in run:
        if record.feed.topic != "circulation":
            continue
        before = standings.get(record.feed.member) or Standing()
        if record.kind == SIGNED_ON:
            standings[record.feed.member] = Standing(session=record.hlc)
        elif record.kind == SIGNED_OFF:
            knew = record.body.get("on")
            named = knew if isinstance(knew, dict) and len(knew) <= MAX_NAMED else {}
            on = {member: hlc for member, hlc in named.items() if isinstance(member, str) and isinstance(hlc, str)}
            standings[record.feed.member] = Standing(before.session, record.seq, on)


def _standings(kept: str | None) -> dict[str, Standing]:
    try:
        return msgspec.json.decode(kept, type=dict[str, Standing]) if kept else {}
    except msgspec.MsgspecError:
        return {}  # nobody is believed to be away then: coverage is incomplete until they sign off anew
