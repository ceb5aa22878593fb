"""Settings of one home: ``till.toml`` -> frozen values.

Everything has a default, so the file may be missing. What is in it is checked
strictly: an unknown or wrong key is an error that names the file, the key and
what to do. The command line overrides the file (:func:`overridden`).

.. code-block:: toml

    [till]
    language = "de"               # de | en
    [network]
    listen = "0.0.0.0:7417"       # where other tills connect; empty: a free port near it
    peers = ["192.168.1.21:7417"] # always dialled, beside those that discovery finds
    discovery = true              # mDNS
    [claims]
    voucher = "allow"             # allow | refuse: when not every member could be asked; the same for coupon,
                                  # credit, purse, bonus, order, parked, delivery_note, returns
    [printer]
    address = "192.168.1.50:9100" # empty: no printer
    profile = "default"
    columns = 42                  # 0: as many as the profile has
    [receipt]
    head = ["Zoo Neumann", "Messestand 4"]
    [keys]
    cash = ["f8"]                 # function -> keys
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from app.text import gettext as _

DEFAULT_PORT = 7417
"""Tried first when ``network.listen`` is not set; if taken, any free port (other tills learn it by discovery)."""
Policy = Literal["allow", "refuse"]
HEAD_LINES_MAX = 8
PEERS_MAX = 64


class ConfigError(Exception):
    """The settings cannot be used; the text names file, key and what to do."""


class TillSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[till]``"""

    language: Literal["de", "en"] = "de"
    cashier: str = ""
    """The name on receipts as long as nobody logs in."""


class NetworkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[network]``; addresses are ``HOST:PORT``."""

    listen: str = ""
    peers: tuple[str, ...] = ()
    discovery: bool = True


class ClaimSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[claims]``: what happens when not every member could be asked."""

    voucher: Policy = "allow"
    coupon: Policy = "allow"
    credit: Policy = "allow"
    purse: Policy = "allow"
    bonus: Policy = "allow"
    order: Policy = "allow"
    parked: Policy = "allow"
    delivery_note: Policy = "allow"
    """Of invoicing and paying delivery notes and invoices."""
    returns: Policy = "allow"
    """Of returned goods and voided receipts."""

    def policies(self) -> dict[str, str]:
        """By kind of resource (``app.domain.resource``)."""
        policies = {str(name): policy for name, policy in msgspec.structs.asdict(self).items()}
        returns = policies.pop("returns")
        receivable = policies.pop("delivery_note")
        return {
            **policies,
            "return": returns,
            "void": returns,
            "deposit": policies["order"],
            "receivable": receivable,
        }


class PrinterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[printer]``; no address, no printer. ``profile`` is a name of ``peripherals.escpos.PROFILES``."""

    address: str = ""
    profile: str = "default"
    columns: int = 0
    """Characters of a line; 0: as many as the profile has."""
    simulated: bool = False
    """A printer for practice inside the till; its paper is ``paper.txt`` in the home."""


class ReceiptSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[receipt]``: the shop's lines at the head of each receipt."""

    head: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of ``till.toml``."""

    till: TillSettings = TillSettings()
    network: NetworkSettings = NetworkSettings()
    claims: ClaimSettings = ClaimSettings()
    printer: PrinterSettings = PrinterSettings()
    receipt: ReceiptSettings = ReceiptSettings()
    keys: dict[str, tuple[str, ...]] = {}


def address(text: str) -> tuple[str, int]:
    """``HOST:PORT`` (``[v6]:PORT``) as a pair; ``ValueError`` with a plain sentence."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise ValueError(_("{text!r} is no address; write HOST:PORT, like 192.168.1.21:7417").format(text=text))
    return host, int(port)


def load(path: Path) -> Settings:
    """The settings of this file; the defaults if there is no file. ``ConfigError`` for anything wrong."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise ConfigError(
            _("{path}: cannot be read ({reason}); check its permissions").format(path=path, reason=error.strerror)
        ) from None
    try:
        tree = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(_("{path}: no valid TOML: {reason}; correct it").format(path=path, reason=error)) from None
    return check(tree, path)


def check(tree: dict[str, Any], path: Path) -> Settings:
    """Settings from a parsed file; ``ConfigError`` names the key."""
    try:
        settings = msgspec.convert(tree, Settings)
    except msgspec.ValidationError as error:
        what, _at, where = str(error).partition(" - at `$")
        key = where.strip("`.") or _("top level")
        raise ConfigError(
            _("{path}: {key}: {reason}; correct or remove it").format(path=path, key=key, reason=what)
        ) from None
    places = [("network.listen", settings.network.listen), ("printer.address", settings.printer.address)]
    places += [(f"network.peers[{n}]", peer) for n, peer in enumerate(settings.network.peers)]
    for key, text in places:
        try:
            if text:
                address(text)
        except ValueError as error:
            raise ConfigError(f"{path}: {key}: {error}") from None
    limits = [
        (
            "printer.columns",
            settings.printer.columns == 0 or 24 <= settings.printer.columns <= 80,
            _("must be between 24 and 80"),
        ),
        ("receipt.head", len(settings.receipt.head) <= HEAD_LINES_MAX, _("has too many lines; 8 at most")),
        ("network.peers", len(settings.network.peers) <= PEERS_MAX, _("has too many addresses; 64 at most")),
    ]
    for key, holds, reason in limits:
        if not holds:
            raise ConfigError(f"{path}: {key}: {reason}")
    return settings


def overridden(
    settings: Settings,
    *,
    listen: str | None = None,
    peers: Sequence[str] = (),
    discovery: bool | None = None,
    language: str | None = None,
) -> Settings:
    """The settings with what the command line says in their place; peers are added to those of the file."""
    network = msgspec.structs.replace(
        settings.network,
        listen=settings.network.listen if listen is None else listen,
        peers=tuple(dict.fromkeys((*settings.network.peers, *peers))),
        discovery=settings.network.discovery if discovery is None else discovery,
    )
    till = settings.till if language is None else msgspec.structs.replace(settings.till, language=language)
    return msgspec.structs.replace(settings, network=network, till=till)
