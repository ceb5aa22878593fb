"""Everything that is asked of a home from outside comes through its door: who asks, whether they may, whose word it is,
and what the office's log says of it.

1. A connection on which somebody logs in (``office_enter``) is the office's screens' from then on: whatever is asked on
   it, whatever program asks, is asked by that person, with the rights of that moment (``rights.py``), and in nobody
   else's name. Before the login and after everybody has left next to nothing is answered.
2. Whoever came while there were no users may do everything until they leave, so that they can make the users.
3. Any other connection is a command's. The home's files and its socket are those of one user of the machine, who owns
   it: commands may do everything, in the name of that user (``cli:NAME``, as no user of the network can be called), or
   in that of a user whom they name with ``--by``; the log then says both.
4. What is done is done: a log that cannot be written refuses nothing. Only a centre logs commands, for nobody looks
   for the office's log at a till; and a till that is open for selling (``attach``) keeps a log of its own.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pwd
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.books.questions.reference import AskReference
from app.books.questions.users import FindUser
from app.domain.user import EVERYTHING, Role, permissions
from app.engine.control import Operation, Refused
from app.office.every import NEEDS
from app.office.parts import OfficeParts
from app.office.rights import Needs, Person, asked_by, never, written
from app.text import gettext as _
from app.till.refusals import sentence

ENTER, LEAVE, DID = "office_enter", "office_leave", "office_did"
COMMAND = "cli:"
"""Before the name of the machine's user; a user of the network has no colon in the name."""
NAME_MAX = 40
UNKNOWN = never("it is in no list")
log = logging.getLogger(__name__)


def machine_user(uid: int | None = None) -> str:
    """The name of the machine's user; of whom this process is, if nobody is given."""
    uid = os.getuid() if uid is None else uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


class Door:
    """The door of one home."""

    def __init__(self, parts: OfficeParts, operations: Mapping[str, Operation]) -> None:
        self._parts = parts
        self._operations = operations
        self._logs_commands = parts.identity.member().role == "centre"

    def visitor(self, uid: int | None = None) -> Visitor:
        """Whoever has connected, by the number of the machine's user; None: a command in this process."""
        return Visitor(self, f"{COMMAND}{machine_user(uid)}"[:NAME_MAX], logs_commands=self._logs_commands)

    async def person(self, user: str) -> Person:
        """Who that is and may do now; ``Refused`` for somebody who could not log in any more."""
        if not user:
            return Person("", "", EVERYTHING.rights)
        found, roles = await asyncio.to_thread(self._known, user)
        today = datetime.fromtimestamp(self._parts.wall_ms() / 1000, UTC).astimezone().date().isoformat()
        if found is None:
            raise Refused("login_needed", sentence("login_needed", {}, _))
        if found.valid_until and found.valid_until < today:
            raise Refused("user_expired", sentence("user_expired", {"user": found.name, "day": found.valid_until}, _))
        return Person(user, found.name or user, permissions(roles, found.roles, found.rights).rights)

    def _known(self, user: str) -> Any:
        books = self._parts.desk.books
        return books.ask(FindUser(user)), books.ask(AskReference()).all(Role)

    async def log(self, user: str, what: str) -> None:
        """Keep what was done in the office's log."""
        try:
            await self._operations[DID]({"user": user, "what": what, "done": True})
        except Exception as fault:  # noqa: BLE001 - it is done, and whoever did it is told so
            log.warning("the office's log lacks that %s did %r: %s", user, what, fault)


class Visitor:
    """One connection, or one command."""

    def __init__(self, door: Door, command: str, *, logs_commands: bool) -> None:
        self._door = door
        self._command = command
        self._logs_commands = logs_commands
        self._at_screens = False
        self._user: str | None = None
        """Who has logged in; empty: there were no users; None: nobody."""

    async def __call__(self, op: str, args: dict[str, Any], operation: Operation) -> Any:
        """The operation's answer; ``Refused`` with the name of the right that is missing."""
        needs = NEEDS.get(op, UNKNOWN)
        if op == ENTER:
            return await self._enter(args, operation)
        if self._at_screens:
            return await self._for_person(op, needs, args, operation)
        return await self._for_command(op, needs, args, operation)

    async def _enter(self, args: dict[str, Any], operation: Operation) -> Any:
        self._at_screens, self._user = True, None
        answer = await operation(args)
        self._user = str(answer["user"])
        return answer

    async def _for_person(self, op: str, needs: Needs, args: dict[str, Any], operation: Operation) -> Any:
        user = self._user
        if op in (LEAVE, DID):
            args = {**args, "user": user or ""}
        if op == LEAVE:
            self._user = None
            return await operation(args) if user is not None else None
        if needs.before:
            return await operation(args)
        if user is None:
            raise Refused("login_needed", sentence("login_needed", {}, _))
        person = await self._door.person(user)
        person.check(needs, args)
        if needs.by:
            args = {**args, "by": user}
        with asked_by(person):
            answer = await operation(args)
        if what := written(needs.deed, args, answer):
            await self._door.log(user, what)
        return person.shown(answer)

    async def _for_command(self, op: str, needs: Needs, args: dict[str, Any], operation: Operation) -> Any:
        if op == "attach":
            self._logs_commands = False
        said = ""
        if needs.by:
            said = args.get("by", "")
            args = {**args, "by": said or self._command}
        if op == DID:
            if not self._logs_commands:
                return None
            args = {**args, "user": self._command}
        answer = await operation(args)
        if self._logs_commands and (what := written(needs.deed, args, answer)):
            await self._door.log(self._command, f"{what} --by {said}" if said else what)
        return answer
