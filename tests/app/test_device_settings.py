"""``[devices.NAME]``: what a till could not use is refused with the key and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app import config, text
from app.device_settings import CardTerminalSettings, ScaleSettings, kind_of
from peripherals.line import Line
from peripherals.scale.dialog import MakersSecret

SCALE = {"kind": "scale", "address": "/dev/serial/by-id/usb-1", "baud": 4800, "frame": "7E1"}
DISPLAY = {"kind": "display", "address": "/dev/ttyS0"}
GATE = {"kind": "gate", "address": "/dev/ttyUSB0"}


def test_a_device_has_its_name_kind_and_line() -> None:
    settings = config.check({"devices": {"counter-scale": SCALE}}, Path("till.toml"))
    scale = settings.devices["counter-scale"]
    assert isinstance(scale, ScaleSettings)
    assert (kind_of(scale), scale.line) == ("scale", Line(4800, "7E1"))


def test_a_scale_may_have_no_line_or_its_makers_secret() -> None:
    devices = {
        "typed": {"kind": "scale", "protocol": "manual"},
        "checkout": {**SCALE, "protocol": "dialog06", "checksum": "12aB", "generator": "1021"},
    }
    settings = config.check({"devices": devices}, Path("till.toml"))
    checkout = settings.devices["checkout"]
    assert isinstance(checkout, ScaleSettings)
    assert checkout.secret == MakersSecret(0x12AB, 0x1021)


@pytest.mark.parametrize(
    ("address", "framing", "in_frames"),
    [
        ("192.168.1.70:20007", "auto", False),
        ("/dev/serial/by-id/usb-1", "auto", True),
        ("rfc2217://192.168.1.70:4000", "auto", True),
        ("192.168.1.70:20007", "serial", True),
        ("/dev/ttyACM0", "tcp", False),
    ],
)
def test_a_card_terminal_is_spoken_to_in_frames_on_serial_lines(address: str, framing: str, in_frames: bool) -> None:
    written = {"kind": "card_terminal", "address": address, "framing": framing}
    terminal = config.check({"devices": {"c": written}}, Path("till.toml")).devices["c"]
    assert isinstance(terminal, CardTerminalSettings)
    assert (terminal.in_frames, terminal.line) == (in_frames, Line(9600, "8N2"))


@pytest.mark.parametrize(
    ("devices", "said"),
    [
        ({"a scale": SCALE}, "devices.a scale: a name"),
        ({"s": {**SCALE, "kind": "toaster"}}, "kind"),
        ({"s": {**SCALE, "colour": "red"}}, r"devices\.s: Object contains unknown field `colour`"),
        ({"s": {"kind": "scale"}}, "devices.s: address is missing"),
        ({"s": {**SCALE, "address": "COM1"}}, "devices.s: 'COM1' is no address"),
        ({"s": {**SCALE, "address": "ftp://1.2.3.4:21"}}, "is no address"),
        ({"s": {**SCALE, "frame": "7X1"}}, "devices.s: a frame of '7X1'"),
        (
            {"d": DISPLAY, "s": {**SCALE, "protocol": "toledo"}},
            r"devices\.s\.protocol: 'toledo' is none of mettler8217, di",
        ),
        ({"d": DISPLAY, "s": {**SCALE, "baud": "9600"}}, r"devices\.s\.baud: Expected `int`, got `str`"),
        ({"d": DISPLAY, "s": {**SCALE, "kind": "waage"}}, r"devices\.s\.kind: 'waage' is none of display, scanner, sc"),
        ({"d": DISPLAY, "s": {"address": "x:1"}}, r"devices\.s: kind is missing; there are display, scanner, sc"),
        ({"d": {**DISPLAY, "charset": "latin1"}}, r"devices\.d\.charset: 'latin1' is none of '', cp858, ascii"),
        ({"d": 1}, r"devices\.d: Expected `object`, got `int`"),
        ({"s": {**SCALE, "checksum": "12AB"}}, "devices.s: checksum and generator: both"),
        ({"s": {**SCALE, "checksum": "12AB", "generator": "1021x"}}, "devices.s: checksum and generator: both"),
        ({"s": {**SCALE, "checksum": "12AB", "generator": "1021"}}, "belong to protocol dialog06"),
        ({"s": {**SCALE, "baud": 0}}, "devices.s: a baud rate of 0"),
        ({"c": {"kind": "card_terminal", "address": "1.2.3.4:20007", "password": "12345"}}, "devices.c: password"),
        ({"d": {**DISPLAY, "greeting": ["a", "b", "c"]}}, "devices.d: greeting has up to 2 lines of 20"),
        ({"d": {**DISPLAY, "greeting": ["x" * 21]}}, "greeting has up to"),
        ({"d": {**DISPLAY, "command_set": "vt100"}}, "command_set"),
        ({"g": {**GATE, "pulse_ms": 10_001}}, "devices.g: pulse_ms lies between 1 and 10000"),
        ({"g": {**GATE, "channel": 17}}, "devices.g: .*correct channel"),
        ({"g": {**GATE, "on": "A0 0"}}, "'A0 0' is not hexadecimal.*correct channel, or on and off"),
        ({"g": {**GATE, "on": "A0", "off": "A0"}}, "devices.g: a gate that opens and closes"),
        ({f"s{n}": SCALE for n in range(17)}, "16 at most"),
    ],
)
def test_what_cannot_be_used_is_refused(devices: dict[str, Any], said: str) -> None:
    text.use("en")
    with pytest.raises(config.ConfigError, match=said):
        config.check({"devices": devices}, Path("till.toml"))


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"printer": {"fence": "x"}}, r"printer\.fence: 'x' is none of auto, id, status"),
        ({"printer": {"drawer_pin": 3}}, r"printer\.drawer_pin: '3' is none of 2, 5"),
        ({"till": {"language": "fr"}}, r"till\.language: 'fr' is none of de, en"),
        ({"devices": 3}, "devices: Expected `object`, got `int`"),
        ({"receipt": {"adverts": [{"text": 1}]}}, r"receipt\.adverts\[0\]\.text: Expected"),
        ({"prnter": {}}, "top level: Object contains unknown field `prnter`"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_may_be(tree: dict[str, Any], said: str) -> None:
    text.use("en")
    with pytest.raises(config.ConfigError, match=said):
        config.check(tree, Path("till.toml"))
