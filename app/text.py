"""Every text a user sees, in the language of the till.

Source texts (msgids) are English; ``app/locale`` holds the catalogues ``de`` and
``en``, both complete, compiled by ``make locale`` and shipped with the package.
Call :func:`use` once at start. A text that is defined before the language is known
(a table at module level) is wrapped in :func:`mark` and translated where it is shown.
"""

from __future__ import annotations

import gettext as catalogues
from pathlib import Path

LANGUAGES = ("de", "en")
DEFAULT_LANGUAGE = "de"
DOMAIN = "tillmesh"
LOCALE_FOLDER = Path(__file__).parent / "locale"


class _Chosen:
    """The one language of this process; a till speaks one language at a time."""

    language: str = DEFAULT_LANGUAGE
    catalogue: catalogues.NullTranslations = catalogues.translation(DOMAIN, LOCALE_FOLDER, [DEFAULT_LANGUAGE])


def use(language: str) -> None:
    """Speak this language from now on: one of ``LANGUAGES``; ``ValueError`` for any other."""
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for {language!r}; there are {', '.join(LANGUAGES)}")
    _Chosen.catalogue = catalogues.translation(DOMAIN, LOCALE_FOLDER, [language])
    _Chosen.language = language


def language() -> str:
    """The language spoken now."""
    return _Chosen.language


def gettext(message: str) -> str:
    """The text in the till's language."""
    return _Chosen.catalogue.gettext(message) if message else ""


def ngettext(singular: str, plural: str, count: int) -> str:
    """The text for ``count`` things in the till's language."""
    return _Chosen.catalogue.ngettext(singular, plural, count)


def local(number: str) -> str:
    """A decimal string (``2.39``) with the language's decimal sign."""
    return number.replace(".", ",") if language() == "de" else number


def mark(message: str) -> str:
    """Marks a text for the catalogues and gives it back unchanged; translate it where it is shown."""
    return message
