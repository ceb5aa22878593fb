"""Pages of the assortment: numbered lists of articles, for tills whose cashiers choose by number; reference data.

A page is for the tills that it names; if it names none, for a site, and without that for all. A till has every page
that is for it, in the order of their ids, so that the pages of one till are numbered 1, 2, 3.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.domain.article import is_name
from app.domain.assortment import MAX_ID_LENGTH
from app.domain.claim_policy import MAX_SITE_LENGTH
from app.domain.codes import is_ident_no

MAX_PAGE_ARTICLES = 30
"""What two columns of a small screen show at once, and two digits number."""


class PageArticle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An article of a page; its number is its place. Without a label it is called by its name."""

    ident_no: str
    label: str = ""


class AssortmentPage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A page with a name, and the tills or the site that have it."""

    page_id: str
    name: str
    articles: tuple[PageArticle, ...]
    tills: tuple[int, ...] = ()
    site: str = ""

    @property
    def key(self) -> str:
        return self.page_id

    def check(self) -> None:
        """``ValueError`` for a page that cannot be shown."""
        if not 0 < len(self.page_id) <= MAX_ID_LENGTH or not self.page_id.isprintable() or not is_name(self.name):
            raise ValueError(f"an id has 1 to {MAX_ID_LENGTH} characters, a name 1 to 100")
        if not 0 < len(self.articles) <= MAX_PAGE_ARTICLES:
            raise ValueError(f"a page has 1 to {MAX_PAGE_ARTICLES} articles; make a second one")
        if not all(is_ident_no(each.ident_no) and (not each.label or is_name(each.label)) for each in self.articles):
            raise ValueError("an article of the page has no ident number, or its label is too long")
        if len(self.site) > MAX_SITE_LENGTH or not self.site.isprintable() or self.site != self.site.strip():
            raise ValueError(f"site: at most {MAX_SITE_LENGTH} printable characters")

    def is_for(self, till_no: int, site: str) -> bool:
        """Whether the till at the site has this page."""
        return till_no in self.tills if self.tills else self.site in ("", site)


def pages_for(pages: Mapping[str, AssortmentPage], till_no: int, site: str) -> tuple[AssortmentPage, ...]:
    """The till's pages, in the order of their ids."""
    return tuple(page for page in pages.values() if page.is_for(till_no, site))
