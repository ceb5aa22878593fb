"""``tillmesh tenants``: the networks of one office: list, add, remove."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.books import postgres
from app.cli.options import CommandFailed, accept_common, home_of, settings_of, show
from app.home import Home
from app.office import tenants
from app.text import gettext as _


def add_commands(commands: Any) -> None:
    """The group and its commands."""
    help_text = _("further networks of this office; their data stay apart, reports may read across them")
    group = commands.add_parser("tenants", help=help_text, description=help_text)
    accept_common(group)
    parts = group.add_subparsers(metavar=_("what"), required=True)
    _part(parts, "list", _list, _("every network, and where its books are"))
    add = _part(parts, "add", _add, _("one more network"))
    add.add_argument("tenant", help=_("its id, as reports name it"))
    add.add_argument("--name", default="", help=_("what it is called"))
    where = add.add_mutually_exclusive_group(required=True)
    where.add_argument("--at", type=Path, default=None, metavar=_("HOME"), help=_("its home on this machine"))
    where.add_argument("--books-at", default="", metavar="URL", help=_("the address of its books, for reports alone"))
    remove = _part(parts, "remove", _remove, _("a network that this office no longer looks after; its data stay"))
    remove.add_argument("tenant", help=_("its id"))


def _part(parts: Any, name: str, run: Any, help_text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = parts.add_parser(name, help=help_text, description=help_text)
    accept_common(parser)
    parser.set_defaults(run=run)
    return parser


def _home(options: argparse.Namespace) -> Home:
    home = home_of(options)
    settings_of(options, home)
    return home


def _list(options: argparse.Namespace) -> int:
    try:
        found = tenants.read(_home(options).path)
    except tenants.TenantsBad as error:
        raise CommandFailed(str(error)) from None
    rows = [
        {"tenant": key, "name": each.name, "home": each.home, "books": postgres.shown(each.books) if each.books else ""}
        for key, each in found.items()
    ]

    def lines() -> list[str]:
        if not rows:
            return [_("this office has one network, its own")]
        return [f"{row['tenant']:<20} {row['name']:<30} {row['home'] or row['books']}" for row in rows]

    show(options, rows, lines)
    return 0


def _add(options: argparse.Namespace) -> int:
    home = _home(options)
    where = "" if options.at is None else str(options.at.expanduser().absolute())
    tenant = tenants.Tenant(options.name, where, options.books_at)
    try:
        known = tenants.read(home.path)
        if options.tenant in known:
            raise CommandFailed(
                _("there is a tenant {tenant} already; remove it first, or choose another id").format(
                    tenant=options.tenant
                )
            )
        tenants.place_of(options.tenant, tenant)
        tenants.write(home.path, {**known, options.tenant: tenant})
    except (tenants.TenantsBad, OSError) as error:
        raise CommandFailed(str(error)) from None
    show(options, {"tenant": options.tenant}, lambda: [_("tenant {tenant} added").format(tenant=options.tenant)])
    return 0


def _remove(options: argparse.Namespace) -> int:
    home = _home(options)
    try:
        known = tenants.read(home.path)
        if known.pop(options.tenant, None) is None:
            raise CommandFailed(
                _("there is no tenant {tenant}; known are {known}").format(
                    tenant=options.tenant, known=", ".join(known) or "-"
                )
            )
        tenants.write(home.path, known)
    except (tenants.TenantsBad, OSError) as error:
        raise CommandFailed(str(error)) from None
    show(options, {"tenant": options.tenant}, lambda: [_("tenant {tenant} removed").format(tenant=options.tenant)])
    return 0
