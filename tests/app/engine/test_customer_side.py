"""What the customer sees, told by what the session has the engine keep and journal; the panel shows the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.engine.customer_side import CustomerSide
from app.facts.base import Fact
from app.till import commands as do
from app.till import customer_lines
from app.till.customer_lines import WORDS, Lines, words_for
from app.till.effects import Refuse
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

FOOD, PEN, LOOSE = "4006381333931", "2000000000015", "4711"
GREETING: Lines = (("Herzlich willkommen", ""), ("", ""))
CLOSED: Lines = (("Kasse geschlossen", ""), ("", ""))


class Watched:
    """A till with a display that is told what the engine is told."""

    def __init__(self, till: FakeTill, monkeypatch: pytest.MonkeyPatch) -> None:
        self.till = till
        self.side = CustomerSide(WORDS["de"])
        append, keep = till.engine.append, till.engine.keep

        async def told(
            facts: Sequence[Fact], *, keep: str | None, claim_id: str | None = None, printed: Fact | None = None
        ) -> None:
            await append(facts, keep=keep, claim_id=claim_id, printed=printed)
            self.side.journalled(facts, keep, printed)

        async def kept(text: str | None) -> None:
            await keep(text)
            self.side.kept(text)

        monkeypatch.setattr(till.engine, "append", told)
        monkeypatch.setattr(till.engine, "keep", kept)

    async def __call__(self, command: do.Command) -> Lines:
        """Carry it out; what is seen then."""
        answer = await self.till.runner.run(command)
        assert not isinstance(answer, Refuse), answer
        return self.side.lines

    @property
    def panel(self) -> Lines:
        return customer_lines.seen(self.till.runner.view(), WORDS["de"])


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    network = FakeNetwork()
    yield Watched(make_till(network, tmp_path), monkeypatch)
    network.close()


async def test_a_sale_is_seen_line_by_line_until_its_change(watched: Watched) -> None:
    assert watched.side.lines == CLOSED
    assert await watched(do.ProgramStart()) == GREETING
    seen: list[Lines] = []
    for command in (
        do.Scan(FOOD),
        do.Scan(PEN, quantity="3"),
        do.Scan(LOOSE, quantity="0.25"),
        do.GiveDiscount(percent="50", line="3"),
        do.VoidLine("2"),
        do.Pay("cash", "1.00"),
        do.Pay("cash", "10.00"),
        do.Scan(PEN),
    ):
        seen.append(await watched(command))
        assert seen[-1] == watched.panel
    assert seen == [
        (("Vogelfutter 1 kg", "4,99"), ("SUMME EUR", "4,99")),
        (("3x Kugelschreiber blau", "2,67"), ("SUMME EUR", "7,66")),
        (("0,25 kg Sittichmischung lose", "1,98"), ("SUMME EUR", "9,64")),
        (("0,25 kg Sittichmischung lose", "0,99"), ("SUMME EUR", "8,65")),
        (("0,25 kg Sittichmischung lose", "0,99"), ("SUMME EUR", "5,98")),
        (("Gegeben", "1,00"), ("Noch offen EUR", "4,98")),
        (("Gegeben", "11,00"), ("Rückgeld EUR", "5,02")),
        (("Kugelschreiber blau", "0,89"), ("SUMME EUR", "0,89")),
    ]


async def test_what_is_paid_exactly_is_thanked_for(watched: Watched) -> None:
    await watched(do.Scan(FOOD))
    assert await watched(do.Pay("cash")) == (("SUMME EUR", "4,99"), ("Vielen Dank!", ""))


async def test_goods_that_come_back_show_what_is_given_back(watched: Watched) -> None:
    assert await watched(do.ReturnArticle(FOOD)) == (
        ("-1x Vogelfutter 1 kg", "-4,99"),
        ("SUMME EUR", "-4,99"),
    )
    assert await watched(do.Pay("cash")) == (("SUMME EUR", "-4,99"), ("Zurück EUR", "4,99"))


async def test_a_sale_that_ends_otherwise_leaves_the_greeting_and_not_an_older_change(watched: Watched) -> None:
    await watched(do.Scan(FOOD))
    await watched(do.Pay("cash", "10.00"))
    for end in (do.VoidSale(), do.Park("Anna")):
        await watched(do.Scan(FOOD))
        assert await watched(end) == GREETING


async def test_the_end_of_the_day_and_who_logs_out_close_the_till_until_somebody_begins(watched: Watched) -> None:
    await watched(do.Scan(FOOD))
    await watched(do.Pay("cash", "10.00"))
    assert await watched(do.ZReport()) == CLOSED
    assert await watched(do.OpeningFloat("100.00")) == GREETING
    assert await watched(do.ZReport()) == CLOSED
    assert (await watched(do.Scan(FOOD)))[1] == ("SUMME EUR", "4,99")
    watched.side.left()
    assert watched.side.lines[1] == ("SUMME EUR", "4,99"), "a sale that waits for the next is not closed"


async def test_training_shows_change_too(watched: Watched) -> None:
    await watched(do.Training(on=True))
    await watched(do.Scan(FOOD))
    assert await watched(do.Pay("cash", "5.00")) == (("Gegeben", "5,00"), ("Rückgeld EUR", "0,01"))


def test_a_sale_of_another_version_is_none_that_could_be_shown() -> None:
    side = CustomerSide(WORDS["de"])
    side.kept('{"sale_id": 7}')
    assert side.lines == CLOSED


@pytest.mark.parametrize(
    ("greeting", "lines"),
    [
        ((), ("Welcome", "")),
        (("", " "), ("Welcome", "")),
        (("Zoo Neumann",), ("Zoo Neumann", "")),
        (("Zoo Neumann", "Halle 7"), ("Zoo Neumann", "Halle 7")),
    ],
)
def test_a_shop_may_greet_in_its_own_words(greeting: tuple[str, ...], lines: Any) -> None:
    assert words_for("en", greeting).greeting == lines
