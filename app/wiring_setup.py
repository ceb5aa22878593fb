"""Wiring's half of the setup assistant: what it does to this home, its network and its printer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from app import config, settings_file, text, wiring, wiring_joining
from app.config import ConfigError, Settings
from app.device_settings import ScannerSettings
from app.engine.control import Refused
from app.engine.lock import HomeInUse, HomeLock
from app.engine.printing import chunk
from app.home import Home
from app.printer_settings import PrinterSettings
from app.screens.setup.services import (
    Contents,
    FoundPrinter,
    Membership,
    Offer,
    Offers,
    SetupFailed,
    SetupServices,
    Trial,
)
from app.screens.tasks.devices import trouble
from app.screens.tasks.showing import Far
from app.sentences import sentence
from app.text import gettext as _
from app.till.ports import Heard, JournalRefused
from app.wiring_devices import running
from app.wiring_paper import profile_of
from app.wiring_printer import running_printer
from peripherals import escpos, finding
from peripherals.print_job import Outcome
from peripherals.supervision import Device
from receipts.test_page import test_page

PRINTER_S = 8.0
"""So long a printer may take to answer, and to print a page."""
PROTOCOL = "setup.txt"
FAILURES = (HomeInUse, ConfigError, Refused, JournalRefused, *wiring.FAILURES)


def services(
    home: Home,
    overridden: Callable[[Settings], Settings],
    practise: Callable[[], Awaitable[object]],
    role: str = "till",
) -> SetupServices:
    """What the assistant may do to this home. ``overridden`` puts the command line's word over the home's settings;
    ``practise`` makes the practice network; ``role`` is what a founder is if nobody says otherwise.
    """
    return replace(_Setup(home, overridden, practise).services(), role=role)


class _Setup:
    def __init__(
        self, home: Home, overridden: Callable[[Settings], Settings], practise: Callable[[], Awaitable[object]]
    ) -> None:
        self._home = home
        self._overridden = overridden
        self._practise = practise

    def services(self) -> SetupServices:
        """The ports."""
        return SetupServices(
            home=self._home.path,
            clock=datetime.now,
            speak=self._speak,
            found=self._found,
            offers=self._offers,
            join=self._join,
            provision=self._provision,
            practise=self._practised,
            printers=self._printers,
            use_printer=self._use_printer,
            test_print=self._test_print,
            write_protocol=self._write_protocol,
            listening=self._listening,
            ports=self._ports,
            use_device=self._use_device,
            trial=self._trial,
        )

    @property
    def _settings(self) -> Settings:
        return self._overridden(config.load(self._home.settings))

    def _speak(self, language: str) -> None:
        text.use(language)
        with _told():
            self._home.make()
            settings_file.change(self._home.settings, {("till", "language"): language})

    async def _found(self, network: str, no: int, role: str, name: str, site: str) -> Membership:
        with _told():
            who = await wiring.found(self._home, self._settings, network, no, role, till_name=name, site=site)
        return Membership(who.network, who.till_no)

    async def _offers(self, code: str) -> Offers:
        with _told():
            offers = await wiring.offers(self._home, self._settings, code)
        return Offers(offers.network, tuple(Offer(each.no, each.name, each.site) for each in offers.slots))

    async def _join(self, code: str, no: int) -> Membership:
        with _told(), HomeLock(self._home.make()):
            who = await wiring.join(self._home, self._settings, code, (), no)
        return Membership(who.network, who.till_no)

    async def _provision(self, far: Far) -> Contents:
        def progress(done: int, of: int) -> None:
            far(done, of, "" if of else _("looking for the other tills"))

        with _told():
            ended = await wiring_joining.provision(self._home, self._settings, progress)
        return Contents(ended.complete, ended.came)

    async def _practised(self) -> None:
        with _told():
            await self._practise()

    async def _printers(self) -> Sequence[FoundPrinter]:
        found = await finding.network_printers()
        ports = await asyncio.to_thread(finding.local_ports)
        return [
            *(FoundPrinter(f"{each.host}:{each.port}", each.name) for each in found),
            *(FoundPrinter(str(path), path.name) for path in ports),
        ]

    async def _use_printer(self, address: str, simulated: bool, baud: int) -> None:
        wanted = PrinterSettings(address=address, baud=baud or self._settings.printer.baud)
        if faults := list(wanted.faults()):
            raise SetupFailed(faults[0][1])
        changes: dict[tuple[str, str], str | bool | int] = {
            ("printer", "address"): address,
            ("printer", "simulated"): simulated,
        }
        if baud:
            changes["printer", "baud"] = baud
        with _told():
            settings_file.change(self._home.settings, changes)

    async def _test_print(self) -> str:
        with _told():
            settings = self._settings
            profile = profile_of(settings)
        page = test_page(_("Tillmesh test print"), _("If you can read this line, the printer works."), profile.columns)
        data = escpos.Composer(profile).compose(chunk(page.sections[0], profile.columns))
        async with running_printer(settings, self._home.paper) as printer:
            if printer is None:
                return _("There is no printer in the settings.")
            try:
                async with asyncio.timeout(PRINTER_S):
                    await printer.ready()
                    result = await printer.print_chunk(data)
            except TimeoutError:
                return trouble(printer.look().trouble or "silent")
        return "" if result.outcome is Outcome.PRINTED else trouble(result.reason)

    @contextlib.asynccontextmanager
    async def _listening(self, hear: Callable[[Heard], None]) -> AsyncIterator[None]:
        try:
            settings = self._settings
        except ConfigError:  # told when something needs them
            settings = Settings()
        scanners = {name: each for name, each in settings.devices.items() if isinstance(each, ScannerSettings)}
        only_these = msgspec.structs.replace(settings, devices=scanners)
        async with running(only_these, lambda: None, lambda *read: hear(Heard(*read))):
            yield

    async def _ports(self) -> Sequence[str]:
        with _told():
            settings = self._settings
        used = {settings.printer.address, *(each.address for each in settings.devices.values())}
        ports = await asyncio.to_thread(finding.local_ports)
        return [str(path) for path in ports if str(path) not in used and not path.name.startswith("lp")]

    async def _use_device(self, name: str, wanted: Mapping[str, Any] | None) -> None:
        with _told():
            settings_file.change(self._home.settings, {("devices", name): None if wanted is None else dict(wanted)})

    @contextlib.asynccontextmanager
    async def _trial(self, name: str, hear: Callable[[Heard], None]) -> AsyncIterator[Trial]:
        settings = self._settings
        only_this = msgspec.structs.replace(settings, devices={name: settings.devices[name]})
        async with running(only_this, lambda: None, lambda *read: hear(Heard(*read))) as devices:
            yield _Trial(devices.named(name))

    def _write_protocol(self, protocol: str) -> Path:
        path = self._home.path / PROTOCOL
        with _told():
            path.write_text(protocol + "\n", "utf-8")
        return path


class _Trial:
    """One device at work; None for one that has no line."""

    def __init__(self, device: Device | None) -> None:
        self._device = device

    def view(self) -> Mapping[str, Any]:
        return {"error": "", "state": "IDLE"} if self._device is None else msgspec.to_builtins(self._device.view())

    async def test(self) -> str:
        return "" if self._device is None else await self._device.test()


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Whatever wiring fails with, as one sentence for whoever sits there."""
    try:
        yield
    except FAILURES as error:
        raise SetupFailed(str(error) if isinstance(error, ConfigError) else sentence(error)) from None
