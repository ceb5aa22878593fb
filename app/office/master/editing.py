"""The operations that set, remove and take back.

1. Whoever edits names the version that was seen (``version``; empty: there was none). If another has come in between,
   nothing is written, and the refusal says what it changed: the other's word is not overwritten unseen.
2. Fields that are not named stay as they are. Without a ``version`` the newest value is what they are set in.
3. Nothing is deleted: taking back is saying once more what was said before. A change of many values (an import) is
   taken back as a whole, unless something in it was changed since; with ``keep_newer`` that stays as it is.
4. All is checked before anything is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from app.domain.instant import iso
from app.domain.reference import ReferenceFault, value_of
from app.engine.control import Refused
from app.facts.base import Edit, said_by
from app.master_words import moment
from app.office.history.versions import FORGOTTEN, PRICE, USER, Version, price_key, same
from app.office.master import people
from app.office.master.checks import check
from app.office.master.desk import SHOWN, MasterDesk, kind_of, unknown
from app.office.master.differences import differences, said
from app.office.master.fields import FieldBad, read
from app.office.master.kinds import KINDS, Kind
from app.office.master.listing import OWN_CURRENCY
from app.text import gettext as _

CONFLICTS_SHOWN = 20
AMONG_OTHERS = frozenset({USER, "number_range", "number_pool", "price_list"})
"""Kinds whose values must go with each other."""
MAX_UNDONE = 200_000


def knowing(fact: Edit, newest: Version | None) -> Edit:
    """The fact with the version that it was said in the knowledge of."""
    return fact if newest is None else msgspec.structs.replace(fact, saw=newest.stamp)


class Editing:
    """Each public coroutine is an operation. ``by``: the user who says so."""

    def __init__(self, desk: MasterDesk) -> None:
        self._desk = desk

    async def master_set(
        self, kind: str, values: dict[str, Any], key: str = "", version: str | None = None, by: str = ""
    ) -> dict[str, Any]:
        """Set a value, or some of its fields: texts as people type them, or JSON as it is kept."""
        found = kind_of(kind)
        async with self._desk.alone:
            fact, made = await self._desk.look(lambda: self.edit(found, values, key, version))
            if fact is not None:
                await self._desk.write([said_by(fact, by)])
            now = await self._desk.look(lambda: self._desk.history.newest(kind, made))
            assert now is not None
        shown = await asyncio.to_thread(self._desk.shown, now)
        return {**shown, "changed": fact is not None}

    async def master_remove(self, kind: str, key: str, version: str | None = None, by: str = "") -> dict[str, Any]:
        """Remove a value; its past stays, and it can be taken back."""
        kind_of(kind)

        def looked() -> Edit:
            newest = self._newest(kind, key, version)
            if newest is None or newest.removed:
                raise unknown(kind, key)
            check(kind, key, None, self._desk.books, self._desk.day)
            return knowing(people.gone(newest), newest)

        async with self._desk.alone:
            await self._desk.write([said_by(await self._desk.look(looked), by)])
        return {"kind": kind, "key": key, "removed": True}

    async def master_undo(
        self, kind: str, key: str, to: str = "", version: str | None = None, by: str = ""
    ) -> dict[str, Any]:
        """The value as it was at the version ``to``; empty: before the newest."""
        kind_of(kind)

        def looked() -> Edit | None:
            newest = self._newest(kind, key, version)
            if newest is None:
                raise unknown(kind, key)
            wanted = self._desk.history.at(kind, key, to) if to else self._before(newest)
            if to and wanted is None:
                raise Refused(
                    "unknown_version", _("{kind} {key} has no version {version}").format(kind=kind, key=key, version=to)
                )
            return self.back(newest, wanted)

        async with self._desk.alone:
            fact = await self._desk.look(looked)
            if fact is not None:
                await self._desk.write([said_by(fact, by)])
            now = await self._desk.look(lambda: self._desk.history.newest(kind, key))
            assert now is not None
        return {**await asyncio.to_thread(self._desk.shown, now), "changed": fact is not None}

    async def master_undo_change(
        self, change: str, keep_newer: bool = False, dry_run: bool = False, by: str = ""
    ) -> dict[str, Any]:
        """Every value that the change has set, as it was before it; what was changed since is a conflict.

        Answers how many are ``undone`` (with ``dry_run``: would be), were ``unchanged`` by it, and the ``conflicts``.
        """
        async with self._desk.alone:
            facts, unchanged, conflicts = await self._desk.look(lambda: self._taken_back(change))
            shown = [f"{kind} {key}" for kind, key in conflicts[:CONFLICTS_SHOWN]]
            if conflicts and not keep_newer and not dry_run:
                raise Refused(
                    "changed_since",
                    _(
                        "{count} values of it have been changed since: {which}; take back the rest with --keep-newer"
                    ).format(count=len(conflicts), which=", ".join(shown)),
                )
            undone = len(facts)
            if not dry_run:
                name = f"undo {change}"
                outcome = await self._desk.write([said_by(fact, by, name) for fact in facts])
                undone, shown = outcome.done, [*shown, *outcome.left]
        return {"change": change, "undone": undone, "unchanged": unchanged, "conflicts": shown}

    # -- deciding, off the loop --------------------------------------------------------------------

    def edit(self, kind: Kind, values: Mapping[str, Any], key: str, version: str | None) -> tuple[Edit | None, str]:
        """The fact that sets the fields, and the key; None: it would say nothing new. ``Refused``."""
        given = self.read(kind, values)
        given = self._named(kind, key) | given if key else given
        if kind.name in OWN_CURRENCY:
            given.setdefault("currency", self._desk.currency)
        key = key or self._key_of(kind, given)
        newest = self._newest(kind.name, key, version)
        before = self._desk.clear(newest) or {}
        value = {**before, **given}
        self._check_whole(kind, value)
        if self._key_of(kind, value) != key:
            raise Refused(
                "key_changed", _("these fields are those of {other}, not of {key}").format(
                    other=self._key_of(kind, value)[:SHOWN], key=key[:SHOWN])
            )  # fmt: skip
        check(kind.name, key, value, self._desk.books, self._desk.day)
        try:
            fact = people.fact_of(kind.name, key, value, newest, self._desk.books)
        except msgspec.ValidationError as error:
            raise Refused("bad_field", str(error)) from None
        fact = knowing(fact, newest)
        new = not before or bool(differences(kind, before, value, self._desk.currency))
        return (fact if new else None), key

    def back(self, newest: Version, wanted: Version | None, *, together: bool = False) -> Edit | None:
        """The fact that makes a value what it was in the version (None: not there); None if it is that already.

        ``together`` with others: then what it needs of them (a price its article) may not be there yet.
        """
        if newest.change == FORGOTTEN:
            raise Refused(
                "customer_forgotten",
                _("customer {no} has been forgotten, and nothing brings the person back").format(no=newest.key),
            )
        if same(newest, wanted):
            return None
        if wanted is None or wanted.removed:
            check(newest.kind, newest.key, None, self._desk.books, self._desk.day)
            return knowing(people.gone(newest), newest)
        if newest.kind in KINDS and (not together or newest.kind in AMONG_OTHERS):
            value = self._desk.clear(wanted)
            check(newest.kind, newest.key, value, self._desk.books, self._desk.day)
        return knowing(people.again(wanted, newest, self._desk.books), newest)

    def _taken_back(self, change: str) -> tuple[list[Edit], int, list[tuple[str, str]]]:
        history = self._desk.history
        touched = history.touched(change)
        if not touched:
            raise Refused(
                "unknown_change",
                _("there is no change {change}; `master changes` lists them").format(change=change[:80]),
            )
        if len(touched) > MAX_UNDONE:
            raise Refused("too_many", _("the change has set too many values to take it back at once"))
        facts: list[Edit] = []
        conflicts: list[tuple[str, str]] = []
        unchanged = 0
        for kind, key, first, last in touched:
            newest, before = history.newest(kind, key), history.before(kind, key, first)
            assert newest is not None
            if newest.stamp != last:
                if not same(newest, before):
                    conflicts.append((kind, key))
                continue
            fact = self.back(newest, before, together=True)
            if fact is None:
                unchanged += 1
            else:
                facts.append(fact)
        return facts, unchanged, conflicts

    def _before(self, newest: Version) -> Version | None:
        return self._desk.history.before(newest.kind, newest.key, newest.stamp)

    def _newest(self, kind: str, key: str, version: str | None) -> Version | None:
        """The newest version; ``Refused`` if ``version``, which was seen, is not the newest."""
        newest = self._desk.history.newest(kind, key)
        stamp = newest.stamp if newest else ""
        if version is None or version == stamp or (not version and newest is not None and newest.removed):
            return newest
        assert newest is not None or version
        seen = self._desk.history.at(kind, key, version) if version else None
        if newest is None or (version and seen is None):
            raise Refused(
                "unknown_version",
                _("{kind} {key} has no version {version}").format(kind=kind, key=key, version=version),
            )
        clear = self._desk.clear
        changed = differences(KINDS.get(kind), clear(seen), clear(newest), self._desk.currency)
        what = _("removed") if newest.removed else said(changed)
        who = newest.by or _("somebody")
        raise Refused(
            "changed_meanwhile",
            _("{who} has changed {kind} {key} meanwhile ({at}): {what}; look at it and change it again").format(
                who=who, kind=kind, key=key[:SHOWN], at=moment(iso(newest.at_ms)), what=what
            ),
        )

    def read(self, kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields mean, by their full names; ``Refused``."""
        given: dict[str, Any] = {}
        for name, each in values.items():
            field = kind.field(name)
            if field is None:
                known = ", ".join(field.plain for field in kind.fields)
                raise Refused(
                    "unknown_field",
                    _("{kind} has no field {field}; it has {known}").format(
                        kind=kind.name, field=name[:SHOWN], known=known
                    ),
                )
            try:
                given[field.name] = read(field, each, self._desk.currency)
            except FieldBad as bad:
                raise Refused("bad_field", str(bad)) from None
        return given

    def _named(self, kind: Kind, key: str) -> dict[str, Any]:
        """What the key says of the fields; of reference data, whose types make keys in their own ways, the first."""
        names = kind.keys or tuple(field.name for field in kind.fields[:1] if field.required)
        texts = key.split(":", len(names) - 1) if names else []
        return self.read(kind, dict(zip(names, texts, strict=False)))

    def _check_whole(self, kind: Kind, value: Mapping[str, Any]) -> None:
        missing = [field.plain for field in kind.fields if field.required and value.get(field.name) is None]
        if missing:
            raise Refused("field_missing", _("{kind} needs {fields}").format(kind=kind.name, fields=", ".join(missing)))

    def _key_of(self, kind: Kind, value: Mapping[str, Any]) -> str:
        """The key that these fields make."""
        if kind.name == PRICE:
            self._check_whole(Kind(kind.name, kind.value, kind.keys), {"price_minor": 0, **value})
            return price_key(
                value["ident_no"], value["price_list"], value.get("valid_from", ""), value.get("valid_until", "")
            )
        self._check_whole(kind, value)
        if kind.keys:
            return ":".join(str(value[name]) for name in kind.keys)
        try:
            return value_of(kind.name, value).key
        except ReferenceFault as fault:
            raise Refused("bad_setting", str(fault)) from None
