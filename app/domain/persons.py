"""Personal text sealed with a key per person, and keys that can be erased for ever.

Feeds are replicated and never forget, so names and addresses are in them only sealed, each with its person's
own key. To forget a person is to make that key underivable, everywhere, without any key ever being sent: a
*puncturable* tree (Goldreich, Goldwasser, Micali). All keys hang in one binary tree of ``DEPTH`` levels; a
seed gives its two children by HMAC-SHA256, and nobody gets from a child back to its parent or sibling::

              seed                    punctured at "01":        ·
             /    \\                                            / \\
            0      1                                          ·   1*
           / \\    / \\                                        / \\
         00  01  10  11                                    00*  ·          * kept

1. A person's place is the first 64 bits of SHA-256 over the person's id: nobody needs to be told of it.
2. Whoever holds a seed can derive every key below it. A network begins with the seed of the root.
3. *Puncturing* replaces the seed that covers a place by the seeds beside the way to it. All other keys are
   derivable as before; this one is not, by nobody who has punctured, whatever else is found out later.
4. The order of punctures does not matter, and neither does doing one twice.

A puncture adds at most 63 seeds (about 50 where hundreds are punctured): some 3 kB for each person forgotten.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

DEPTH = 64
SEED_BYTES = 32
NONCE_BYTES = 12
PAD_BYTES = 256
"""Sealed texts are as long as the next multiple of this: the length says little about a name."""

_FORMAT = 1
_PLACE = b"tillmesh person 1\0"
_KEY = b"tillmesh person key 1"


class KeysUnreadable(ValueError):
    """What was stored is no key tree of this version."""


class Node(NamedTuple):
    """A place in the tree: ``path`` are the first ``depth`` bits of the places below it."""

    depth: int
    path: int


class Keys:
    """The seeds that a member holds. A value: puncturing gives another one."""

    def __init__(self, nodes: Mapping[Node, bytes]) -> None:
        self._nodes = dict(nodes)

    @classmethod
    def fresh(cls, seed: bytes) -> Keys:
        """A new network's keys out of 32 random bytes."""
        if len(seed) != SEED_BYTES:
            raise ValueError(f"a seed has {SEED_BYTES} bytes")
        return cls({Node(0, 0): seed})

    @classmethod
    def read(cls, stored: bytes) -> Keys:
        """The keys that :meth:`stored` wrote; ``KeysUnreadable`` for anything else."""
        try:
            kept = msgspec.msgpack.decode(stored, type=_Stored)
        except msgspec.MsgspecError as error:
            raise KeysUnreadable(str(error)) from None
        nodes = {Node(depth, path): seed for depth, path, seed in kept.nodes}
        whole = all(
            0 <= node.depth <= DEPTH and 0 <= node.path < 1 << node.depth and len(seed) == SEED_BYTES
            for node, seed in nodes.items()
        )
        if kept.format != _FORMAT or not whole:
            raise KeysUnreadable("the keys are of another version, or damaged")
        return cls(nodes)

    def stored(self) -> bytes:
        """The keys as bytes to keep secret; equal keys give equal bytes."""
        return msgspec.msgpack.encode(_Stored(_FORMAT, [(*node, self._nodes[node]) for node in sorted(self._nodes)]))

    def key_of(self, person_id: str) -> bytes | None:
        """The person's key (32 bytes); None if it has been punctured."""
        place = _place(person_id)
        covering = self._covering(place)
        if covering is None:
            return None
        seed = self._nodes[covering]
        for depth in range(covering.depth, DEPTH):
            seed = _child(seed, place >> (DEPTH - 1 - depth) & 1)
        return hmac.digest(seed, _KEY, "sha256")

    def punctured(self, person_id: str) -> Keys:
        """Keys that can derive all that these can, but this person's."""
        place = _place(person_id)
        covering = self._covering(place)
        if covering is None:
            return self
        nodes = dict(self._nodes)
        seed = nodes.pop(covering)
        for depth in range(covering.depth, DEPTH):
            bit = place >> (DEPTH - 1 - depth) & 1
            beside = Node(depth + 1, place >> (DEPTH - 1 - depth) ^ 1)
            nodes[beside] = _child(seed, 1 - bit)
            seed = _child(seed, bit)
        return Keys(nodes)

    def _covering(self, place: int) -> Node | None:
        for depth in range(DEPTH + 1):
            node = Node(depth, place >> (DEPTH - depth))
            if node in self._nodes:
                return node
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Keys) and self._nodes == other._nodes

    def __hash__(self) -> int:
        return hash(frozenset(self._nodes))

    def __repr__(self) -> str:
        return f"Keys({len(self._nodes)} seeds)"


class _Stored(msgspec.Struct, frozen=True):
    format: int
    nodes: list[tuple[int, int, bytes]]


def seal(key: bytes, person_id: str, text: str, nonce: bytes) -> str:
    """The text sealed for this person, as base64. ``nonce``: at least ``NONCE_BYTES`` of randomness, used once."""
    padded = text.encode() + b"\x80"
    # A till whose cashiers have no names never needs it, and it takes 6 MB of the screens' process.
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    padded += bytes(-len(padded) % PAD_BYTES)
    nonce = nonce[:NONCE_BYTES]
    return base64.b64encode(nonce + ChaCha20Poly1305(key).encrypt(nonce, padded, person_id.encode())).decode()


def opened(key: bytes, person_id: str, sealed: str) -> str | None:
    """The text that was sealed for this person with this key; None if it is another's, or not whole."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        raw = base64.b64decode(sealed, validate=True)
        padded = ChaCha20Poly1305(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], person_id.encode())
        return padded.rstrip(b"\0").removesuffix(b"\x80").decode()
    except (InvalidTag, binascii.Error, ValueError):
        return None


def _place(person_id: str) -> int:
    return int.from_bytes(hashlib.sha256(_PLACE + person_id.encode()).digest()[: DEPTH // 8], "big")


def _child(seed: bytes, bit: int) -> bytes:
    return hmac.digest(seed, b"\x01" if bit else b"\x00", "sha256")
