from __future__ import annotations

import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from hypothesis import given, settings
from hypothesis import strategies as st

from replication import certificates
from replication.core.model import Member
from replication.vouching import ALTERED, FOREIGN, FORGED, JUNK, NotVouched, Vouching, check

NETWORK = "ab" * 16
ROOT_KEY = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
KEY = Ed25519PrivateKey.from_private_bytes(b"m" * 32)
ROOT = certificates.issue_root(NETWORK, "cd" * 16, ROOT_KEY)
BODY = b"50 euros"


def member(name: str = "Kasse 2", site: str = "Messe", key: Ed25519PrivateKey = KEY, till_no: int = 2) -> Member:
    return Member("cd" * 16, till_no, name, "till", site, certificates.raw_public(key.public_key()))


def pen(
    who: Member, root: Certificate = ROOT, key: Ed25519PrivateKey = KEY, root_key: Ed25519PrivateKey = ROOT_KEY
) -> Vouching:
    network_id, _ = certificates.network_of(root)
    return Vouching(certificates.issue_member(who, network_id, root, root_key), key, root, network_id)


def fault_of(body: bytes, seal: bytes) -> str:
    with pytest.raises(NotVouched) as refused:
        check(body, seal, ROOT, NETWORK)
    return refused.value.fault


@given(
    st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=63),
    st.text(st.characters(categories=("L", "N")), max_size=63),
    st.integers(1, certificates.MAX_TILL_NO),
    st.binary(max_size=200),
)
@settings(max_examples=50)
def test_whoever_has_the_roots_certificate_learns_who_vouches(name: str, site: str, no: int, body: bytes) -> None:
    who = member(name, site, till_no=no)
    assert check(body, pen(who).seal(body), ROOT, NETWORK) == who


def test_a_seal_is_a_third_shorter_than_the_certificate_with_a_signature() -> None:
    seal = pen(member()).seal(BODY)
    assert len(seal) < 210
    assert len(certificates.issue_member(member(), NETWORK, ROOT, ROOT_KEY)) > 400


def test_a_seal_under_something_else_is_altered() -> None:
    seal = pen(member()).seal(BODY)
    assert fault_of(b"90 euros", seal) == ALTERED
    assert fault_of(BODY, seal[:-1] + bytes((seal[-1] ^ 1,))) == ALTERED


def test_a_key_that_the_root_has_not_certified_is_forged() -> None:
    """A stranger's key under a member's name, and a member that makes itself another till."""
    stranger = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    fake_root = certificates.issue_root(NETWORK, "cd" * 16, stranger)
    assert fault_of(BODY, pen(member(key=stranger), fake_root, stranger, stranger).seal(BODY)) == FORGED
    seal = pen(member()).seal(BODY)
    assert fault_of(BODY, seal.replace(b"Kasse 2", b"Kasse 1")) == FORGED


def test_another_networks_seal_is_foreign() -> None:
    elsewhere = certificates.issue_root("ef" * 16, "cd" * 16, ROOT_KEY)
    assert fault_of(BODY, pen(member(), elsewhere).seal(BODY)) == FOREIGN


def test_a_seal_of_another_network_is_good_for_nothing_under_this_ones_name() -> None:
    """Both networks have one root key and the same member: only the network's id differs."""
    elsewhere = certificates.issue_root("ef" * 16, "cd" * 16, ROOT_KEY)
    moved = bytes.fromhex(NETWORK)[:4] + pen(member(), elsewhere).seal(BODY)[4:]
    assert fault_of(BODY, moved) == FORGED


@given(st.binary(max_size=800), st.data())
@settings(max_examples=200)
def test_junk_is_refused_whatever_it_is(junk: bytes, data: st.DataObject) -> None:
    assert fault_of(BODY, junk) in (JUNK, FOREIGN)
    assert fault_of(BODY, bytes.fromhex(NETWORK)[:4] + junk) in (JUNK, FORGED)
    seal = bytearray(pen(member()).seal(BODY))
    at = data.draw(st.integers(4, len(seal) - 1))
    seal[at] ^= data.draw(st.integers(1, 255))
    assert fault_of(BODY, bytes(seal)) in (JUNK, FORGED, ALTERED)


def test_a_certificate_is_made_of_the_same_bytes_for_ever() -> None:
    """Seals on paper outlive versions of the library that encodes certificates: these bytes must not change."""
    signed = certificates.signed_part(member("Kasse Süd"), NETWORK, ROOT)
    assert hashlib.sha256(signed).hexdigest() == GOLDEN_SHA256


def test_a_certificate_that_cannot_be_made_anew_seals_nothing() -> None:
    """Of another version, say, with another serial number: better no statement than one that nobody can check."""
    subject = x509.load_der_x509_certificate(certificates.issue_member(member(), NETWORK, ROOT, ROOT_KEY)).subject
    other = certificates._sign(subject, KEY.public_key(), ROOT.subject, ROOT_KEY, serial=5)
    with pytest.raises(ValueError, match="another version"):
        Vouching(other.public_bytes(Encoding.DER), KEY, ROOT, NETWORK)


def test_texts_too_long_for_a_seal_are_told_at_once() -> None:
    with pytest.raises(ValueError, match="too long"):
        pen(member("\U0001f99c" * 64))


GOLDEN_SHA256 = "69afe26b7fb058f25a273129d45fd0dbfc2edefdfb22d108d164bf59fd02899e"
