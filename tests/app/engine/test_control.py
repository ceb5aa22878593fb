"""The socket in the home: operations, one session at a time, and clients that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app import text
from app.domain.statement import Examined
from app.engine.control import ControlServer, Refused
from app.engine.local import Changes
from app.engine.remote import Client, EngineGone, NoEngine, RemoteEngine
from app.home import Home
from app.till.ports import JournalRefused, claiming, claiming_of

HELLO = {"till_no": 1, "member_id": "m", "name": "Kasse 1", "site": "", "network": "n", "port": 7}


class Till:
    """Operations that remember what they were asked."""

    def __init__(self) -> None:
        self.kept: list[str | None] = []
        self.gate = asyncio.Event()

    async def hello(self, _args: dict[str, Any]) -> Any:
        return HELLO

    async def keep(self, args: dict[str, Any]) -> None:
        self.kept.append(args["text"])

    async def echo(self, args: dict[str, Any]) -> Any:
        return args

    async def slow(self, _args: dict[str, Any]) -> str:
        await self.gate.wait()
        self.kept.append("slow is done")
        return "done"

    async def claim(self, args: dict[str, Any]) -> Any:
        await self.gate.wait()
        coverage = {"complete": False, "promised": [], "missing": args["resources"]}
        return {"claim_id": "", "granted": False, "coverage": coverage, "reason": "cancelled"}

    async def cancel_claims(self, _args: dict[str, Any]) -> None:
        self.gate.set()

    async def append(self, args: dict[str, Any]) -> None:
        raise JournalRefused("disk_full", "no room")

    async def examine(self, args: dict[str, Any]) -> Any:
        return {"fault": "revoked", "issuer": args["text"], "till_no": 3}

    async def said(self, _args: dict[str, Any]) -> list[str]:
        return [text.gettext("revoked"), text.local("1.5")]

    async def refused(self, _args: dict[str, Any]) -> None:
        await asyncio.to_thread(self._refuse)

    @staticmethod
    def _refuse() -> None:
        raise Refused("revoked", text.gettext("revoked"))

    async def broken(self, _args: dict[str, Any]) -> None:
        raise RuntimeError("a fault of ours")


@asynccontextmanager
async def serving(home: Home, *, session_taken: bool = False) -> AsyncIterator[tuple[Till, ControlServer, Changes]]:
    till, changes = Till(), Changes()
    operations = {name: getattr(till, name) for name in vars(Till) if not name.startswith("_")}
    server = ControlServer(home.make(), operations, changes, session_taken=session_taken)
    await server.start()
    try:
        yield till, server, changes
    finally:
        till.gate.set()
        await server.stop()


@asynccontextmanager
async def client_of(home: Home) -> AsyncIterator[Client]:
    client = await Client.connect(home)
    try:
        yield client
    finally:
        await client.close()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "till")


async def test_an_operation_is_carried_out_and_answered(home: Home) -> None:
    async with serving(home), client_of(home) as client:
        assert await client.call("echo", a=1, b="ä") == {"a": 1, "b": "ä"}


async def test_a_home_with_a_long_path_has_a_socket_too(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("a" * 90) / ("b" * 90))
    async with serving(deep), client_of(deep) as client:
        assert await client.call("echo", a=1) == {"a": 1}
    assert not deep.socket.exists()


async def test_a_socket_left_by_a_crash_is_replaced(home: Home) -> None:
    home.make()
    home.socket.write_bytes(b"")
    async with serving(home), client_of(home) as client:
        assert await client.call("echo") == {}


async def test_a_home_without_an_engine_is_told_from_one_with(home: Home) -> None:
    with pytest.raises(NoEngine):
        await Client.connect(home.make())


async def test_refusals_carry_code_and_sentence(home: Home) -> None:
    async with serving(home), client_of(home) as client:
        with pytest.raises(Refused, match="no room") as refused:
            await client.call("append")
        assert refused.value.code == "disk_full"
        with pytest.raises(Refused) as unknown:
            await client.call("fly")
        assert unknown.value.code == "unknown_operation"


async def test_a_fault_of_ours_is_answered_without_its_traceback_and_the_engine_goes_on(home: Home) -> None:
    async with serving(home), client_of(home) as client:
        with pytest.raises(Refused) as refused:
            await client.call("broken")
        assert refused.value.code == "failed"
        assert "fault of ours" not in str(refused.value)
        assert await client.call("echo") == {}


async def test_only_one_session_owns_the_till_and_it_is_free_when_that_goes(home: Home) -> None:
    async with serving(home):
        async with client_of(home) as first:
            assert (await RemoteEngine(first).attach()).till_no == 1
            async with client_of(home) as second:
                with pytest.raises(Refused) as refused:
                    await RemoteEngine(second).attach()
                assert refused.value.code == "session_attached"
        async with client_of(home) as third:
            for _ in range(3_000):
                try:
                    await RemoteEngine(third).attach()
                    break
                except Refused:
                    await asyncio.sleep(0.01)
            else:
                pytest.fail("the session of a client that has gone is still attached")


async def test_a_till_in_drive_takes_no_screens(home: Home) -> None:
    async with serving(home, session_taken=True), client_of(home) as client:
        with pytest.raises(Refused, match="andere"):
            await RemoteEngine(client).attach()


async def test_a_till_that_joins_takes_no_screens_and_says_why(home: Home) -> None:
    operations, changes = {"hello": Till().hello}, Changes()
    server = ControlServer(home.make(), operations, changes, session_taken=True, taken_because="it joins")
    await server.start()
    async with client_of(home) as client:
        with pytest.raises(Refused, match="it joins") as refused:
            await RemoteEngine(client).attach()
        assert refused.value.code == "session_attached"
        assert await client.call("hello")  # commands are answered
    await server.stop()


async def test_only_the_session_hears_of_changes(home: Home) -> None:
    heard: list[str] = []
    async with serving(home) as (_, _, changes), client_of(home) as screen, client_of(home) as command:
        engine = RemoteEngine(screen)
        engine.on_change(heard.append)
        command.on_event(lambda what: heard.append(f"command {what}"))
        await engine.attach()
        changes.announce("books")
        await screen.call("echo")
        assert heard == ["books"]


async def test_what_is_kept_arrives_in_order_without_waiting(home: Home) -> None:
    async with serving(home) as (till, _, _), client_of(home) as client:
        engine = RemoteEngine(client)
        for number in range(50):
            await engine.keep(str(number))
        await client.call("echo")
        assert till.kept == [str(number) for number in range(50)]


async def test_a_slip_is_examined_where_the_certificates_are(home: Home) -> None:
    async with serving(home), client_of(home) as client:
        assert await RemoteEngine(client).examine("TM1") == Examined("revoked", "TM1", 3)


async def test_an_append_that_the_engine_refuses_reaches_the_session_as_refused(home: Home) -> None:
    async with serving(home), client_of(home) as client:
        with pytest.raises(JournalRefused) as refused:
            await RemoteEngine(client).append([], keep=None)
        assert refused.value.code == "disk_full"


async def test_what_was_begun_is_finished_though_its_client_goes(home: Home) -> None:
    async with serving(home) as (till, _, _):
        async with client_of(home) as client:
            future = client.post("slow")
            await client.call("echo")
        with pytest.raises(EngineGone):
            await future
        till.gate.set()
        async with asyncio.timeout(30):
            while till.kept != ["slow is done"]:
                await asyncio.sleep(0.005)


async def test_who_asks_is_answered_in_its_own_language_whatever_the_engine_speaks(home: Home) -> None:
    async with serving(home), client_of(home) as client:
        said = {}
        for language in ("de", "en"):
            text.use(language)  # only the asking is done in it: a request is carried out once this has let go
            asked = [client.post("said"), client.post("refused")]
            text.use("de" if language == "en" else "en")
            with pytest.raises(Refused) as refused:
                await asked[1]
            said[language] = (await asked[0], str(refused.value))
    assert said == {"de": (["ausgeschlossen", "1,5"], "ausgeschlossen"), "en": (["revoked", "1.5"], "revoked")}


async def test_an_answer_in_another_language_leaves_the_engine_its_own(home: Home) -> None:
    async with serving(home), client_of(home) as client:
        text.use("en")
        asked = client.post("said")
        text.use("de")
        await asked
        assert text.gettext("revoked") == "ausgeschlossen"


async def test_an_engine_that_goes_away_ends_all_questions(home: Home) -> None:
    heard: list[str] = []
    async with serving(home) as (_, server, _), client_of(home) as client:
        client.on_event(heard.append)
        assert await client.call("echo") == {}
        await server.stop()
        with pytest.raises(EngineGone):
            await client.call("echo")
        with pytest.raises(JournalRefused) as refused:
            await RemoteEngine(client).append([], keep=None)
        assert refused.value.code == "engine_gone"
        assert not (await RemoteEngine(client).claim("voucher/x")).granted
        assert heard == ["gone"]


async def test_a_screen_hears_how_far_its_claim_is_and_can_give_it_up(home: Home) -> None:
    heard: list[str] = []
    async with serving(home) as (_, _server, changes), client_of(home) as client:
        engine = RemoteEngine(client)
        await engine.attach()
        engine.on_change(heard.append)
        asked = asyncio.create_task(engine.claim("voucher/x", "coupon/y"))
        await client.call("echo")
        changes.announce(claiming(6, 8))
        await client.call("echo")
        assert [claiming_of(what) for what in heard] == [(6, 8)]
        assert not asked.done()
        await engine.cancel_claims()
        answer = await asked
        assert (answer.granted, answer.reason, answer.coverage.missing) == (
            False, "cancelled", ("voucher/x", "coupon/y"),
        )  # fmt: skip


async def test_a_client_that_sends_junk_is_cut_off_and_nobody_else_is(home: Home) -> None:
    async with serving(home), client_of(home) as client:
        reader, writer = await asyncio.open_unix_connection(str(home.socket))
        writer.write(b"\x00\x00\x00\x04junk")
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        assert await client.call("echo") == {}
