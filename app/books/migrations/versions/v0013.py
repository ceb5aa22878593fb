"""The first version that Alembic knows: books that have it were made as the tables said at that time."""

from __future__ import annotations

revision = "13"
down_revision = None
FOLD_ANEW = False


def upgrade() -> None:
    """There is nothing before it."""
