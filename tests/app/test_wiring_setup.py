"""What the setup assistant does to a till's printer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app import config, text, wiring_setup
from app.home import Home
from app.screens.setup.services import SetupFailed, SetupServices


async def nothing() -> None:
    """Nobody practises here."""


@pytest.fixture
def setup(tmp_path: Path) -> SetupServices:
    text.use("en")
    home = Home(tmp_path)
    home.make()
    return wiring_setup.services(home, lambda settings: settings, nothing)


async def test_a_test_page_comes_out_of_the_printer_that_was_chosen(setup: SetupServices, tmp_path: Path) -> None:
    await setup.use_printer("", True, 0)
    assert await setup.test_print() == ""
    assert "[QR TILLMESH TEST]" in (tmp_path / "paper.txt").read_text("utf-8")


async def test_a_printer_that_is_not_there_says_what_to_look_at(
    setup: SetupServices, tmp_path: Path, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring_setup, "PRINTER_S", 0.5)
    for address in (f"127.0.0.1:{free_port()}", str(tmp_path / "ttyUSB0")):
        await setup.use_printer(address, False, 0)
        assert await setup.test_print() == "It is not there: on, cable in, address right?"
    await setup.use_printer("", False, 0)
    assert await setup.test_print() == "There is no printer in the settings."


async def test_where_and_how_fast_it_is_goes_to_the_settings_unless_it_cannot_be(
    setup: SetupServices, tmp_path: Path
) -> None:
    await setup.use_printer("/dev/ttyUSB0", False, 38_400)
    for address, baud in (("COM1", 0), ("/dev/ttyUSB0", 7)):
        with pytest.raises(SetupFailed):
            await setup.use_printer(address, False, baud)
    printer = config.load(tmp_path / "till.toml").printer
    assert (printer.address, printer.baud) == ("/dev/ttyUSB0", 38_400)
