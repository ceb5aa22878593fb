"""The engine in this process, on a real node and store: what it journals, keeps and refuses; it never blocks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from blockbuster import blockbuster_ctx

from app import wiring
from app.config import ConfigError, NetworkSettings, Settings
from app.engine.control import Refused
from app.engine.lock import HomeInUse
from app.facts.master import ArticleSet
from app.home import Home
from app.till.ports import JournalRefused

SETTINGS = Settings(network=NetworkSettings(listen="127.0.0.1:0", discovery=False))
CSV = "ident_no,barcode,name,price,vat_key\n1001,,Vogelfutter,4.99,2\n"


@pytest.fixture
async def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "till")
    await wiring.found(place, SETTINGS, "Messe", 1, "till")
    return place


@asynccontextmanager
async def opened(home: Home, *, network: bool = True) -> AsyncIterator[wiring.Parts]:
    async with wiring.opened(home, SETTINGS, network=network) as parts:
        yield parts


def article(number: int) -> ArticleSet:
    return ArticleSet(ident_no=str(number), name=f"Ware {number}", price_minor=100, currency="EUR", vat_key="1")


async def test_a_network_begins_with_its_founder_and_the_rates_of_its_country(home: Home) -> None:
    async with opened(home) as parts:
        assert [member["till_no"] for member in await parts.operations["members"]({})] == [1]
        assert parts.books.vat_rate_bp("1", "2026-11-21") == 1900
        assert parts.books.vat_rate_bp("1", "2020-08-01") == 1600
        positions = (await parts.engine.status())["positions"]
    async with opened(home) as parts:
        assert (await parts.engine.status())["positions"] == positions, "founding is journalled once"


async def test_facts_and_the_open_sale_are_there_after_the_next_start(home: Home) -> None:
    async with opened(home) as parts:
        await parts.engine.append([article(1)], keep="a sale")
        await parts.engine.settled()
        assert parts.books.article("1") is not None
        assert await parts.engine.kept() == "a sale"
        await parts.engine.keep("a longer sale")
    async with opened(home) as parts:
        assert parts.books.article("1") is not None
        assert await parts.engine.kept() == "a longer sale"
        await parts.engine.keep(None)
    async with opened(home) as parts:
        assert await parts.engine.kept() is None


async def test_a_claim_with_nobody_else_in_the_network_is_granted_with_complete_coverage(home: Home) -> None:
    async with opened(home) as parts:
        answer = await parts.engine.claim("voucher/x")
        assert answer.granted
        assert answer.coverage.complete
        await parts.engine.release_claim(answer.claim_id)


async def test_changes_are_announced(home: Home) -> None:
    heard: list[str] = []
    async with opened(home) as parts:
        parts.engine.on_change(heard.append)
        await parts.engine.append([article(1)], keep=None)
        await parts.engine.settled()
        await asyncio.sleep(0.01)
    assert "books" in heard


async def test_only_the_founder_releases_and_says_so(home: Home, tmp_path: Path) -> None:
    second = Home(tmp_path / "second").make()
    async with opened(home) as parts:
        code = await parts.engine.release_slot(2, "Kasse 2", "till", "")
        await wiring.join(second, SETTINGS, code, [f"127.0.0.1:{parts.node.port}"])
        with pytest.raises(JournalRefused) as taken:
            await parts.engine.release_slot(2, "Kasse 2", "till", "")
        assert taken.value.code == "number_taken"
    async with opened(second) as parts:
        with pytest.raises(JournalRefused) as refused:
            await parts.engine.release_slot(3, "Kasse 3", "till", "")
        assert refused.value.code == "not_authority"
        with pytest.raises(Refused):
            await parts.operations["revoke"]({"no": 1})


async def test_a_home_is_opened_once_and_its_port_is_its_own(home: Home) -> None:
    async with opened(home) as parts:
        assert parts.node.port > 0
        with pytest.raises(HomeInUse):
            async with opened(home):
                pass
        assert (await parts.engine.status())["members"]


async def test_operations_take_the_arguments_they_know_and_no_others(home: Home) -> None:
    async with opened(home, network=False) as parts:
        with pytest.raises(Refused) as refused:
            await parts.operations["log"]({"colour": "red"})
        assert refused.value.code == "bad_command"
        with pytest.raises(Refused):
            await parts.operations["export"]({"what": "moons"})
        with pytest.raises(Refused):
            await parts.operations["imports"]({"what": "moons", "text": ""})
        with pytest.raises(Refused):
            await parts.operations["reprint"]({"receipt_no": "1-000001"})


async def test_the_log_says_what_happened(home: Home, tmp_path: Path) -> None:
    second = Home(tmp_path / "second").make()
    async with opened(home) as parts:
        code = await parts.engine.release_slot(2, "Kasse 2", "till", "")
        peer = f"127.0.0.1:{parts.node.port}"
        await wiring.join(second, SETTINGS, code, [peer])
        network = msgspec.structs.replace(SETTINGS.network, peers=(peer,))
        async with wiring.opened(second, msgspec.structs.replace(SETTINGS, network=network), network=True) as other:
            for _ in range(500):
                if (await other.engine.status())["online"]:
                    break
                await asyncio.sleep(0.01)
            else:
                pytest.fail("the two tills did not find each other")
    async with opened(home, network=False) as parts:
        rows = await parts.operations["log"]({"limit": 50})
    assert {"connected", "disconnected"} <= {row["what"] for row in rows}


async def test_the_loop_is_never_blocked_by_the_engine_at_work(home: Home) -> None:
    async with opened(home) as parts:
        with blockbuster_ctx(["app.engine", "replication"]):
            for number in range(20):
                await parts.engine.append([article(number)], keep=f"sale {number}")
                await parts.engine.keep(f"sale {number}, longer")
                answer = await parts.engine.claim(f"voucher/{number}")
                await parts.engine.release_claim(answer.claim_id)
            await parts.operations["imports"]({"what": "articles", "text": CSV})
            await parts.operations["release"]({"no": 2, "name": "Kasse 2"})
            await parts.operations["status"]({})
            await parts.operations["log"]({})
            await parts.operations["verify"]({})
            await parts.engine.settled()


async def test_a_printer_profile_that_is_none_is_told_before_the_till_opens(home: Home) -> None:
    printer = msgspec.structs.replace(SETTINGS.printer, profile="papyrus")
    with pytest.raises(ConfigError, match=r"printer\.profile.*papyrus"):
        async with wiring.opened(home, msgspec.structs.replace(SETTINGS, printer=printer), network=False):
            pass
