"""Every text a user sees, in the language of the till.

Source texts (msgids) are English; ``app/locale`` holds the catalogues ``de`` and
``en``, both complete, compiled by ``make locale`` and shipped with the package.
Call :func:`use` once at start; who asks an engine is :func:`spoken_to` in a language
of its own. A text that is defined before the language is known (a table at module
level) is wrapped in :func:`mark` and translated where it is shown.
"""

from __future__ import annotations

import contextlib
import functools
import gettext as catalogues
import re
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path

LANGUAGES = ("de", "en")
DEFAULT_LANGUAGE = "de"
DOMAIN = "tillmesh"
_DAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
LOCALE_FOLDER = Path(__file__).parent / "locale"


@functools.cache
def _read(language: str) -> catalogues.NullTranslations:
    return catalogues.translation(DOMAIN, LOCALE_FOLDER, [language])


class _Chosen:
    """The one language of this process; a till speaks one language at a time."""

    language: str = DEFAULT_LANGUAGE
    catalogue: catalogues.NullTranslations = _read(DEFAULT_LANGUAGE)


_Spoken = tuple[str, catalogues.NullTranslations]
_asking: ContextVar[_Spoken | None] = ContextVar("language of who asks", default=None)
"""Instead of the process's, in a task and what it does in threads."""


def use(language: str) -> None:
    """Speak this language from now on: one of ``LANGUAGES``; ``ValueError`` for any other."""
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for {language!r}; there are {', '.join(LANGUAGES)}")
    _Chosen.catalogue = _read(language)
    _Chosen.language = language


@contextlib.contextmanager
def spoken_to(language: str) -> Iterator[None]:
    """Within this, the language of whoever is answered; the process's own if it is none of ``LANGUAGES``."""
    before = _asking.set((language, _read(language)) if language in LANGUAGES else None)
    try:
        yield
    finally:
        _asking.reset(before)


def language() -> str:
    """The language spoken now."""
    asking = _asking.get()
    return _Chosen.language if asking is None else asking[0]


def gettext(message: str) -> str:
    """The text in the language spoken now."""
    return _catalogue().gettext(message) if message else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """The text for ``count`` things in the language spoken now."""
    return _catalogue().ngettext(singular, plural, count)


def _catalogue() -> catalogues.NullTranslations:
    asking = _asking.get()
    return _Chosen.catalogue if asking is None else asking[1]


def local(number: str) -> str:
    """A decimal string (``2.39``) with the language's decimal sign."""
    return number.replace(".", ",") if language() == "de" else number


def day(iso: str) -> str:
    """A day (``2026-12-24``) as the language writes it; whatever else as it is."""
    return ".".join(reversed(iso.split("-"))) if language() == "de" and _DAY.fullmatch(iso) else iso


def month(iso: str) -> str:
    """A month (``2026-12``) as the language writes it; whatever else as it is."""
    first = day(f"{iso}-01")
    return iso if first == f"{iso}-01" else first.removeprefix("01.")


def moment(at: datetime | str, *, seconds: bool = False, year: bool = True) -> str:
    """An instant (aware, or ISO 8601) as the clock on the wall had it, to the minute; empty for none."""
    if not at:
        return ""
    there = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone()
    on = day(there.date().isoformat())
    if not year:
        on = on.removesuffix(f"{there.year}").removeprefix(f"{there.year}-")
    return f"{on} {there:{'%H:%M:%S' if seconds else '%H:%M'}}"


def mark(message: str) -> str:
    """Marks a text for the catalogues and gives it back unchanged; translate it where it is shown."""
    return message
