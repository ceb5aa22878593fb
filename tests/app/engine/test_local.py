"""The engine in this process, on a real node and store: what it journals, keeps and refuses; it never blocks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from blockbuster import blockbuster_ctx

from app import text, wiring
from app.config import ConfigError, NetworkSettings, Settings
from app.engine.control import Refused
from app.engine.local import Replication
from app.engine.lock import HomeInUse
from app.facts.base import Fact
from app.facts.codec import write
from app.facts.master import ArticleSet
from app.home import Home
from app.till.ports import JournalRefused
from replication.core.effects import ClaimDone, ClaimProgress
from replication.core.model import Coverage, Entry
from replication.store import Store
from replication.tickets import AppendRefused

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


async def test_who_opens_the_till_while_facts_are_written_sees_the_sale_as_it_is_afterwards(home: Home) -> None:
    """Screens were killed in the middle of a payment: the next ones must not show a sale that is being completed."""
    async with opened(home) as parts:
        await parts.engine.keep("a sale")
        writing = asyncio.create_task(parts.engine.append([article(1)], keep=None))
        await asyncio.sleep(0)
        assert not writing.done()
        assert await parts.engine.kept() is None
        await writing


async def test_a_claim_with_nobody_else_in_the_network_is_granted_with_complete_coverage(home: Home) -> None:
    async with opened(home) as parts:
        answer = await parts.engine.claim("voucher/x")
        assert answer.granted
        assert answer.coverage.complete
        await parts.engine.release_claim(answer.claim_id)


class Asking:
    """A node whose claims wait until they are cancelled."""

    def __init__(self) -> None:
        self.cancelled = asyncio.Event()

    async def claim(self, *resources: str, told: Callable[[ClaimProgress], None]) -> ClaimDone:
        told(ClaimProgress(1, ("b",), ("c", "d")))
        await self.cancelled.wait()
        return ClaimDone(1, "", granted=False, coverage=Coverage((), resources), reason="cancelled")

    def cancel_claims(self) -> None:
        self.cancelled.set()


async def test_a_claim_that_waits_says_how_far_it_is_and_can_be_given_up(home: Home) -> None:
    heard: list[str] = []
    async with opened(home) as parts:
        parts.engine.on_change(heard.append)
        node, parts.engine.node = parts.engine.node, cast("Replication", Asking())
        waits = asyncio.create_task(parts.engine.claim("voucher/x", "voucher/y"))
        await asyncio.sleep(0)
        assert heard[-1:] == ["claiming 1/3"]
        await parts.engine.cancel_claims()
        answer = await waits
        assert (answer.granted, answer.reason) == (False, "cancelled")
        assert answer.coverage.missing == ("voucher/x", "voucher/y"), "both were claimed together"
        parts.engine.node = node


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


async def test_an_import_is_one_change_of_whoever_ordered_it(home: Home) -> None:
    async with opened(home) as parts:
        text = f"{CSV}1002,,Sittichsand,2.99,2\n"
        await parts.operations["imports"]({"what": "articles", "text": text, "by": "anna"})
    with contextlib.closing(Store.read_only(home.store)) as store:
        kinds = [record for run in store.records_after({}) for record in run if record.kind == ArticleSet.kind]
    assert [(record.body["ident_no"], record.body["by"]) for record in kinds] == [("1001", "anna"), ("1002", "anna")]
    assert len({record.body["change"] for record in kinds}) == 1
    assert kinds[0].body["change"].startswith("import articles 20")


async def test_a_full_disk_is_told_in_one_sentence_without_the_stores_own(
    home: Home, german: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    text.use("en")

    async def full(*_args: Any, **_options: Any) -> Any:
        raise AppendRefused("disk_full", "disk_full: store.sqlite cannot be written (database or disk is full)")

    async with wiring.opened(home, SETTINGS, network=False) as parts:
        monkeypatch.setattr(parts.node, "append", full)
        with pytest.raises(JournalRefused, match=r"^the disk is full; make room and try again$"):
            await parts.engine.journal([Entry(*write(article(1)))])


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


class Spool:
    """Notes what the engine tells the print spool, and what the disk had by then."""

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []

    def entries_for(self, document: Fact) -> dict[str, str | None]:
        self.told.append(("entries", document))
        return {}

    def enqueue(self, document: Fact) -> None:
        self.told.append(("enqueue", document))

    def refused(self, document: Fact) -> None:
        self.told.append(("refused", document))

    def rung(self, sale: str | None, facts: Sequence[Fact] = ()) -> None:
        self.told.append(("rung", sale))
        if facts:
            self.told.append(("facts", tuple(facts)))


async def test_the_print_spool_hears_of_each_step_once_it_is_durable_and_of_those_that_are_refused(home: Home) -> None:
    async with opened(home) as parts:
        spool = Spool()
        parts.engine._spool = spool
        await parts.engine.keep("a sale")
        await parts.engine.append([article(1)], keep="a longer sale")
        assert spool.told == [("rung", "a sale"), ("rung", "a longer sale"), ("facts", (article(1),))]
        spool.told.clear()
        await parts.engine.append([article(2)], keep=None, printed=article(2))
        assert spool.told == [
            ("entries", article(2)), ("enqueue", article(2)), ("rung", None), ("facts", (article(2),)),
        ]  # fmt: skip
        spool.told.clear()
        parts.engine.changes.announce("recovered")
        with pytest.raises(JournalRefused):
            await parts.engine.append([article(3)], keep=None, printed=article(3))
        assert spool.told == [], "it never got that far"
        await parts.engine.kept()
        parts.engine._refusals = RuntimeError
        parts.engine.node = cast("Replication", Full())
        with pytest.raises(JournalRefused):
            await parts.engine.append([article(3)], keep=None, printed=article(3))
        assert spool.told == [("entries", article(3)), ("refused", article(3))]


class Full:
    """A node whose disk takes nothing."""

    async def append(self, *_entries: object, **_more: object) -> None:
        raise RuntimeError("disk full")
