"""Wiring's half for practice: the simulated machine of a device's settings. Loaded where somebody practises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.device_settings import (
    BadgeReaderSettings,
    CardTerminalSettings,
    DisplaySettings,
    GateSettings,
    ScaleSettings,
    ScannerSettings,
    Wired,
)
from peripherals.simulators.badge_machine import BadgeMachine
from peripherals.simulators.card_terminal_machine import CardTerminalMachine
from peripherals.simulators.display_machine import DisplayMachine
from peripherals.simulators.gate_machine import GateMachine
from peripherals.simulators.scale_machine import DialogMachine, MettlerMachine, practising
from peripherals.simulators.scanner_machine import ScannerMachine
from peripherals.simulators.serving import Machine

PRACTICE_THINK_S = 2.0
"""How long a practice customer takes to put a card in."""

_MACHINES: Mapping[type[Wired], Callable[[Any], Machine]] = {
    ScannerSettings: lambda settings: ScannerMachine(aim="]E0" if settings.aim_ids else ""),
    ScaleSettings: lambda settings: practising(
        DialogMachine() if settings.protocol == "dialog06" else MettlerMachine()
    ),
    BadgeReaderSettings: lambda settings: BadgeMachine(
        decimal=settings.sends == "decimal", last_byte_first=settings.last_byte_first
    ),
    CardTerminalSettings: lambda settings: CardTerminalMachine(serial=settings.in_frames, think_s=PRACTICE_THINK_S),
    DisplaySettings: lambda settings: DisplayMachine(settings.command_set),
    GateSettings: lambda _settings: GateMachine(),
}
"""The machine that practises the settings' device."""


def machine_of(settings: Wired) -> Machine:
    """The machine that practises these settings' device."""
    return _MACHINES[type(settings)](settings)
