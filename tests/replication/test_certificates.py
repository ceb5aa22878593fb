from __future__ import annotations

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from replication import certificates
from replication.certificates import CertificateRefused
from replication.core.model import Member

NETWORK, AUTHORITY = "ab" * 16, "cd" * 16
ROOT_KEY = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
ROOT = certificates.issue_root(NETWORK, AUTHORITY, ROOT_KEY)
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def member(**changes: object) -> Member:
    fields: dict[str, object] = {
        "member_id": "ef" * 16,
        "till_no": 7,
        "name": "Kasse 7",
        "role": "till",
        "site": "Halle 3",
        "public_key": certificates.raw_public(KEY.public_key()),
    }
    return Member(**(fields | changes))  # type: ignore[arg-type]


def test_a_members_certificate_states_who_it_is() -> None:
    der = certificates.issue_member(member(), NETWORK, ROOT, ROOT_KEY)
    assert certificates.member_of(der, ROOT, NETWORK) == member(certificate=der)


def test_the_same_member_gets_the_same_certificate() -> None:
    assert certificates.issue_member(member(), NETWORK, ROOT, ROOT_KEY) == certificates.issue_member(
        member(), NETWORK, ROOT, ROOT_KEY
    )


@given(
    name=st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=64),
    site=st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=64),
)
def test_names_and_sites_survive_in_every_script(name: str, site: str) -> None:
    der = certificates.issue_member(member(name=name, site=site), NETWORK, ROOT, ROOT_KEY)
    found = certificates.member_of(der, ROOT, NETWORK)
    assert (found.name, found.site) == (name, site)


def test_a_certificate_of_another_root_is_refused() -> None:
    other_key = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    der = certificates.issue_member(member(), NETWORK, ROOT, other_key)
    with pytest.raises(CertificateRefused, match="not signed"):
        certificates.member_of(der, ROOT, NETWORK)


def test_a_certificate_for_another_network_is_refused() -> None:
    der = certificates.issue_member(member(), "00" * 16, ROOT, ROOT_KEY)
    with pytest.raises(CertificateRefused, match="another network"):
        certificates.member_of(der, ROOT, NETWORK)


def test_the_root_itself_is_no_member() -> None:
    with pytest.raises(CertificateRefused, match="does not name a member"):
        certificates.member_of(ROOT.public_bytes(Encoding.DER), ROOT, NETWORK)


def test_a_bootstrap_certificate_is_no_member() -> None:
    with pytest.raises(CertificateRefused, match="not signed"):
        certificates.member_of(certificates.issue_bootstrap(KEY), ROOT, NETWORK)


@given(st.binary(max_size=400))
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(CertificateRefused):
        certificates.member_of(junk, ROOT, NETWORK)


def test_the_root_names_network_and_authority() -> None:
    assert certificates.network_of(ROOT) == (NETWORK, AUTHORITY)
    assert len(certificates.fingerprint(ROOT)) == certificates.FINGERPRINT_BYTES


def test_a_root_that_somebody_else_signed_is_refused() -> None:
    leaf = x509.load_der_x509_certificate(certificates.issue_member(member(), NETWORK, ROOT, ROOT_KEY))
    with pytest.raises(CertificateRefused, match="not signed by itself"):
        certificates.network_of(leaf)


def test_both_sides_derive_the_same_bootstrap_certificate() -> None:
    again = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    assert certificates.issue_bootstrap(KEY) == certificates.issue_bootstrap(again)


def test_certificates_outlive_a_till_with_any_clock() -> None:
    leaf = certificates.parse(certificates.issue_member(member(), NETWORK, ROOT, ROOT_KEY))
    assert leaf.not_valid_before_utc.year <= 2020
    assert leaf.not_valid_after_utc > dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("till_no", "name", "role", "site", "says"),
    [
        (0, "Kasse", "till", "", "till number"),
        (100_000, "Kasse", "till", "", "till number"),
        (1, "Kasse", "king", "", "role"),
        (1, " ", "till", "", "empty"),
        (1, "K" * 65, "till", "", "at most 64"),
        (1, "Kasse\n1", "till", "", "printable"),
        (1, "Kasse", "till", "S" * 65, "site"),
    ],
)
def test_what_cannot_describe_a_member_is_refused_with_a_sentence(
    till_no: int, name: str, role: str, site: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        certificates.check_description(till_no, name, role, site)


def test_no_changed_byte_of_a_certificate_is_anything_but_refused() -> None:
    der = certificates.issue_member(member(), NETWORK, ROOT, ROOT_KEY)
    for at in range(len(der)):
        for change in (0x01, 0x02, 0x80, 0xFF):
            changed = der[:at] + bytes([der[at] ^ change]) + der[at + 1 :]
            with pytest.raises(CertificateRefused):
                certificates.member_of(changed, ROOT, NETWORK)
