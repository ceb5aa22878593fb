"""What opens and seals personal text for the books: the port, and the one in memory.

Keys are derived by some sixty hashes each, so derived ones are remembered; a puncture drops all of them.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Protocol

from app.domain import persons
from app.domain.persons import Keys

MAX_DERIVED = 20_000
"""Derived keys that are remembered: some megabytes, and every customer of a large shop."""


class Persons(Protocol):
    """The network's person keys, as far as this till holds them. Called from any thread."""

    def sealed(self, person_id: str, text: str, nonce: bytes) -> str | None:
        """The text sealed with the person's key; None if that has been erased, or is not known here."""

    def opened(self, person_id: str, sealed: str) -> str | None:
        """The text that was sealed; None if the key has been erased or is not known here."""

    def keyed(self, label: str, text: str) -> str | None:
        """The text's HMAC-SHA256 (hex) with the network's key of that label; None if there are no keys here."""


class NoPersons:
    """A till that holds no keys: what is sealed stays sealed."""

    def sealed(self, person_id: str, text: str, nonce: bytes) -> str | None:  # noqa: ARG002 - the port
        return None

    def opened(self, person_id: str, sealed: str) -> str | None:  # noqa: ARG002 - the port
        return None

    def keyed(self, label: str, text: str) -> str | None:  # noqa: ARG002 - the port
        return None


class PersonsInMemory:
    """``Persons`` over a key tree, with the keys that were derived already."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._derived: dict[str, bytes] = {}

    def sealed(self, person_id: str, text: str, nonce: bytes) -> str | None:
        key = self._key(person_id)
        return None if key is None else persons.seal(key, person_id, text, nonce)

    def opened(self, person_id: str, sealed: str) -> str | None:
        key = self._key(person_id)
        return None if key is None else persons.opened(key, person_id, sealed)

    def keyed(self, label: str, text: str) -> str | None:
        key = self._key(label)
        return None if key is None else hmac.digest(key, text.encode(), "sha256").hex()

    def forget(self, person_ids: Iterable[str]) -> bool:
        """Erase these persons' keys; whether there was one to erase."""
        keys = self.keys
        for person_id in person_ids:
            keys = keys.punctured(person_id)
        changed = keys is not self.keys
        self.keys, self._derived = keys, {} if changed else self._derived
        return changed

    def _key(self, person_id: str) -> bytes | None:
        derived = self._derived
        key = derived.get(person_id)
        if key is None:
            key = self.keys.key_of(person_id)
            if key is not None:
                if len(derived) >= MAX_DERIVED:
                    derived.clear()
                derived[person_id] = key
        return key
