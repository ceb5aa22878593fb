"""A backup put back from the office's menu: looked at, asked about, into a new folder; what does not hold is told."""

from __future__ import annotations

from pathlib import Path

from app import text, wiring
from app.config import Settings
from app.home import Home
from app.screens.office.app import OfficeApp
from app.screens.office.backups import restoring
from app.screens.office.menu import MENU
from tests.app.screens.office.standin import Office
from tests.app.screens.walking import Walk, walk


def flat(walking: Walk) -> str:
    return " ".join(walking.text.split())


async def test_a_backup_becomes_a_home_of_its_own(office: Office, tmp_path: Path) -> None:
    text.use("en")
    home, file, new = Home(tmp_path / "old"), tmp_path / "night.backup", tmp_path / "new"
    await wiring.found(home, Settings(), "Bird fair", 1, "centre")
    async with wiring.opened(home, Settings(), network=False) as parts:
        await parts.operations["backup"]({"file": str(file)})
    damaged = tmp_path / "damaged.backup"
    damaged.write_bytes(file.read_bytes()[:-2000])
    entry = f"{[each.task for each in MENU].index(restoring) + 1}\r"
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press(f"{entry}{damaged}\r{new}\r")
        assert "It cannot be done" in flat(walking)
        assert not new.exists()
        await walking.press("\r<f8>")  # what was typed is still there, and is damaged still
        assert "It cannot be done" in flat(walking)
        await walking.press("\r\x1b")
        await walking.press(f"{entry}{file}\r{new}\r")
        assert "till 1 of network Bird fair" in flat(walking)
        assert "two homes of one member" in flat(walking)
        assert not new.exists(), "nobody has said yes"
        await walking.press("\r")
        assert f"tillmesh office --home {tmp_path}"[:30] in flat(walking)
        await walking.press("\r")
        await walking.press(f"{entry}{file}\r{new}\r\r")
        assert "It cannot be done" in flat(walking), "what is there is never replaced"
    assert Home(new).path.joinpath("store.sqlite").exists()
