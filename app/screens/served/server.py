"""The server of ``tillmesh serve``: the page, and the till's terminal for one tab at a time.

A tab that goes away hangs up on its screens; the open sale stays with the engine, and the next tab shows it. While one
tab has the till another is turned away with a sentence: two screens on one sale would fight over it. A tab that has
gone without a word (a cable, a lid) is noticed within ``SILENCE_S`` and a half of it.

Textual-serve's own server is not used: it hands a command line to a shell, drives apps by Textual's web driver, and
logs faults with their local variables. Its client is.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import logging
import os
import socket as sockets
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from importlib import resources
from pathlib import Path
from string import Template

import textual_serve
from aiohttp import WSMsgType, web
from aiohttp.typedefs import Handler

from app.screens.served import tab
from app.screens.served.door import is_own_page, knows_host
from app.screens.served.program import CLOSE_S_MAX, Program
from app.text import gettext as _

ENDED, FAILED, TAKEN = 4000, 4001, 4002
"""Why a tab is let go, as close codes of its websocket: the till was closed, has failed, is in another tab."""
SILENCE_S = 5.0
"""So often a tab must show that it is there."""

PAGE = Path(__file__).parent / "page"
CLIENT = Path(str(resources.files(textual_serve))) / "static"
HEADERS = {
    # The browser itself sees to it that nothing is fetched from elsewhere. xterm.js writes style elements.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:"
        "; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

_log = logging.getLogger(__name__)


class TillServer:
    """Gives each tab in turn the screens that ``command`` opens."""

    def __init__(self, command: Sequence[str], title: str, language: str, names: Collection[str] = ()) -> None:
        """``names``: hosts by which a browser may call this server, beside addresses and ``localhost``."""
        self._command = tuple(command)
        self._page = _page(title, language)
        self._names = frozenset(name.lower() for name in names)
        self._tab: web.WebSocketResponse | None = None
        self._screens = asyncio.Lock()
        """Held until the screens of the tab before have closed."""

    @contextlib.asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[int]:
        """Serve at this address; the port. ``OSError`` if that cannot be. At the end the tab is told and let go."""
        runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=CLOSE_S_MAX + SILENCE_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            yield int(runner.addresses[0][1])
        finally:
            await runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._guarded])
        app.router.add_get("/", self._index)
        app.router.add_get("/ws", self._websocket)
        app.router.add_static("/page", PAGE)
        app.router.add_static("/client", CLIENT)
        app.on_shutdown.append(self._let_go)
        return app

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not knows_host(request.headers.get("Host", ""), self._names):
            raise web.HTTPForbidden(text=_("Call this till by the address that `tillmesh serve` has printed."))
        response = await handler(request)
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    async def _index(self, _request: web.Request) -> web.Response:
        return web.Response(text=self._page, content_type="text/html")

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        if not is_own_page(request.headers.get("Origin", ""), request.headers.get("Host", "")):
            raise web.HTTPForbidden(text=_("Only this server's own page may open the till."))
        socket = web.WebSocketResponse(heartbeat=SILENCE_S, max_msg_size=tab.MAX_MESSAGE_BYTES, compress=False)
        await socket.prepare(request)
        if self._tab is not None:
            await socket.close(code=TAKEN)
            return socket
        self._tab = socket
        try:
            async with self._screens:
                await self._show_till(socket, request.query)
        finally:
            self._forget(socket)
        return socket

    async def _show_till(self, socket: web.WebSocketResponse, query: Mapping[str, str]) -> None:
        try:
            program = await Program.started(self._command, _environment(), tab.first_size(query))
        except OSError as error:
            _log.error("the screens could not be started: %s", error)
            await socket.close(code=FAILED)
            return
        showing = asyncio.create_task(_shown(program, socket), name="served-screens")
        try:
            await _typed(program, socket)
        finally:
            self._forget(socket)
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
            await program.close()

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if self._tab is socket:
            self._tab = None

    async def _let_go(self, _app: web.Application) -> None:
        if self._tab is not None:
            await self._tab.close(code=1001)


async def _shown(program: Program, socket: web.WebSocketResponse) -> None:
    """All that the screens write, until they close; then the tab is told how they ended."""
    with contextlib.suppress(OSError):  # the tab has gone: whoever listens to it knows
        while data := await program.read():
            await socket.send_bytes(data)
        await socket.close(code=FAILED if await program.ended() else ENDED)


async def _typed(program: Program, socket: web.WebSocketResponse) -> None:
    """All that the tab sends, until it goes."""
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            continue
        match tab.read(message.data):
            case tab.Typed(data=data):
                await program.write(data)
            case tab.Resized(size=size):
                program.resize(size)
            case tab.Ping(text=text):
                with contextlib.suppress(OSError):
                    await socket.send_json(["pong", text])


def names_of(host: str) -> set[str]:
    """What a browser may call this machine beside its addresses, if it listens at ``host``."""
    return {host.lower(), sockets.gethostname().lower().partition(".")[0]} - {""}


def _environment() -> dict[str, str]:
    """Ours, for a program on a terminal of xterm.js, not on the one that we were started from."""
    theirs = {"COLUMNS", "LINES", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TMUX", "STY"}
    kept = {name: value for name, value in os.environ.items() if name not in theirs}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor"}


def _page(title: str, language: str) -> str:
    said = {
        "title": title,
        "language": language,
        "opening": _("Opening the till …"),
        "ended": _("The till is closed."),
        "failed": _("The till has stopped; what stands above says why."),
        "taken": _("This till is open in another tab or window: close it there first."),
        "stopped": _("`tillmesh serve` has ended. The open sale is kept: start it again."),
        "lost": _("The connection to the till is lost. The open sale is kept."),
        "again": _("Enter: open the till"),
    }
    template = Template((PAGE / "till.html").read_text("utf-8"))
    return template.substitute({name: html.escape(text) for name, text in said.items()})
