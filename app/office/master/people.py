"""Values in the clear, and facts of them: customers and users are sealed in facts, all others stand there as they are.

A person whose key has been erased is nobody any more: what is left is the number.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from app.domain.customer import Person
from app.domain.persons import NONCE_BYTES
from app.domain.user import BADGES, person_id
from app.engine.control import Refused
from app.facts.base import Edit
from app.facts.circulation import CustomerSet
from app.facts.master import ArticleSet, PriceSet, ReferenceSet, UserSet, VatRateSet
from app.office.history.versions import ARTICLE, CUSTOMER, PRICE, USER, VAT_RATE, Version
from app.text import gettext as _
from app.till import pins
from app.till.refusals import sentence

SET = "set"
"""How a PIN or badge is shown."""
_AS_THEY_ARE: Mapping[str, type[Edit]] = {ARTICLE: ArticleSet, PRICE: PriceSet, VAT_RATE: VatRateSet}
_PERSON = tuple(field.name for field in msgspec.structs.fields(Person))


class Sealing(Protocol):
    """What the books' reader does with persons' keys. Off the loop."""

    def sealed(self, person_id: str, text: str, nonce: bytes) -> str | None: ...

    def opened(self, person_id: str, sealed: str) -> str | None: ...

    def keyed(self, label: str, text: str) -> str | None: ...


def clear(version: Version, sealing: Sealing) -> dict[str, Any]:
    """The version's value as people read it."""
    value = version.value
    if version.kind == CUSTOMER:
        text = sealing.opened(version.key, value["person"]) if value.get("person") else None
        return {**_person(text), **{name: each for name, each in value.items() if name != "person"}}
    if version.kind == USER:
        text = sealing.opened(person_id(version.key), value["person"]) if value.get("person") else None
        shown = {name: each for name, each in value.items() if name in ("user", "roles", "rights", "valid_until")}
        secrets = {name: SET for name in ("pin", "badge") if value.get(f"{name}_hash")}
        return {**shown, "name": text or "", **secrets}
    return value


def fact_of(kind: str, key: str, value: Mapping[str, Any], before: Version | None, sealing: Sealing) -> Edit:
    """The fact that sets the value in the clear; ``Refused`` for what cannot be sealed here."""
    if kind == CUSTOMER:
        return _customer(key, value, sealing)
    if kind == USER:
        return _user(key, value, before, sealing)
    if kind in _AS_THEY_ARE:
        return msgspec.convert(value, _AS_THEY_ARE[kind])
    return ReferenceSet(subject=kind, key=key, value=dict(value))


def again(version: Version, newest: Version, sealing: Sealing) -> Edit:
    """The fact that says once more what a version said, sealed as it was.

    PIN and badge stay as they are now: one that was changed may have been found out.
    """
    value = dict(version.value)
    if version.kind == CUSTOMER:
        if not value.get("person") or sealing.opened(version.key, value["person"]) is None:
            raise Refused(
                "customer_forgotten",
                _("customer {no} has been forgotten, and nothing brings the person back").format(no=version.key),
            )
        return msgspec.convert(value, CustomerSet)
    if version.kind == USER:
        hashes = {name: newest.value.get(name, "") for name in ("pin_hash", "badge_hash")}
        return msgspec.convert({**value, **hashes}, UserSet)
    if version.kind in _AS_THEY_ARE:
        return msgspec.convert(value, _AS_THEY_ARE[version.kind])
    return ReferenceSet(subject=version.kind, key=version.key, value=value)


def gone(newest: Version) -> Edit:
    """The fact that removes the value; ``Refused`` for a VAT rate, of which receipts may be full."""
    if newest.kind == VAT_RATE:
        raise Refused("vat_rate_stays", _("a VAT rate cannot be taken away; set another for the same day"))
    if newest.kind == PRICE:
        return msgspec.convert({**newest.value, "price_minor": None}, PriceSet)
    types: dict[str, type[Edit]] = {ARTICLE: ArticleSet, CUSTOMER: CustomerSet, USER: UserSet}
    if newest.kind in types:
        return msgspec.convert({**newest.value, "removed": True}, types[newest.kind])
    return ReferenceSet(subject=newest.kind, key=newest.key, removed=True)


def _person(text: str | None) -> dict[str, Any]:
    try:
        return msgspec.to_builtins(msgspec.json.decode(text, type=Person)) if text else {}
    except msgspec.MsgspecError:
        return {}


def _customer(key: str, value: Mapping[str, Any], sealing: Sealing) -> CustomerSet:
    person = msgspec.convert({name: value[name] for name in _PERSON if name in value}, Person)
    sealed = _sealed(key, msgspec.json.encode(person).decode(), sealing)
    rest = {name: each for name, each in value.items() if name not in _PERSON}
    return msgspec.convert({**rest, "customer_no": key, "person": sealed}, CustomerSet)


def _user(key: str, value: Mapping[str, Any], before: Version | None, sealing: Sealing) -> UserSet:
    hashes = {name: before.value.get(name, "") if before else "" for name in ("pin_hash", "badge_hash")}
    if value.get("pin", SET) != SET:
        hashes["pin_hash"] = pins.hashed(value["pin"]) if value["pin"] else ""
    if value.get("badge", SET) != SET:
        badge = sealing.keyed(BADGES, value["badge"].strip().upper()) if value["badge"].strip() else ""
        if badge is None:
            raise _locked()
        hashes["badge_hash"] = badge
    rest = {name: each for name, each in value.items() if name in ("roles", "rights", "valid_until")}
    person = _sealed(person_id(key), value.get("name", ""), sealing)
    return msgspec.convert({**rest, **hashes, "user": key, "person": person}, UserSet)


def _sealed(person: str, text: str, sealing: Sealing) -> str:
    sealed = sealing.sealed(person, text, os.urandom(NONCE_BYTES))
    if sealed is None:
        raise _locked()
    return sealed


def _locked() -> Refused:
    return Refused("persons_locked", sentence("persons_locked", {}, _))
