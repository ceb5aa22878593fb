"""The server, with small programs for the till; ``tests/e2e/test_serve.py`` has the browser and the till."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.error import HTTPError

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.screens.served.server import ENDED, FAILED, TAKEN, TillServer

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(60)]

WAIT_S = 20.0
ECHO = "stty -echo raw; printf ready; exec cat"


def server_of(script: str) -> TillServer:
    return TillServer(["sh", "-c", script], "Till", "en", ["kasse-1"])


@asynccontextmanager
async def serving(script: str) -> AsyncIterator[int]:
    async with server_of(script).listening("127.0.0.1", 0) as port:
        yield port


def tab(port: int, query: str = "?width=80&height=24", origin: str | None = None) -> connect:
    return connect(f"ws://127.0.0.1:{port}/ws{query}", origin=origin or f"http://127.0.0.1:{port}")  # type: ignore[arg-type]


async def seen(socket: ClientConnection, wanted: bytes) -> bytes:
    """What the tab is sent, until this is in it."""
    data = b""
    async with asyncio.timeout(WAIT_S):
        while wanted not in data:
            part = await socket.recv()
            assert isinstance(part, bytes)
            data += part
    return data


async def closed(socket: ClientConnection) -> int | None:
    """The code with which the tab is let go."""
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                await socket.recv()
            except ConnectionClosed as end:
                return end.rcvd.code if end.rcvd is not None else None


def typed(text: str) -> str:
    return json.dumps(["stdin", text])


async def test_keys_reach_the_program_in_order_and_what_it_writes_reaches_the_tab() -> None:
    scans = [f"40063810{number:05d}\r" for number in range(500)]
    async with serving(ECHO) as port, tab(port) as socket:
        await seen(socket, b"ready")
        for scan in scans:
            await socket.send(typed(scan))
        assert await seen(socket, scans[-1].encode()) == "".join(scans).encode()


async def test_a_program_begins_with_the_tabs_size_and_hears_of_a_new_one() -> None:
    script = "trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done"
    async with serving(script) as port, tab(port, "?width=120&height=40") as socket:
        await seen(socket, b"40 120")
        await socket.send("no message at all")
        await socket.send(json.dumps(["resize", {"width": 80, "height": 24}]))
        await seen(socket, b"24 80")


@pytest.mark.parametrize(("script", "code"), [("echo bye", ENDED), ("echo in use >&2; exit 1", FAILED)])
async def test_a_tab_is_told_how_its_till_ended(script: str, code: int) -> None:
    async with serving(script) as port, tab(port) as socket:
        assert await closed(socket) == code


async def test_a_program_that_cannot_be_started_is_told() -> None:
    server = TillServer(["/nowhere/tillmesh"], "Till", "en")
    async with server.listening("127.0.0.1", 0) as port, tab(port) as socket:
        assert await closed(socket) == FAILED


async def test_of_two_tabs_one_has_the_till() -> None:
    async with serving(ECHO) as port, tab(port) as first:
        await seen(first, b"ready")
        async with tab(port) as second:
            assert await closed(second) == TAKEN
        await first.send(typed("1001"))
        await seen(first, b"1001")


async def test_the_next_tab_gets_the_till_once_the_screens_before_have_closed_in_order(tmp_path: Path) -> None:
    log = tmp_path / "log"
    close = f"trap 'sleep 0.3; echo closed >> {log}; exit' HUP"
    script = f"{close}; echo open >> {log}; echo ready; while :; do sleep 0.02; done"
    async with serving(script) as port:
        for _ in range(2):
            async with tab(port) as socket:
                await seen(socket, b"ready")
    assert log.read_text().split() == ["open", "closed"] * 2


async def test_a_program_that_heeds_no_hang_up_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("app.screens.served.program.CLOSE_S_MAX", 0.2)
    number = tmp_path / "number"
    async with serving(f"trap '' HUP; echo $$ > {number}; echo ready; while :; do sleep 0.05; done") as port:
        socket = await tab(port)
        await seen(socket, b"ready")
        await socket.close()
    assert not Path(f"/proc/{number.read_text().strip()}").exists()


async def test_the_end_of_the_server_tells_the_tab_and_closes_the_till(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = f"trap 'echo closed >> {log}; exit' HUP; echo ready; while :; do sleep 0.02; done"
    async with serving(script) as port:
        socket = await tab(port)
        await seen(socket, b"ready")
    assert await closed(socket) == 1001
    assert log.read_text() == "closed\n"


@pytest.mark.parametrize("origin", ["http://example.org", "null", "http://127.0.0.1:1"])
async def test_a_page_from_elsewhere_does_not_get_the_till(origin: str) -> None:
    async with serving(ECHO) as port:
        with pytest.raises(InvalidStatus) as refused:
            await tab(port, origin=origin)
        assert refused.value.response.status_code == 403


def fetched(port: int, path: str, host: str = "") -> tuple[int, str, str]:
    """Status, policy and text of a page."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
            return answer.status, answer.headers.get("Content-Security-Policy", ""), answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, "", error.read().decode()


async def test_the_page_and_what_it_loads_come_from_here_and_from_nowhere_else() -> None:
    async with serving(ECHO) as port:
        status, policy, page = await asyncio.to_thread(fetched, port, "/")
        assert status == 200
        assert "default-src 'none'" in policy
        assert "http" not in policy
        assert "//" not in page.replace("<!DOCTYPE html>", "")
        parts = [part.split('"')[0] for word in ('src="', 'href="/') for part in page.split(word)[1:]]
        assert len(parts) == 5
        for part in parts:
            status, policy, _ = await asyncio.to_thread(fetched, port, "/" + part.lstrip("/"))
            assert (status, bool(policy)) == (200, True), part


async def test_the_server_answers_to_its_own_names_only() -> None:
    async with serving(ECHO) as port:
        assert (await asyncio.to_thread(fetched, port, "/", f"kasse-1:{port}"))[0] == 200
        assert (await asyncio.to_thread(fetched, port, "/", "rebound.example.org"))[0] == 403
        assert (await asyncio.to_thread(fetched, port, "/page/../server.py"))[0] == 404
