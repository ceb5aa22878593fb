"""Several networks in one office: which, and where the books of each are (``office/tenants.toml`` of a home).

.. code-block:: toml

    [tenants.market]
    name = "Market Ltd"
    home = "/srv/tillmesh/market"                    # its home on this machine: it can be opened as well
    [tenants.fair]
    name = "Fair 2026"
    books = "postgresql://office@db.example/fair"    # its books alone: for reports

The data stay apart: each network has its own home, its own books and its own keys, and nothing is copied from one
into another. Only reports read across them (``app/office/reports``), and the office's screens can go over from one
home to another. The home whose office this is needs no entry: it is the tenant ``OWN``.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from app import config
from app.books import address
from app.config import Settings
from app.home import Home
from app.office.places import books_place
from app.text import gettext as _

OWN = "own"
TENANTS_MAX = 1_000
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class TenantsBad(ValueError):
    """The list of tenants cannot be used, or not be changed so; the text says what to do."""


class Tenant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One further network. ``home`` is a folder of this machine, ``books`` an address of a database; one of them."""

    name: str = ""
    home: str = ""
    books: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tenants: dict[str, Tenant] = {}


class Place(msgspec.Struct, frozen=True):
    """Where reports find a tenant's books."""

    tenant: str
    name: str
    books: str


def file_of(home: Path) -> Path:
    """Where a home keeps the list."""
    return home / "office" / "tenants.toml"


def read(home: Path) -> dict[str, Tenant]:
    """The further networks by id; none if there is no list. ``TenantsBad``."""
    path = file_of(home)
    try:
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).tenants
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise TenantsBad(_("{path} cannot be read: {reason}; correct it").format(path=path, reason=error)) from None
    for tenant_id, tenant in found.items():
        if (fault := fault_of(tenant_id, tenant)) is not None:
            raise TenantsBad(f"{path}: tenants.{tenant_id}: {fault}")
    return found


def fault_of(tenant_id: str, tenant: Tenant) -> str | None:
    """Why this can be no tenant; None if it can."""
    if _ID.fullmatch(tenant_id) is None or tenant_id == OWN:
        return _("an id is 1 to 40 small letters, digits, - and _, and not {own!r}").format(own=OWN)
    if bool(tenant.home) == bool(tenant.books):
        return _("say where it is: its home on this machine, or the address of its books")
    if not tenant.name.isprintable() or len(tenant.name) > 60:
        return _("a name has at most 60 printable characters")
    try:
        address.checked(tenant.books)
    except ValueError as error:
        return f"books: {error}"
    return None


def write(home: Path, tenants: Mapping[str, Tenant]) -> None:
    """Put this list in the place of the one before, in one step. ``TenantsBad``, ``OSError``."""
    import tomlkit

    if len(tenants) > TENANTS_MAX:
        raise TenantsBad(_("there may be {most} tenants").format(most=TENANTS_MAX))
    for tenant_id, tenant in tenants.items():
        if (fault := fault_of(tenant_id, tenant)) is not None:
            raise TenantsBad(f"{tenant_id}: {fault}")
    path = file_of(home)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text(tomlkit.dumps(msgspec.to_builtins({"tenants": dict(tenants)})), "utf-8")
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def places(home: Home, settings: Settings, own_name: str, wanted: Sequence[str] = ()) -> tuple[Place, ...]:
    """Where the books of these tenants are: ``OWN`` and ids of the list, ``all`` for every one; empty: one's own.

    ``TenantsBad`` for an id that is not there, and for a home that is none.
    """
    known = read(home.path)
    ids = list(dict.fromkeys(wanted)) or [OWN]
    if "all" in ids:
        ids = [OWN, *known]
    unknown = [each for each in ids if each != OWN and each not in known]
    if unknown:
        raise TenantsBad(
            _("there is no tenant {tenant}; known are {known}").format(
                tenant=", ".join(unknown), known=", ".join([OWN, *known])
            )
        )
    own = Place(OWN, own_name, str(books_place(home, settings)))
    return tuple(own if each == OWN else place_of(each, known[each]) for each in ids)


def place_of(tenant_id: str, tenant: Tenant) -> Place:
    """Where the books of one tenant are. ``TenantsBad`` for a home that is none."""
    name = tenant.name or tenant_id
    if tenant.books:
        return Place(tenant_id, name, tenant.books)
    home = Home(Path(tenant.home).expanduser())
    if not (home.path / "identity").is_dir():
        raise TenantsBad(
            _("tenant {tenant}: {home} is no till's home; look at its path").format(tenant=tenant_id, home=home.path)
        )
    try:
        return Place(tenant_id, name, str(books_place(home, config.load(home.settings))))
    except config.ConfigError as error:
        raise TenantsBad(_("tenant {tenant}: {reason}").format(tenant=tenant_id, reason=error)) from None
