"""Assortments, and catalogues that say which till sells what and where its keys are; values of reference data."""

from __future__ import annotations

import msgspec


class Assortment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Articles that belong together, by ident number or group."""

    assortment_id: str
    name: str
    articles: tuple[str, ...] = ()
    article_groups: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.assortment_id


class CatalogueKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A key of a page: where it stands, what it says, what it sells."""

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
