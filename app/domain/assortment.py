"""Assortments, and catalogues that say which till sells what and where its keys are; values of reference data.

A till that no catalogue names sells everything, and so does one with a catalogue of no assortments.
With several catalogues it sells what is in any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from app.domain.article import is_name
from app.domain.codes import is_ident_no

MAX_ID_LENGTH = 40
MAX_KEY_LINES = 20
"""Rows and columns of a page; a screen of 80 columns shows far fewer."""
MAX_PAGES = 40


class Assortment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Articles that belong together, by ident number or group."""

    assortment_id: str
    name: str
    articles: tuple[str, ...] = ()
    article_groups: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.assortment_id

    def check(self) -> None:
        """``ValueError`` for a name or number that is none."""
        _check_named(self.assortment_id, self.name)
        if not all(map(is_ident_no, self.articles)) or not all(map(is_name, self.article_groups)):
            raise ValueError("an assortment holds ident numbers and article groups")


class CatalogueKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A key of a page: where it stands (from 1), what it says (nothing: the article's name), what it sells."""

    row: int
    column: int
    ident_no: str
    label: str = ""


class KeyPage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page of keys."""

    name: str
    keys: tuple[CatalogueKey, ...]


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the tills named sell (no assortments: everything), and their key pages."""

    catalogue_id: str
    name: str
    tills: tuple[int, ...] = ()
    assortments: tuple[str, ...] = ()
    pages: tuple[KeyPage, ...] = ()

    @property
    def key(self) -> str:
        return self.catalogue_id

    def check(self) -> None:
        """``ValueError`` for pages that cannot be laid out."""
        _check_named(self.catalogue_id, self.name)
        if len(self.pages) > MAX_PAGES or not all(is_name(page.name) for page in self.pages):
            raise ValueError(f"a catalogue has at most {MAX_PAGES} pages, each with a name")
        for page in self.pages:
            places = [(key.row, key.column) for key in page.keys]
            if len(set(places)) != len(places):
                raise ValueError(f"two keys of page {page.name} stand in one place")
            if not all(1 <= number <= MAX_KEY_LINES for place in places for number in place):
                raise ValueError(f"rows and columns go from 1 to {MAX_KEY_LINES}")
            if not all(is_ident_no(key.ident_no) and (not key.label or is_name(key.label)) for key in page.keys):
                raise ValueError(f"a key of page {page.name} sells no ident number, or its label is too long")


class Selection(NamedTuple):
    """What a till sells; None: everything."""

    articles: frozenset[str] | None = None
    article_groups: frozenset[str] = frozenset()

    def has(self, ident_no: str, article_groups: tuple[str, ...]) -> bool:
        """Whether the article is sold here."""
        if self.articles is None or ident_no in self.articles:
            return True
        return any(group in self.article_groups for group in article_groups)


def catalogues_of(catalogues: Mapping[str, Catalogue], till_no: int) -> tuple[Catalogue, ...]:
    """The catalogues that name the till, in the order of their ids."""
    return tuple(catalogue for catalogue in catalogues.values() if till_no in catalogue.tills)


def selection_of(catalogues: Mapping[str, Catalogue], assortments: Mapping[str, Assortment], till_no: int) -> Selection:
    """What the till sells."""
    mine = catalogues_of(catalogues, till_no)
    if not all(catalogue.assortments for catalogue in mine) or not mine:
        return Selection()
    wanted = {name for catalogue in mine for name in catalogue.assortments}
    found = [assortments[name] for name in sorted(wanted) if name in assortments]
    return Selection(
        frozenset(ident_no for each in found for ident_no in each.articles),
        frozenset(group for each in found for group in each.article_groups),
    )


def _check_named(identity: str, name: str) -> None:
    if not 0 < len(identity) <= MAX_ID_LENGTH or not identity.isprintable() or not is_name(name):
        raise ValueError(f"an id has 1 to {MAX_ID_LENGTH} characters, a name 1 to 100")
