"""Web shops may change their orders. Books of before passed over the facts that say so, so they are folded anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "14", "13"
FOLD_ANEW = True


def upgrade() -> None:
    """A table for what was changed."""
    op.create_table(
        "order_changes",
        sa.Column("order_no", sa.Text(), primary_key=True),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Text(), nullable=False),
        sa.Column("customer_no", sa.Text(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
    )
