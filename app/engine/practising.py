"""The simulated machines of a till that practises, by the stable names of its devices: what can go wrong, by command.

The operations are ``simulated`` (which there are, and what each can be told) and ``practise`` (tell one).
"""

from __future__ import annotations

from typing import Any

from app.engine.control import Operation, Refused
from app.text import gettext as _
from peripherals.simulators.serving import WIRE_FAULTS, Simulator

PRINTER = "printer"
"""The name of the simulated printer: settings have but one."""


class Practice:
    """The machines that run; added while the till opens."""

    def __init__(self) -> None:
        self._simulators: dict[str, Simulator] = {}

    def add(self, name: str, simulator: Simulator) -> None:
        """This one runs from now on."""
        self._simulators[name] = simulator

    def known(self) -> list[dict[str, Any]]:
        """``name`` of each, and its ``commands`` as people type them."""
        return [
            {"name": name, "commands": [*simulator.machine.FAULTS, *WIRE_FAULTS]}
            for name, simulator in self._simulators.items()
        ]

    async def carry_out(self, name: str, command: str) -> None:
        """Tell a machine; ``Refused`` with what there is instead."""
        simulator = self._simulators.get(name)
        if simulator is None:
            there_are = _("no simulated device is called {name}; there are: {known}")
            known = ", ".join(self._simulators) or "–"
            raise Refused("unknown_device", there_are.format(name=name[:40], known=known))
        if not await simulator.command(command):
            there_are = _("there is no fault called {name}; there are: {known}")
            known = ", ".join((*simulator.machine.FAULTS, *WIRE_FAULTS))
            raise Refused("unknown_fault", there_are.format(name=command[:40], known=known))


def operations(practice: Practice) -> dict[str, Operation]:
    """Both operations by name."""

    async def simulated(_args: dict[str, Any]) -> Any:
        return practice.known()

    async def practise(args: dict[str, Any]) -> Any:
        name, command = args.get("name"), args.get("command")
        if not isinstance(name, str) or not isinstance(command, str):
            raise Refused("bad_command", _("the running till is of another version; restart it"))
        await practice.carry_out(name, command)

    return {"simulated": simulated, "practise": practise}
