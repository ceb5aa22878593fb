"""Who somebody is where no till session is: a supervisor who decides, as ``Approve`` asks at the till; who works in
the office.

1. As long as nobody who may approve has a PIN or a badge, whoever is named is believed, as at a till without users.
2. Then the name must be a user's who may approve, and the secret that user's PIN or the number of that user's badge.
   In the office the name may be left out with a badge, which says whose it is.
3. Wrong ones are counted as for logins (``app/till/guessing.py``), by user and for all names that are nobody's
   together; durably and *before* a secret is looked at, since each call may be the first of a new process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any, Protocol, TypeVar

import msgspec

from app.books.questions import Question
from app.books.questions.reference import AskReference
from app.books.questions.users import ListUsers, UserView
from app.domain.user import BADGES, Role, is_pin, permissions
from app.engine.control import Refused
from app.text import gettext as _
from app.till import pins
from app.till.guessing import Guesses
from app.till.refusals import sentence
from app.till.users import MAX_BADGE_LENGTH, NO_PIN

KEPT = "supervisor_guesses"
"""The kept value: ``Guesses`` by user as JSON; of names that are nobody's under the empty one."""
MISSED = "a wrong PIN or badge for a supervisor's decision"
"""What the sync log says of it; ``app/network_words.py`` has it in other languages."""
T = TypeVar("T")


class Known(Protocol):
    """What is asked of the books. Called off the loop."""

    def ask(self, question: Question[T]) -> T: ...

    def keyed(self, label: str, text: str) -> str | None: ...


class Vouching:
    """Checks who is named. ``keep`` makes kept values durable, ``kept`` is how KEPT was found at the start;
    ``noted`` hears of each secret that was wrong.
    """

    def __init__(
        self,
        books: Known,
        kept: str | None,
        keep: Callable[[dict[str, str | None]], Awaitable[None]],
        noted: Callable[[], None],
    ) -> None:
        self._books = books
        self._keep = keep
        self._noted = noted
        self._guesses = _guesses(kept)
        self._one_at_a_time = asyncio.Lock()

    async def supervisor(self, named: str, secret: str, *, today: date, now_ms: int) -> str:
        """The id of the user who decides; ``named`` itself while there is nobody to ask for a PIN. ``Refused``.

        ``pin_needed``: there are users, and no secret was given. ``now_ms`` is Unix time.
        """
        async with self._one_at_a_time:
            return await self._checked(named.strip()[:40], secret.strip(), today, now_ms)

    async def person(self, named: str, secret: str, *, today: date, now_ms: int) -> UserView | None:
        """The user of that name and PIN, password or badge; None while there are no users. ``Refused``."""
        async with self._one_at_a_time:
            users, _approving = await asyncio.to_thread(self._users)
            if not users:
                return None
            secret = secret.strip()
            user = users.get(named.strip()[:40]) if named.strip() else await asyncio.to_thread(self._of_badge, secret)
            return await self._proven(user, secret, today, now_ms)

    async def _checked(self, named: str, secret: str, today: date, now_ms: int) -> str:
        users, approving = await asyncio.to_thread(self._users)
        if not approving:
            return named
        if not secret:
            raise Refused("pin_needed", _("a supervisor decides: name yourself with --by, and type your PIN"))
        user = await self._proven(users.get(named), secret, today, now_ms)
        if user.user not in approving:
            raise _refused("cannot_approve", user=user.name)
        return user.user

    async def _proven(self, user: UserView | None, secret: str, today: date, now_ms: int) -> UserView:
        guesses = self._guesses.get(user.user if user else "", Guesses())
        if seconds := guesses.seconds_left(now_ms):
            raise _refused("login_locked", seconds=seconds)
        await self._count(user, guesses.missed(now_ms))
        if not await asyncio.to_thread(self._fits, user, secret) or user is None:
            self._noted()
            raise _refused("login_refused")
        await self._count(user, None)
        if user.valid_until and user.valid_until < today.isoformat():
            raise _refused("user_expired", user=user.name, day=user.valid_until)
        return user

    def _users(self) -> tuple[dict[str, UserView], frozenset[str]]:
        """All users by id, and who of them may approve and could show it."""
        roles: Mapping[str, Role] = self._books.ask(AskReference()).all(Role)
        users = {user.user: user for user in self._books.ask(ListUsers())}
        approving = {
            user.user
            for user in users.values()
            if (user.pin_hash or user.badge_hash) and permissions(roles, user.roles, user.rights).approves
        }
        return users, frozenset(approving)

    def _fits(self, user: UserView | None, secret: str) -> bool:
        """Takes tens of milliseconds, whoever is named."""
        pin_hash = user.pin_hash if user and user.pin_hash else NO_PIN
        if pins.fits(pin_hash, secret if is_pin(secret) else ""):
            return True
        badge = self._books.keyed(BADGES, secret.upper()) if len(secret) <= MAX_BADGE_LENGTH else None
        return user is not None and badge is not None and badge == user.badge_hash

    def _of_badge(self, number: str) -> UserView | None:
        badge = self._books.keyed(BADGES, number.upper()) if 0 < len(number) <= MAX_BADGE_LENGTH else None
        users: tuple[UserView, ...] = self._books.ask(ListUsers())
        return next((user for user in users if badge and user.badge_hash == badge), None)

    async def _count(self, user: UserView | None, guesses: Guesses | None) -> None:
        name = user.user if user else ""
        counted = {other: each for other, each in self._guesses.items() if other != name}
        if guesses is not None:
            counted[name] = guesses
        await self._keep({KEPT: msgspec.json.encode(counted).decode() if counted else None})
        self._guesses = counted


def _guesses(kept: str | None) -> dict[str, Guesses]:
    try:
        return msgspec.json.decode(kept, type=dict[str, Guesses]) if kept else {}
    except msgspec.MsgspecError:
        return {}


def _refused(code: str, **values: Any) -> Refused:
    return Refused(code, sentence(code, values, _))
