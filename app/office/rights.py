"""Which right each operation of a home needs when somebody asks it who has logged in at the office: the words of the
one list (``every.py``), and the list for the operations of the engine.

1. An operation names its rights, any one of which is enough; or says openly why none is needed (``free``), or why
   nobody at the office's screens has any business with it (``never``). One that is in no list is refused.
2. What does something says how it is written as a command: so it stands in the office's log, whoever asked, and
   whoever reads the log can try it. Its ``by`` is who has logged in, whatever was said.
3. Whom somebody can make a user, and what roles may do, is for those who manage users: ``check`` is asked before facts
   of master data are written, for an import, an undo or a copy that is put back may hold anything. Whoever may not
   change that is not told of it either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from app.domain.user import ABOUT_RIGHTS, MANAGES_USERS
from app.engine.control import Refused
from app.facts.base import Fact
from app.facts.master import ReferenceSet, UserSet
from app.text import gettext as _
from app.till.refusals.users import RIGHTS as CALLED


class Needs(NamedTuple):
    """What an operation needs of somebody who has logged in at the office."""

    rights: tuple[str, ...] = ()
    """Any one of them; none: ``why`` says why."""
    why: str = ""
    never: bool = False
    before: bool = False
    """Also asked before anybody has logged in, and after everybody has left."""
    deed: str = ""
    """As a command. Names in braces are arguments or parts of the answer, and what is in brackets is left out without
    its value. Empty: only a question, or it logs itself."""
    by: bool = False
    """Takes ``by``: whose word it is."""


def look(*rights: str) -> Needs:
    """A question."""
    return Needs(rights)


def deed(words: str, *rights: str, by: bool = True) -> Needs:
    """Something that is done, and how that is written as a command."""
    return Needs(rights, deed=words, by=by)


def free(why: str, *, before: bool = False) -> Needs:
    """For everybody who has logged in; ``before``: also for who has not."""
    return Needs(why=why, before=before)


def never(why: str) -> Needs:
    """For nobody at the office's screens."""
    return Needs(why=why, never=True)


_TILL = never("of the session of a till, which has users and rights of its own")
_PAPER = never("of the printer and devices of a till")
ENGINE: Mapping[str, Needs] = {
    "hello": free("says which member this is, which the login shows", before=True),
    "leave": free("ends the engine that the screens have started: who closes them closes it", before=True),
    "settled": free("waits, and says nothing"),
    "status": look("office_live"),
    "members": look("office_live", "office_tills", "office_master"),
    "log": look("office_live", "office_audit"),
    "verify": look("office_audit"),
    "fingerprint": look("office_audit"),
    "document": look("office_audit"),
    "digital_receipt": look("office_audit"),
    "check_receipt": look("office_audit"),
    "overdraws": look("settle_overdraw", "office_audit", "office_master"),
    "export": look("office_master"),
    "slots": look("office_tills"),
    "release": deed("network release --name {name}", "office_tills", by=False),
    "replace": deed("tills replace {no}", "office_tills", by=False),
    "rename": deed("network rename {no} --name {name}", "office_tills", by=False),
    "revoke": deed("tills revoke {no}", "office_tills", by=False),
    "hand_over": deed("network hand-over --to {no}", "office_tills", by=False),
    "carrier_write": deed("carrier write {path}", "office_tills", by=False),
    "carrier_read": deed("carrier read {path}", "office_tills", by=False),
    "backup": deed("backup {file}", "office_jobs", by=False),
    "settle_overdraw": look("settle_overdraw"),  # it asks for a PIN and logs itself
    "confirm": look("office_tills"),  # as well
    "imports": Needs(
        why="of programs: the screens ask take_over", never=True, deed="import {what} ({imported})", by=True
    ),
    "sign_off": never("of a member that closes; what it logged after that would call it back"),
    **dict.fromkeys(
        (
            "attach", "append", "keep", "kept", "claim", "cancel_claims", "release_claim", "examine", "weigh",
            "cancel_weighing", "open_gate", "charge", "cancel_charge", "settle_charge", "close_terminal", "readiness",
        ),
        _TILL,
    ),
    **dict.fromkeys(
        (
            "reprint", "accept", "copy", "print_log", "test_print", "test_device", "simulated", "practise",
        ),
        _PAPER,
    ),
}  # fmt: skip
"""Operations of ``app/engine``."""
ONLY_LOOKS = ("dry_run", "look")
SUBJECT_WORDS: Mapping[Any, str] = {"device_group": "group", "number_pool": "pool"}
"""What a plan's subjects are called on the command line."""
_NAMED = re.compile(r"{(\w+)}")
_OPTION = re.compile(r"\[([^]]*{(\w+)})\]")
NOTHING_DONE: Mapping[str, Any] = {"imported": 0, "changed": False, "done": False}
"""Answers of a deed that left everything as it was."""
PLANNED = "planned_change"


