"""Who may stand at the till; without hashes."""

from __future__ import annotations

from typing import Any

from app.books.questions.users import ListUsers
from app.till.queries.base import Desk, Query


class AskUsers(Query, frozen=True):
    pass


async def users(desk: Desk, _: AskUsers) -> dict[str, Any]:
    """Every user with roles and rights, and who is logged in here."""
    known = await desk.look(ListUsers())
    return {
        "logged_in": desk.runner.session.user or None,
        "users": [
            {
                "user": user.user,
                "name": user.name,
                "roles": list(user.roles),
                "rights": list(user.rights),
                "valid_until": user.valid_until or None,
                "has_pin": bool(user.pin_hash),
                "has_badge": bool(user.badge_hash),
            }
            for user in known
        ],
    }
