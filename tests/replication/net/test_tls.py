from __future__ import annotations

import asyncio
import ssl
import uuid
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from replication import certificates
from replication.core.model import Member
from replication.identity import Identity, found_network, write_identity
from replication.net import tls


def new_id() -> str:
    return uuid.uuid4().hex


def member_of(
    founder: Identity, home: Path, root_key: Ed25519PrivateKey | None = None, root: x509.Certificate | None = None
) -> Identity:
    """A second member, signed by the founder's root or by another key."""
    key = Ed25519PrivateKey.generate()
    member = Member(new_id(), 2, "Kasse 2", "till", "", certificates.raw_public(key.public_key()))
    signer = root_key or founder.root_key
    assert signer is not None
    return write_identity(
        home,
        network_name="x",
        root=founder.root,
        certificate=certificates.issue_member(member, founder.network_id, root or founder.root, signer),
        founder_certificate=founder.certificate,
        key=key,
    )


async def greet(server: ssl.SSLContext, client: ssl.SSLContext) -> bytes:
    """What the server saw of the client, if the handshake held on both sides."""
    seen: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.set_result(writer.get_extra_info("ssl_object").getpeercert(binary_form=True) or b"")
        writer.write(b"welcome")
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client, server_hostname=tls.SERVER_NAME)
        try:
            if await reader.read(100) != b"welcome":
                raise ConnectionError("turned away")
            return await seen
        finally:
            writer.close()


@pytest.fixture
def founder(tmp_path: Path) -> Identity:
    return found_network(tmp_path / "founder", "Messestand", 1, "till", ids=new_id)


async def test_members_of_one_network_meet(founder: Identity, tmp_path: Path) -> None:
    member = member_of(founder, tmp_path / "member")
    assert await greet(tls.server_context(founder), tls.client_context(member)) == member.certificate
    assert await greet(tls.server_context(member), tls.client_context(founder)) == founder.certificate


async def test_a_member_of_another_network_gets_no_further_than_the_handshake(
    founder: Identity, tmp_path: Path
) -> None:
    stranger = found_network(tmp_path / "stranger", "Messestand", 1, "till", ids=new_id)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await greet(tls.server_context(founder), tls.client_context(stranger))
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await greet(tls.server_context(stranger), tls.client_context(founder))


async def test_a_certificate_with_our_names_from_another_key_is_refused(founder: Identity, tmp_path: Path) -> None:
    context = tls.client_context(founder)
    key = Ed25519PrivateKey.generate()
    forged = certificates.issue_member(
        Member(founder.member_id, 1, "Kasse 1", "till", "", certificates.raw_public(key.public_key())),
        founder.network_id,
        founder.root,
        key,
    )
    path = tmp_path / "forged.pem"
    path.write_bytes(certificates.private_pem(key) + certificates.pem(forged))
    context.load_cert_chain(path)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await greet(tls.server_context(founder), context)


async def test_nobody_comes_in_without_a_certificate(founder: Identity) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await greet(tls.server_context(founder), context)


async def test_older_tls_is_not_spoken(founder: Identity, tmp_path: Path) -> None:
    context = tls.client_context(founder)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await greet(tls.server_context(founder), context)


async def test_a_bootstrap_certificate_is_let_in_while_it_is_trusted(founder: Identity) -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    certificate = certificates.issue_bootstrap(key)
    trusting = tls.server_context(founder, [certificates.issue_bootstrap(other), certificate])
    assert await greet(trusting, tls.bootstrap_context(key)) == certificate
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await greet(tls.server_context(founder), tls.bootstrap_context(key))


async def test_a_bootstrap_certificate_cannot_sign_members(founder: Identity, tmp_path: Path) -> None:
    bootstrap_key = Ed25519PrivateKey.generate()
    bootstrap = certificates.issue_bootstrap(bootstrap_key)
    trusting = tls.server_context(founder, [bootstrap])
    key = Ed25519PrivateKey.generate()
    member = Member(new_id(), 9, "Falle", "till", "", certificates.raw_public(key.public_key()))
    forged = certificates.issue_member(member, founder.network_id, certificates.parse(bootstrap), bootstrap_key)
    context = tls.client_context(founder)
    path = tmp_path / "forged.pem"
    path.write_bytes(certificates.private_pem(key) + certificates.pem(forged, bootstrap))
    context.load_cert_chain(path)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await greet(trusting, context)


async def test_a_member_cannot_sign_members(founder: Identity, tmp_path: Path) -> None:
    member = member_of(founder, tmp_path / "member")
    key = Ed25519PrivateKey.generate()
    forged = certificates.issue_member(
        Member(new_id(), 9, "Falle", "till", "", certificates.raw_public(key.public_key())),
        founder.network_id,
        certificates.parse(member.certificate),
        member.private_key,
    )
    context = tls.client_context(founder)
    path = tmp_path / "forged.pem"
    path.write_bytes(certificates.private_pem(key) + certificates.pem(forged, member.certificate))
    context.load_cert_chain(path)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await greet(tls.server_context(founder), context)


def test_nothing_of_a_bootstrap_key_stays_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tls.bootstrap_context(Ed25519PrivateKey.generate())
    assert not list(tmp_path.iterdir())
