"""What the check of an export answers. Plain values."""

from __future__ import annotations

import msgspec

FAULTS_MAX = 500
"""Faults that are named; the first ones say where it began."""


class Fault(msgspec.Struct, frozen=True):
    """What does not hold, and where: a file, ``member/topic`` or ``member/topic/sequence``.

    ``code``: those of a carrier's reader (``app/carrier_words.py``), and ``unlisted`` (no manifest names the file),
    ``no_membership``, ``certificate``, ``role``, ``broken`` (``detail`` says how a record fails its place, chain, time
    or signature), ``missing_records``, ``fork``, ``head`` (the manifest says another last record).
    """

    where: str
    code: str
    detail: str = ""


class Written(msgspec.Struct, frozen=True):
    """Who put it there. ``hlc``: the newest hybrid time in it."""

    member: str
    till_no: int
    name: str
    hlc: str
    files: int


class Head(msgspec.Struct, frozen=True):
    """How far a feed goes: a later export must go on from here, and another member's must say the same here."""

    feed: str
    till_no: int
    records: int
    hash: str
    hlc: str


class AfterRevocation(msgspec.Struct, frozen=True):
    """Records that a member wrote after the authority had shut it out: it may not have heard of that."""

    member: str
    till_no: int
    records: int
    since: str


class Checked(msgspec.Struct):
    """All of it. ``unnamed``: faults beyond those that are named."""

    network: str
    name: str = ""
    writers: list[Written] = []
    heads: list[Head] = []
    records: int = 0
    files: int = 0
    faults: list[Fault] = []
    unnamed: int = 0
    after_revocation: list[AfterRevocation] = []

    def fault(self, where: str, code: str, detail: str = "") -> None:
        """One more."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(Fault(where, code, detail))
        else:
            self.unnamed += 1
