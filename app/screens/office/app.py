"""The app of the office: its menu, until it is closed."""

from __future__ import annotations

from pathlib import Path

from textual.driver import Driver

from app.screens.office.desk import OfficeDesk
from app.screens.office.menu import office
from app.screens.office.services import OfficeServices
from app.screens.steps_app import StepsApp


class OfficeApp(StepsApp):
    """Shows the menu and its tasks. ``KeymapError`` if the configured keys clash."""

    def __init__(self, services: OfficeServices, driver_class: type[Driver] | None = None) -> None:
        super().__init__(services.keys, services.clock, services.home, driver_class, services.look)
        self._services = services
        self.leave_for: Path | None = None
        """The home whose office is wanted instead, once it is closed."""

    async def work(self) -> None:
        """The menu, until whoever sits there has had enough."""
        desk = OfficeDesk(self._services, self._host)
        self._host.shows(desk)
        await office(desk)
        self.leave_for = desk.leave_for


async def run(services: OfficeServices) -> tuple[int, Path | None]:
    """Show the office; the exit status, and the home whose office is wanted instead. Needs a terminal."""
    app = OfficeApp(services)
    return await app.shown(), app.leave_for
