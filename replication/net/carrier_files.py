"""What lies in a writer's folder: segment files, and the manifest that vouches for them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Sequence
from typing import Annotated

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import UNSET, Meta, UnsetType

from replication import certificates
from replication.core.documents import document_id
from replication.core.model import SEGMENT_RECORDS, Feed, Member
from replication.identity import Identity

FORMAT = 1
MANIFEST = "manifest.json"
MAGIC = b"tillmesh-segment/1\n"
MAX_FILE_BYTES = 48 * 1024 * 1024
"""A full segment of the longest records, as over the wire."""
MAX_MANIFEST_BYTES = 32 * 1024 * 1024
MAX_FILES = 100_000
_SIGNED = b"tillmesh-carrier/1\0"
_FRAME_BYTES = 8
_NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{16}\.segment(\.new)?")

Hex32 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
Hex64 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Number = Annotated[int, Meta(ge=0, le=2**53)]


class Refusal(Exception):
    """A file or a manifest is not to be believed; ``code`` says why, ``detail`` is for the log."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}{f' ({detail})' if detail else ''}")
        self.code = code
        self.detail = detail


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One segment file. ``head`` is the hash of its last record."""

    feed: Annotated[str, Meta(max_length=60)]
    first: Number
    head: Hex64
    last: Number
    name: Annotated[str, Meta(max_length=70)]
    segment: Number
    sha256: Hex64
    size: Number


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a writer vouches for. ``hlc``: the newest hybrid time in it; ``run``: which writing this was.

    ``newcomer``, said only then: the writer itself still lacks its first data.
    """

    certificate: Annotated[str, Meta(max_length=16_384)]
    files: Annotated[tuple[File, ...], Meta(max_length=MAX_FILES)]
    format: int
    hlc: Annotated[str, Meta(max_length=22)]
    network: Hex32
    run: Hex32
    writer: Hex32
    newcomer: bool | UnsetType = UNSET
    signature: Annotated[str, Meta(pattern=r"\A([0-9a-f]{128})?\Z")] = ""


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Manifest)


def framed(chunks: Sequence[bytes]) -> bytes:
    """The bytes of a segment file."""
    parts = [MAGIC]
    for chunk in chunks:
        parts += [len(chunk).to_bytes(4, "big"), zlib.crc32(chunk).to_bytes(4, "big"), chunk]
    return b"".join(parts)


def unframed(data: bytes) -> tuple[bytes, ...]:
    """The changes in a segment file; ``Refusal`` if it is none, or ends too early."""
    if not data.startswith(MAGIC):
        raise Refusal("foreign", "not a segment file")
    chunks: list[bytes] = []
    at = len(MAGIC)
    while at < len(data):
        head = data[at : at + _FRAME_BYTES]
        size = int.from_bytes(head[:4], "big")
        chunk = data[at + _FRAME_BYTES : at + _FRAME_BYTES + size]
        if len(head) < _FRAME_BYTES or len(chunk) < size:
            raise Refusal("truncated", f"ends in the middle of change {len(chunks) + 1}")
        if zlib.crc32(chunk) != int.from_bytes(head[4:], "big"):
            raise Refusal("changed", f"change {len(chunks) + 1} is not what was written")
        chunks.append(chunk)
        at += _FRAME_BYTES + size
    return tuple(chunks)


def changes_in(file: File, data: bytes) -> tuple[bytes, ...]:
    """The changes in a file, if it is what its manifest says; else ``Refusal``."""
    if len(data) < file.size:
        raise Refusal("truncated", f"{len(data)} < {file.size}")
    if digest(data) != file.sha256:
        raise Refusal("changed", f"{len(data)} bytes with another hash than the manifest's")
    return unframed(data)


def name_of(document: str, sha256: str) -> str:
    """The name of a segment file: it follows from what is in it, and from nothing else."""
    return f"{document}-{sha256[:16]}.segment"


def is_ours(name: str) -> bool:
    """Whether a name is one that we give: a segment file, finished or not, or an unfinished manifest."""
    return _NAME.fullmatch(name) is not None or name == f"{MANIFEST}.new"


def signed(identity: Identity, files: Sequence[File], *, hlc: str, run: str, newcomer: bool = False) -> bytes:
    """The manifest of this member over the files."""
    manifest = Manifest(
        certificate=base64.b64encode(identity.certificate).decode(),
        files=tuple(files),
        format=FORMAT,
        hlc=hlc,
        network=identity.network_id,
        run=run,
        writer=identity.member_id,
        newcomer=newcomer or UNSET,
    )
    signature = identity.private_key.sign(_SIGNED + _encoder.encode(manifest)).hex()
    return _encoder.encode(msgspec.structs.replace(manifest, signature=signature))


def opened(data: bytes, root: x509.Certificate, network_id: str, folder: str) -> tuple[Manifest, Member]:
    """The manifest and who signed it; ``Refusal`` unless a member of this network wrote it for this folder."""
    try:
        manifest = _decoder.decode(data)
        certificate = base64.b64decode(manifest.certificate, validate=True)
    except (msgspec.DecodeError, ValueError, RecursionError, binascii.Error) as error:
        raise Refusal("bad_manifest", str(error)[:200]) from None
    if manifest.format != FORMAT:
        raise Refusal("other_format", str(manifest.format))
    if _encoder.encode(manifest) != data:
        raise Refusal("bad_manifest", "not in canonical form")
    try:
        writer = certificates.member_of(certificate, root, network_id)
    except certificates.CertificateRefused as error:
        raise Refusal("foreign", str(error)) from None
    if manifest.network != network_id or manifest.writer != writer.member_id or folder != writer.member_id:
        raise Refusal("foreign", "written for another network or by another member")
    unsigned = msgspec.structs.replace(manifest, signature="")
    try:
        key = Ed25519PublicKey.from_public_bytes(writer.public_key)
        key.verify(bytes.fromhex(manifest.signature), _SIGNED + _encoder.encode(unsigned))
    except (InvalidSignature, ValueError):
        raise Refusal("bad_manifest", "not signed by its writer") from None
    for file in manifest.files:
        _check(file, network_id)
    return manifest, writer


def _check(file: File, network_id: str) -> None:
    """What a manifest says of a file must fit together. Its writer is a member, but may be a bad one."""
    try:
        feed = Feed.parse(file.feed)
    except ValueError as error:
        raise Refusal("bad_manifest", str(error)) from None
    begin = file.segment * SEGMENT_RECORDS + 1
    fits = file.first == begin <= file.last < begin + SEGMENT_RECORDS
    if not fits or file.name != name_of(document_id(network_id, feed, file.segment), file.sha256):
        raise Refusal("bad_manifest", f"the entry of {file.name} does not fit together")


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
