"""``python tools/office_pictures.py docs``: the office's screens as pictures, out of a real home with real sales.

A network is founded in a folder of its own, the sample shop is imported, some receipts are rung up, and the office is
opened on it; keys are pressed as somebody there would.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from textual import events
from textual.pilot import Pilot

from app import text, wiring_screens
from app.books.reader import BooksReader
from app.books.schema import open_books
from app.config import Settings
from app.engine.remote import RemoteOffice
from app.engine.vault import Vault
from app.home import Home
from app.office.places import books_place
from app.screens.office.app import OfficeApp
from app.screens.office.menu import MENU
from app.screens.office.services import OfficeServices
from app.wiring_office import _report

ROOT = Path(__file__).parents[1]
SIZE = (80, 24)
REST = 10
"""Looks at a screen that has come to rest, ten a second."""
SOLD = ["0002", "0006", "0003", "0001", "0015", "0033", "0007", "0060", "0041", "0002", "0003", "0025"]
_ELSEWHERE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def _entry(title: str) -> str:
    return f"{1 + [entry.title for entry in MENU].index(title)}\r"


SCENES = {
    "office": "",
    "office-report": _entry("Reports") + "top-s\r<f8><wait><f2>",
    "office-audit": _entry("Audit") + "<f8>\r",
    "office-past": _entry("Master data") + "1\r0005<f6>",
    "office-live": _entry("Live"),
}


def _tillmesh(home: Path, *words: str, given: str = "") -> None:
    command = [sys.executable, "-m", "app", *words, "--home", str(home), "--no-discovery", "--listen", "127.0.0.1:0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, input=given, text=True, check=True, stdout=subprocess.DEVNULL, env=environment)


def _stand(home: Path) -> None:
    """A till of a fair with a morning's sales."""
    sample = ROOT / "docs" / "sample"
    _tillmesh(home, "network", "found", "--name", "Bird fair", "--till-name", "Till 1")
    _tillmesh(home, "import", "articles", str(sample / "articles.csv"))
    lines = [{"do": "opening_float", "amount": "200.00"}]
    for number, article in enumerate(SOLD):
        lines.append({"do": "scan", "code": article, "quantity": str(1 + number % 3)})
        lines += [{"do": "pay", "amount": "500.00"}] if number % 2 else []
    lines.append({"do": "z_report", "counted": {"EUR": "190.00"}})  # type: ignore[dict-item]
    _tillmesh(home, "drive", given="".join(json.dumps({"id": no, **line}) + "\n" for no, line in enumerate(lines)))
    _tillmesh(home, "master", "set", "article", "0005", "price=2.79")


async def _picture(services: OfficeServices, keys: str) -> str:
    app = OfficeApp(services)
    async with app.run_test(size=SIZE) as pilot:
        shown = await _at_rest(app, pilot)
        for key in re.findall(r"<\w+>|.", keys, re.DOTALL):
            if key == "<wait>":  # for the first report, until what makes it is loaded
                await pilot.pause(8)
                continue
            name = key[1:-1] if key.startswith("<") else "enter" if key == "\r" else key
            app.post_message(events.Key(name, None if key.startswith("<") else key))
            shown = await _at_rest(app, pilot)
        return _ELSEWHERE.sub("", shown)


async def _at_rest(app: OfficeApp, pilot: Pilot[Any]) -> str:
    """The screen, once it has not changed for a second."""
    last, since = "", 0
    while since < REST:
        await pilot.pause(0.1)
        now = app.export_screenshot(title="Tillmesh")
        last, since = now, since + 1 if now == last else 0
    return last


async def _pictures(home: Home, out: Path) -> None:
    options = ["--no-discovery", "--listen", "127.0.0.1:0"]
    async with wiring_screens.engine_of(home, options, keeps=False) as (_port, client):
        database = open_books(books_place(home, Settings()))
        try:
            services = OfficeServices(
                home=home.path,
                network="Bird fair",
                ask=RemoteOffice(client),
                books=BooksReader(database, Vault(home.persons)),
                books_place=str(books_place(home, Settings())),
                clock=datetime.now,
                run_report=partial(_report, home, Settings()),
                listen=client.on_event,
            )
            for scene, keys in SCENES.items():
                (out / f"{scene}.svg").write_text(await _picture(services, keys), encoding="utf-8")
        finally:
            database.dispose()
        await wiring_screens.leave(client, keeps=False)


def main(arguments: Sequence[str]) -> int:
    """Write them all into the folder that is named."""
    text.use("en")
    with tempfile.TemporaryDirectory(prefix="tillmesh-office-") as folder:
        home = Path(folder) / "home"
        _stand(home)
        asyncio.run(_pictures(Home(home), Path(arguments[0])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
