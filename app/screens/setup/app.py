"""The app of the setup assistant."""

from __future__ import annotations

from textual.driver import Driver

from app.screens.setup.assistant import Ended, assistant
from app.screens.setup.services import SetupServices
from app.screens.steps_app import StepsApp
from app.screens.tasks.showing import Showing
from app.till.ports import Heard


class SetupApp(StepsApp):
    """Asks; ``ended`` says how it ended."""

    def __init__(self, services: SetupServices, driver_class: type[Driver] | None = None) -> None:
        super().__init__({}, services.clock, services.home, driver_class)
        self._services = services
        self.ended = Ended.CLOSED

    def _hear(self, heard: Heard) -> None:
        self.call_later(self.heard, heard)

    async def work(self) -> None:
        """Ask until this machine is something, or whoever sits there gives up."""
        showing = Showing(self._host)
        self._host.shows(showing)
        # The code of a paper may be scanned by a scanner that is set up already.
        async with self._services.listening(self._hear):
            self.ended = await assistant(showing, self._services)


async def run(services: SetupServices) -> Ended:
    """Show the assistant until it has ended. Needs a terminal on stdin and stderr."""
    app = SetupApp(services)
    code = await app.shown()
    return app.ended if code == 0 else Ended.CLOSED
