"""PINs as argon2 hashes (argon2-cffi's own parameters): slow on purpose, so never on the loop."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher


def hashed(pin: str) -> str:
    """The PIN's hash, with a salt of its own."""
    return _hasher().hash(pin)


def fits(pin_hash: str, pin: str) -> bool:
    """Whether the PIN is the hash's; False for a hash that is none."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False


@functools.cache
def _hasher() -> PasswordHasher:
    """Imported by the first who enters a PIN: many tills have no users."""
    from argon2 import PasswordHasher

    return PasswordHasher()
