"""A head that is printed ahead and what goes on under it say together what the page would have said alone."""

from __future__ import annotations

import pytest

from receipts import GERMAN, ShopHead, marked
from receipts.ahead import head_ahead, under, unused
from receipts.documents import page_of
from receipts.letterhead import HeadLine
from receipts.page import Gap, Logo, Page, Section
from receipts.text import text
from tests.golden.documents import DOCUMENTS

SHOP = ShopHead(("Zoo Neumann", HeadLine("Messestand 4", red=True)), logo=True, branch="Halle 4")
HEAD = head_ahead(SHOP)
WITHOUT = {"enrolment", "enrolment-several"}
"""What has the network's name for a head."""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_goes_on_under_the_head_or_has_another(name: str) -> None:
    assert HEAD is not None
    page = page_of(DOCUMENTS[name], SHOP, GERMAN)
    assert page is not None
    for section in page.sections:
        rest = under(HEAD.blocks, section)
        if rest is None:
            assert name in WITHOUT
            continue
        assert (rest.name, rest.cut) == (section.name, section.cut)
        assert "Zoo Neumann" not in text(Page((rest,)))
        above = [each for each in section.blocks[: section.blocks.index(Logo())] if each != Gap()]
        moved = [Gap(), *above] if above else []
        assert [*rest.blocks] == [*moved, *section.blocks[len(HEAD.blocks) + 2 * len(above) :]]
        twice = under(HEAD.blocks, marked(Page((section,)), "ZWEITDRUCK").sections[0])
        assert twice is not None
        assert "ZWEITDRUCK" in text(Page((twice,))).splitlines()[1]


def test_what_begins_with_less_more_or_something_else_above_does_not() -> None:
    assert HEAD is not None
    others = (HEAD.blocks[1:], (Gap(), *HEAD.blocks), HEAD.blocks[:-1], (Gap(), Logo(), *HEAD.blocks), ())
    assert [under(HEAD.blocks, Section("x", blocks)) for blocks in others] == [None] * len(others)


def test_a_head_that_is_not_used_says_so_and_is_cut() -> None:
    assert unused(GERMAN).cut
    assert "UNGÜLTIG" in text(Page((unused(GERMAN),)))


def test_a_shop_without_head_has_none_ahead() -> None:
    assert head_ahead(ShopHead(())) is None
