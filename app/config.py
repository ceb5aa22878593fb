"""Settings of one home: ``till.toml`` -> frozen values.

Everything has a default, so the file may be missing. What is in it is checked
strictly: an unknown or wrong key is an error that names the file, the key and
what to do. The command line overrides the file (:func:`overridden`).

.. code-block:: toml

    [till]
    language = "de"               # de | en
    [network]
    listen = "[::]:7417"          # where other tills connect, here over IPv6 and IPv4; empty: there, or at a free port
    peers = ["192.168.1.21:7417"] # always dialled, beside those that discovery finds
    discovery = true              # mDNS
    pass_on = true                # tell others where tills listen, and dial what is heard; as discovery if left out
    [claims]
    voucher = {limit = "50.00", per_day = "200.00"}
                                  # "allow", "refuse" or a limit: when not every member could be asked; the same for
                                  # coupon, credit, purse, bonus, order, deposit, parked, delivery_note,
                                  # returns, void
    unknown_voucher = "refuse"    # "allow": take a typed code that nobody here knows, for the amount that is typed
    [printer]
    address = "192.168.1.50:9100" # empty: no printer
    profile = "default"
                                  # columns, its line, its drawer: app/printer_settings.py
    [devices.counter-scale]       # ``app/device_settings.py`` has them all
    kind = "scale"
    address = "/dev/serial/by-id/usb-FTDI_FT232R_A1-if00-port0"
    [receipt]
    head = ["Zoo Neumann", "Messestand 4"]
                                  # what else the paper may say: app/receipt_settings.py
    [screens]
    look = "dark"                 # dark | light | contrast
    language = ""                 # of the screens; empty: that of the till
    [office]
    books = "postgresql://office@db.example/books"
                                  # where a centre keeps its books; empty: books.sqlite in its home
    [keys]
    cash = ["f8"]                 # function -> keys
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from app import device_settings
from app.books import address as books_address
from app.device_settings import DeviceSettings
from app.domain import claim_policy, resource
from app.plain_sentences import reason as reason_of
from app.printer_settings import PrinterSettings
from app.receipt_settings import ReceiptSettings
from app.settings_errors import explained
from app.text import gettext as _

DEFAULT_PORT = 7417
"""Tried first when ``network.listen`` is not set; if taken, any free port (other tills learn it by discovery)."""
CURRENCY = "EUR"
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
    pass_on: bool | None = None
    """Whether members tell each other the addresses of third ones; None: as ``discovery``."""

    @property
    def passes_on(self) -> bool:
        """Whoever does without discovery wants to be dialled and to dial only as it was told."""
        return self.discovery if self.pass_on is None else self.pass_on


class ClaimLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most so much of one resource a day, and of all of the kind at this till (``app.domain.claim_policy``)."""

    limit: str
    per_day: str = ""


Policy = Literal["allow", "refuse"] | ClaimLimit | None


class ClaimSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[claims]``: what happens when not every member could be asked. None: as the network's settings say."""

    voucher: Policy = None
    coupon: Policy = None
    credit: Policy = None
    purse: Policy = None
    bonus: Policy = None
    order: Policy = None
    deposit: Policy = None
    """Of deposits on orders, in money; as ``order``, in pieces, if that is no limit and here is nothing said."""
    parked: Policy = None
    delivery_note: Policy = None
    """Of invoicing and paying delivery notes and invoices."""
    returns: Policy = None
    """Of returned goods, in pieces or kilograms."""
    void: Policy = None
    """Of voided receipts, in pieces; as ``returns`` if that is no limit and here is nothing said."""
    unknown_voucher: Literal["refuse", "allow"] = "refuse"
    """Of a voucher that was only typed, that no member here knows, and whose issuer may be one who could not be asked.
    If it is allowed, ``voucher`` says how far."""

    def policies(self, currency: str) -> dict[str, claim_policy.Policy]:
        """By kind of resource (``app.domain.resource``), those that are said; ``ValueError`` names the key."""
        said = {str(name): policy for name, policy in msgspec.structs.asdict(self).items()}
        del said["unknown_voucher"]
        for name, like in (("deposit", "order"), ("void", "returns")):
            if said[name] is None and isinstance(said[like], str):
                said[name] = said[like]
        policies = {}
        for name, policy in said.items():
            kind = _KIND_OF.get(name, name)
            try:
                if policy is not None:
                    policies[kind] = _policy(kind, policy, currency)
            except ValueError as error:
                raise ValueError(f"claims.{name}: {error}") from None
        return policies


_KIND_OF = {"returns": resource.RETURN, "delivery_note": resource.RECEIVABLE}


def _policy(kind: str, said: Literal["allow", "refuse"] | ClaimLimit, currency: str) -> claim_policy.Policy:
    if isinstance(said, ClaimLimit):
        return claim_policy.policy_of(kind, "limit", said.limit, said.per_day, currency)
    return claim_policy.Policy(said)


class ScreenSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[screens]``: how this till's screens look and speak; receipts speak the language of ``[till]``."""

    look: Literal["dark", "light", "contrast"] = "dark"
    language: Literal["", "de", "en"] = ""
    """Empty: as ``[till]``."""


class OfficeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[office]``: of a centre."""

    books: str = ""
    """The address of a PostgreSQL database; empty: a file of the home (``app.office.places``)."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of ``till.toml``."""

    till: TillSettings = TillSettings()
    network: NetworkSettings = NetworkSettings()
    claims: ClaimSettings = ClaimSettings()
    printer: PrinterSettings = PrinterSettings()
    devices: dict[str, DeviceSettings] = {}
    receipt: ReceiptSettings = ReceiptSettings()
    screens: ScreenSettings = ScreenSettings()
    office: OfficeSettings = OfficeSettings()
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
            _("{path}: cannot be read ({reason}); check its permissions").format(path=path, reason=reason_of(error))
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
        key, what = explained(error, tree, Settings)
        raise ConfigError(
            _("{path}: {key}: {reason}; correct or remove it").format(path=path, key=key, reason=what)
        ) from None
    places = [("network.listen", settings.network.listen)]
    places += [(f"network.peers[{n}]", peer) for n, peer in enumerate(settings.network.peers)]
    for key, text in places:
        try:
            if text:
                address(text)
        except ValueError as error:
            raise ConfigError(f"{path}: {key}: {error}") from None
    try:
        books_address.checked(settings.office.books)
    except ValueError as error:
        raise ConfigError(f"{path}: office.books: {error}") from None
    try:
        device_settings.check(settings.devices)
        settings.claims.policies(CURRENCY)
    except ValueError as error:
        raise ConfigError(_("{path}: {reason}; correct or remove it").format(path=path, reason=error)) from None
    limits = [
        ("network.peers", len(settings.network.peers) <= PEERS_MAX, _("has too many addresses; 64 at most")),
    ]
    limits += [(f"printer.{key}", False, reason) for key, reason in settings.printer.faults()]
    limits += [(f"receipt.{key}", False, reason) for key, reason in settings.receipt.faults()]
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
    books: str | None = None,
) -> Settings:
    """The settings with what the command line says in their place; peers are added to those of the file."""
    network = msgspec.structs.replace(
        settings.network,
        listen=settings.network.listen if listen is None else listen,
        peers=tuple(dict.fromkeys((*settings.network.peers, *peers))),
        discovery=settings.network.discovery if discovery is None else discovery,
    )
    till = settings.till if language is None else msgspec.structs.replace(settings.till, language=language)
    office = settings.office if books is None else msgspec.structs.replace(settings.office, books=books)
    return msgspec.structs.replace(settings, network=network, till=till, office=office)
