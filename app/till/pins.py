"""PINs as argon2 hashes (argon2-cffi's own parameters): slow on purpose, so never on the loop."""

from __future__ import annotations

import hashlib

from argon2 import PasswordHasher, low_level
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


def hashed(pin: str) -> str:
    """The PIN's hash, with a salt of its own."""
    return _hasher.hash(pin)


def badge_hash(badge: str, salt: str) -> str:
    """A badge's number as the books keep it: the same at every till of a network, and slow to guess.

    Badges are found by it, so it has no salt of its own; ``salt`` is the network's, and argon2 makes trying all
    numbers of a reader too long.
    """
    network = hashlib.sha256(b"badge/" + salt.encode()).digest()[:16]
    number = badge.strip().upper().encode()
    return low_level.hash_secret_raw(
        number, network, time_cost=3, memory_cost=65_536, parallelism=1, hash_len=16, type=low_level.Type.ID
    ).hex()


def fits(pin_hash: str, pin: str) -> bool:
    """Whether the PIN is the hash's; False for a hash that is none."""
    try:
        return _hasher.verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False
