"""Addresses of databases that keep books, as people write them; without SQLAlchemy, for settings."""

from __future__ import annotations

from app.text import gettext as _

SCHEMES = ("postgresql", "postgresql+psycopg", "postgres")


def is_url(place: object) -> bool:
    """Whether it is a database server's address and no file."""
    return isinstance(place, str) and place.partition("://")[0] in SCHEMES


def checked(text: str) -> str:
    """The address, or nothing; ``ValueError`` with a plain sentence, which holds no password."""
    if text and not (is_url(text) and text.partition("://")[2]):
        raise ValueError(_("is no address of a database; write postgresql://USER@HOST:PORT/DATABASE"))
    return text