def written(words: str, args: Mapping[str, Any], answer: Any) -> str:
    """What was done, as a command; empty: nothing was."""
    if not words or any(args.get(each) for each in ONLY_LOOKS):
        return ""
    told = answer if isinstance(answer, dict) else {}
    if any(told.get(name, ...) is value for name, value in NOTHING_DONE.items()):
        return ""
    said = {**args, **told}  # a new value has its key only in the answer
    if "subject" in said:
        said["subject"] = SUBJECT_WORDS.get(said["subject"], said["subject"])
    plain = {name: _plain(value) for name, value in said.items() if value not in (None, "")}
    words = _OPTION.sub(lambda found: found[1] if found[2] in plain else "", words)
    return _NAMED.sub(lambda found: plain.get(found[1], "…"), words)


def _plain(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def missing(name: str, *rights: str) -> Refused:
    """The refusal for somebody who has none of these rights."""
    called = " / ".join(_(CALLED[right]) for right in rights)
    said = _("{user} has no right {right} ({called})").format(user=name, right=" / ".join(rights), called=called)
    return Refused("right_missing", said)


class Person(NamedTuple):
    """Who has logged in at the office; ``user`` is empty for whoever came before there were users."""

    user: str
    name: str
    rights: frozenset[str]

    def check(self, needs: Needs, args: Mapping[str, Any]) -> None:
        """``Refused`` unless this may be asked, with the right's name."""
        if needs.never:
            raise Refused("not_in_office", _("this is asked by nobody who has logged in at the office"))
        if needs.rights and self.rights.isdisjoint(needs.rights):
            raise missing(self.name, *needs.rights)
        if MANAGES_USERS not in self.rights and (args.get("kind") in ABOUT_RIGHTS or args.get("what") == "users"):
            raise missing(self.name, MANAGES_USERS)

    def shown(self, answer: Any) -> Any:
        """The answer without rows about who may do what, for whom they are not."""
        if MANAGES_USERS in self.rights or not isinstance(answer, list):
            return answer
        return [row for row in answer if not (isinstance(row, dict) and row.get("kind") in ABOUT_RIGHTS)]


_asking: ContextVar[Person | None] = ContextVar("who asks at the office's screens", default=None)


@contextmanager
def asked_by(person: Person) -> Iterator[None]:
    """What is done in here, this person asks for."""
    before = _asking.set(person)
    try:
        yield
    finally:
        _asking.reset(before)


def check(facts: Iterable[Fact]) -> None:
    """``Refused`` if whoever asks may not write these, since they say who may do what; before anything is written."""
    person = _asking.get()
    if person is not None and MANAGES_USERS not in person.rights and any(map(_about_rights, facts)):
        raise missing(person.name, MANAGES_USERS)


def _about_rights(fact: Fact) -> bool:
    if isinstance(fact, ReferenceSet):
        return fact.subject in ABOUT_RIGHTS or (fact.subject == PLANNED and fact.value.get("kind") in ABOUT_RIGHTS)
    return isinstance(fact, UserSet)
