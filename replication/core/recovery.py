"""Whether a till knows where its own feeds end: it writes no record before.

Theory of operation. A disk may be older than it believes: put back from a backup, or copied to
another machine. What it wrote since then is known to the peers only, and a record (and a receipt
number) given a second time splits the feed for good. So a till first listens, then writes::

                 others exist              a peer was heard, and what it has of my feeds is here
    (start) ────────────────► listening ──────────────────────────────────────────► clear
       │                       │  └── nobody could be reached in LISTEN_MS ────────►
       │                       │ nobody could be reached, and the home was copied
       │                       ▼
       │  a reason for suspicion             enough were heard; or a supervisor says so
       ├────────────────────────► suspect ─────────────────────────────────────────► clear
       │  stopped before, or: a copy of me, a record of mine that I did not write
       └────────────────────────► stopped ────────── a supervisor says so ─────────► clear

* *listening* ends within ``LISTEN_MS``, or once every known address has failed and ``FIRST_MS`` have
  passed. A connection that is just being made is waited for. Nothing is refused meanwhile, it waits.
* *suspicion* has four reasons: ``restore`` left its mark; the machine is another than last time; the
  newest that this disk knows is more than ``OLD_MS`` old; the home's own mark is not the one that it had
  (``home_mark.py``). It ends when all others have been heard, or a centre (it has everything), or one, and
  ``HEARD_ONE_MS`` have passed for the rest to come. Whoever was only copied listens first: with the others
  in reach nothing is refused.
* whoever was heard counts only once all that it has of my feeds is here: *behind* keeps every state.
* a network of one has nobody to ask: it never waits, and only the mark of ``restore`` makes it suspicious.

Members of other sites do not have my receipts: as long as there is somebody who does, only those count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from replication.core.model import Now

FIRST_MS = 300
LISTEN_MS = 1_500
HANDSHAKE_MS = 5_000
HEARD_ONE_MS = 10_000
OLD_MS = 72 * 3_600_000
AHEAD_MS = 300_000

RESTORED = "restored"
"""Kept by ``restore``: why this disk is suspected."""
COPIED = "copied"
"""Kept at the start that finds the home copied (``home_mark.py``): why this disk is suspected."""
MACHINE = "machine_id"
"""Kept: the machine on which this disk was last known to be right."""
STARTED = "started_ms"
"""Kept: Unix ms of the last start that ended ``clear``."""
STOPPED = "stopped"
"""Kept: ``code: reason``; nothing is written until a supervisor has decided."""
NAMES = (RESTORED, COPIED, MACHINE, STARTED, STOPPED)

CLONED, FORKED = "cloned", "forked"


class Sight(NamedTuple):
    """What is known of the others at a moment. ``others``: role by member id; ``heard``: whose positions are in."""

    others: Mapping[str, str]
    heard: frozenset[str]
    behind: bool
    """Somebody has, or had and is still being folded, more of my own feeds than I have in my books."""
    trying: bool
    """An address has not been tried yet."""
    connecting: bool
    """A connection stands whose other end has not said yet what it has."""


class Recovery:
    """The machine. ``kept`` are the kept values, ``known_ms`` the Unix ms of the newest record of each feed.

    ``machine`` is empty where machines have no name. ``alone``: no network is used at all.
    """

    def __init__(self, *, kept: Mapping[str, str], machine: str, known_ms: Sequence[int], alone: bool) -> None:
        self._kept = {name: kept[name] for name in NAMES if name in kept}
        self._machine = machine
        started = self._kept.get(STARTED, "")
        self._known_ms = (*known_ms, int(started) if started.isdecimal() else 0)
        self._alone = alone
        self._heard: set[str] = set()
        self._first_heard_ms = 0
        self._began_ms: int | None = None
        self.state = "listening"
        self.code = ""
        self.reason = ""
        """Why it is suspect or stopped, as a sentence for people who look into the log."""

    def begin(self, now: Now, others: Mapping[str, str]) -> dict[str, str | None]:
        """The till starts; what is to be kept."""
        self._began_ms = now.mono_ms
        stopped = self._kept.get(STOPPED)
        if stopped is not None:
            self.state = "stopped"
            self.code, _, self.reason = stopped.partition(": ")
            return {}
        self.reason = self._suspicion(now, others)
        copied = self._kept.get(COPIED, "") if others else ""
        if self.reason or (copied and self._alone):
            self.state, self.reason = "suspect", self.reason or copied
        elif copied:
            self.reason = copied  # nothing is refused before the others had their time to answer
        elif self._alone or not others:
            self.state = "clear"  # nobody was asked, so nothing is remembered of it
            return {COPIED: None} if self._kept.pop(COPIED, None) is not None else {}
        return {}

    def look(self, now: Now, sight: Sight) -> dict[str, str | None]:
        """Look at the others anew; what is to be kept because of it."""
        if self._began_ms is None or self.state in ("clear", "stopped"):
            return {}
        counted = sight.heard & sight.others.keys()
        if counted and not self._heard:
            self._first_heard_ms = now.mono_ms
        self._heard |= counted
        if sight.behind:
            return {}
        if self._heard_enough(now, sight) if self.reason else self._unheard_for_long(now, sight):
            return self._clear(now)
        if self.reason and now.mono_ms - self._began_ms >= (HANDSHAKE_MS if sight.connecting else LISTEN_MS):
            self.state = "suspect"
        return {}

    def confirm(self, now: Now) -> dict[str, str | None]:
        """A supervisor has decided that this till goes on."""
        return self._clear(now)

    def stop(self, code: str, reason: str) -> dict[str, str | None]:
        """There are two of this till (``CLONED``), or its feed goes two ways (``FORKED``)."""
        if self.state == "stopped" and (self.code == FORKED or code == CLONED):
            return {}
        self.state, self.code, self.reason = "stopped", code, reason
        self._kept[STOPPED] = f"{code}: {reason}"
        return {STOPPED: self._kept[STOPPED]}

    def _suspicion(self, now: Now, others: Mapping[str, str]) -> str:
        if RESTORED in self._kept:
            return self._kept[RESTORED] or "a backup has been put back"
        if not others:
            return ""
        machine = self._kept.get(MACHINE, "")
        if machine and self._machine and machine != self._machine:
            return "this disk was last used in another machine"
        # Somebody whose clock runs ahead must not make an old disk look new.
        newest_ms = max((ms for ms in self._known_ms if ms <= now.wall_ms + AHEAD_MS), default=0)
        if newest_ms and now.wall_ms - newest_ms > OLD_MS:
            days = (now.wall_ms - newest_ms) / 86_400_000
            return f"this disk has been away, or is a copy: the newest that it knows is {days:.0f} days old"
        return ""

    def _unheard_for_long(self, now: Now, sight: Sight) -> bool:
        assert self._began_ms is not None
        passed_ms = now.mono_ms - self._began_ms
        if self._heard or not sight.others:
            return True
        if sight.connecting:
            return passed_ms >= HANDSHAKE_MS
        return passed_ms >= LISTEN_MS or (passed_ms >= FIRST_MS and not sight.trying)

    def _heard_enough(self, now: Now, sight: Sight) -> bool:
        if not self._heard:
            return False
        if any(sight.others.get(member) == "centre" for member in self._heard):
            return True
        return self._heard >= sight.others.keys() or now.mono_ms - self._first_heard_ms >= HEARD_ONE_MS

    def _clear(self, now: Now) -> dict[str, str | None]:
        self.state, self.code, self.reason = "clear", "", ""
        keep: dict[str, str | None] = {STARTED: str(now.wall_ms)}
        keep |= {name: None for name in (RESTORED, COPIED, STOPPED) if name in self._kept}
        if self._machine and self._kept.get(MACHINE) != self._machine:
            keep[MACHINE] = self._machine
        self._kept = {name: value for name, value in {**self._kept, **keep}.items() if value is not None}
        return keep
