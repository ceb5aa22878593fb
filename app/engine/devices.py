"""The till's devices beside the printer: those that the settings name, each supervised by itself.

Who asks a device something finds it here by its kind; the codecs and wires are in ``peripherals``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from peripherals.supervision import Device

D = TypeVar("D", bound=Device)


class Devices:
    """The devices by their stable names."""

    def __init__(self, devices: Mapping[str, Device] | None = None) -> None:
        self._devices = dict(devices or {})

    def views(self) -> list[dict[str, Any]]:
        """How each is, in the order of the settings (``peripherals.supervision.DeviceView``)."""
        return [msgspec.to_builtins(device.view()) for device in self._devices.values()]

    def first(self, kind: type[D]) -> D | None:
        """The first of this class; None if the till has none."""
        return next((device for device in self._devices.values() if isinstance(device, kind)), None)

    def named(self, name: str) -> Device | None:
        """The device of that name."""
        return self._devices.get(name)
