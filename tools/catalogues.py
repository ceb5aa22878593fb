"""Brings the catalogues up to date: extracts texts, adds what is new, drops what is gone, compiles.

``python tools/catalogues.py`` (``make locale``). New texts enter the English catalogue as they
stand; their German entries stay empty until someone translates them, which a test demands.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "app" / "locale"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None, "N_": None}
LANGUAGES = ("de", "en")
EPOCH = datetime(2026, 11, 21, tzinfo=UTC)
"""Catalogues carry no time of day, so that the same texts give the same bytes."""


def extracted() -> Catalog:
    """All msgids of the sources with the files they stand in."""
    template = Catalog(project="tillmesh", charset="utf-8")
    for package in ("app", "receipts"):
        for file, _line, message, comments, context in extract_from_dir(ROOT / package, keywords=KEYWORDS):
            if message and message != ("", ""):
                template.add(message, locations=[(f"{package}/{file}", 0)], auto_comments=comments, context=context)
    return template


def catalogue_path(language: str) -> Path:
    """Where the language's .po lies; its .mo lies beside it."""
    return LOCALE / language / "LC_MESSAGES" / "tillmesh.po"


def read(language: str) -> Catalog:
    """The language's catalogue as it is; empty if there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project="tillmesh", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing(catalogue: Catalog, template: Catalog) -> list[str]:
    """Msgids of the template without a text in the catalogue."""
    absent = []
    for message in template:
        if not message.id:
            continue
        known = catalogue.get(message.id)
        texts = known.string if known is not None else ""
        if known is None or known.fuzzy or not (all(texts) if isinstance(texts, tuple | list) else texts):
            absent.append(str(message.id))
    return absent


def renew(language: str, template: Catalog) -> list[str]:
    """Write the language's catalogue anew from the template; the msgids still without a text."""
    old = read(language)
    new = Catalog(
        locale=language,
        project="tillmesh",
        version="0.1.0",
        charset="utf-8",
        fuzzy=False,
        header_comment=f"# Texts of tillmesh, {language}. Renewed by `make locale`; msgids are the English texts.",
        last_translator="tillmesh",
        language_team=language,
        msgid_bugs_address="tillmesh",
        revision_date=EPOCH,
    )
    new.creation_date = EPOCH
    for message in template:
        if not message.id:
            continue
        known = old.get(message.id)
        string = known.string if known is not None else ""
        if language == "en" and not any(string):
            string = message.id
        new.add(message.id, string, locations=message.locations)
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, new, sort_output=True, width=110, include_lineno=False, omit_header=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, new)
    return missing(new, template)


def main() -> int:
    """Renew both catalogues; 1 if a text lacks its translation."""
    template = extracted()
    status = 0
    for language in LANGUAGES:
        absent = renew(language, template)
        for text in absent:
            print(f"{language}: no text for {text!r}", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
