"""Who does not belong, on a host of its own: ``python -m tests.hosts.stranger WHAT NETWORK_ID ROOT HOST:PORT...``.

``door``: announces itself as a member of the network, with a TLS server whose certificate nobody has signed, and
dials the members with it; prints one JSON line with what it got to read. ``flood``: a home's real member (argument:
the home) that sends what no member sends, as much as it can; prints how its connections ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import random
import ssl
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from replication.core import wire
from replication.core.documents import document_id
from replication.core.sync import NETWORK_FEED
from replication.identity import Identity
from replication.net import tls
from replication.net.discovery import Announcement, Browser

MEMBER = "f" * 32
SECONDS = 5.0
FLOOD_S = 1.0
"""For one kind of junk to one till, which gets each once; what a till keeps of it is at its bound long before."""


def forged_context(network_id: str, folder: Path, *, server: bool) -> ssl.SSLContext:
    """TLS with a certificate that says all the right things and is signed by itself."""
    key = Ed25519PrivateKey.generate()
    parts = [
        (NameOID.ORGANIZATION_NAME, network_id), (NameOID.COMMON_NAME, MEMBER), (NameOID.SERIAL_NUMBER, "2"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "till"), (NameOID.GIVEN_NAME, "Kasse 2"),
    ]  # fmt: skip
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
        .sign(key, None)
    )  # fmt: skip
    (folder / "forged.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.load_cert_chain(folder / "forged.pem")
    return context


async def door(network_id: str, root: str, targets: list[str]) -> dict[str, Any]:
    heard: list[int] = []
    callers = 0
    with tempfile.TemporaryDirectory() as folder:

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal callers
            callers += 1
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(2):
                    heard.append(len(await reader.read(65_536)))
            writer.close()

        here = forged_context(network_id, Path(folder), server=True)
        server = await asyncio.start_server(listen, "0.0.0.0", 7417, ssl=here)
        client = forged_context(network_id, Path(folder), server=False)
        refused = 0
        async with Browser(
            network_id=network_id, announcement=Announcement(network_id, root, MEMBER, 2, "0.0.0.0", 7417)
        ):
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                for target in targets:
                    try:
                        async with connect(f"wss://{target}/", ssl=client, open_timeout=2) as link:
                            heard.append(len(await asyncio.wait_for(link.recv(), 2)))
                    except (OSError, WebSocketException, TimeoutError, EOFError):
                        refused += 1
                await asyncio.sleep(0.2)
        server.close()
    return {"heard": sum(heard), "refused": refused, "callers": callers}


async def flood(home: Path, targets: list[str]) -> dict[str, Any]:
    """An enrolled member gone mad, over and over again."""
    identity = Identity.load(home)
    context = tls.client_context(identity)
    network_document = document_id(identity.network_id, NETWORK_FEED, 0)
    rng = random.Random(7)
    me, ended, sent = identity.member_id, 0, 0

    def own(body: dict[str, Any]) -> bytes:
        return wire.encode(wire.Ephemeral(me, "", 1, "mad", network_document, body))

    def claim() -> bytes:
        resource = f"voucher/{rng.randrange(10**9)}"
        return own(
            {
                "t": "claim",
                "id": rng.randbytes(12).hex(),
                "resources": [resource],
                "hlc": "0001763751234567-00001",
            }
        )

    def positions() -> bytes:
        feeds = {f"{rng.randbytes(16).hex()}/sales": [rng.randrange(10**6), "0" * 16] for _ in range(200)}
        return own({"t": "positions", "p": feeds, "clock": rng.randrange(2**50)})

    floods = [
        claim,
        positions,
        lambda: rng.randbytes(rng.randrange(1, 2_000)),
        lambda: cbor2.dumps({"type": "sync", "senderId": me, "targetId": "", "documentId": "x", "data": b"1"}),
        lambda: bytes(4_000_000),
    ]
    # Made beforehand: this process shares the cores with the tills, and is to send as fast as it can.
    told = {make: [make() for _ in range(40)] for make in floods}
    for make in floods:
        for target in targets:
            door = connect(f"wss://{target}/", ssl=context, server_hostname=tls.SERVER_NAME, close_timeout=0.3)
            try:
                async with door as link, asyncio.timeout(FLOOD_S):
                    await link.send(wire.encode(wire.Join(me, ("1",))))
                    for message in told[make] * 10:
                        await link.send(message)
                        sent += 1
            except TimeoutError:
                continue
            except (OSError, WebSocketException, EOFError):
                ended += 1
    return {"sent": sent, "ended": ended}


if __name__ == "__main__":
    what, *given = sys.argv[1:]
    done = door(given[0], given[1], given[2:]) if what == "door" else flood(Path(given[0]), given[1:])
    print(json.dumps(asyncio.run(done)), flush=True)
