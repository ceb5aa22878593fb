"""Statements written and examined with the keys that lie in homes."""

from __future__ import annotations

import base64
import binascii
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import receipt_seal, statement, voucher
from app.domain.statement import Examined, Statement
from app.engine.statements import Examining, Notary
from replication.identity import Identity, found_network
from replication.vouching import Vouching

SAID = Statement(voucher.MULTI_PURPOSE, voucher.code_from(bytes(range(32))), "2026-11-22T09:32:11.000Z", 5000, "EUR")


def founded(home: Path, name: str = "Zoo") -> Identity:
    home.mkdir()
    return found_network(home, name, 1, "till", ids=lambda: uuid.uuid4().hex)


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    return founded(tmp_path / "zoo")


@pytest.fixture
def notary(identity: Identity) -> Notary:
    return Notary(identity, lambda: ())


def test_what_a_till_states_is_good_and_says_who_it_was(identity: Identity, notary: Notary) -> None:
    text = notary.write(SAID)
    assert statement.read(text).statement == SAID
    assert notary.examine(text) == notary.examine(f" {text.lower()}\n") == Examined("", identity.member_id, 1)


def test_a_statement_of_a_member_that_was_shut_out_says_so(identity: Identity) -> None:
    revoked: set[str] = set()
    notary = Notary(identity, lambda: revoked)
    text = notary.write(SAID)
    revoked.add(identity.member_id)
    assert notary.examine(text) == Examined("revoked", identity.member_id, 1)


def test_another_networks_statement_is_told_from_a_forged_one(tmp_path: Path, notary: Notary) -> None:
    foreign = Notary(founded(tmp_path / "other", "Zirkus"), lambda: ()).write(SAID)
    assert notary.examine(foreign).fault == "foreign"


def test_a_value_that_was_changed_is_altered_though_its_check_is_right(notary: Notary) -> None:
    scanned = statement.read(notary.write(SAID))
    more = Statement(SAID.kind, SAID.code, SAID.issued_at, 9_999_999, "EUR")
    assert notary.examine(statement.written(more, lambda _: scanned.seal)).fault == "altered"


def test_a_seal_of_somebody_unknown_to_the_root_is_forged(notary: Notary) -> None:
    scanned = statement.read(notary.write(SAID))
    forged = bytearray(scanned.seal)
    forged[30] ^= 1
    assert notary.examine(statement.written(SAID, lambda _: bytes(forged))).fault == "forged"
    assert notary.examine(statement.written(SAID, lambda _: b"")).fault == "forged"


def test_a_member_that_sells_nothing_states_nothing(tmp_path: Path) -> None:
    home = tmp_path / "node"
    home.mkdir()
    node = Notary(found_network(home, "Zoo", 1, "node", ids=lambda: uuid.uuid4().hex), lambda: ())
    assert node.examine(node.write(SAID)) == Examined("forged")


@pytest.mark.parametrize(("text", "fault"), [("TM1" + "0" * 300, "damaged"), ("TM9" + "0" * 300, "newer")])
def test_what_cannot_be_read_is_said_to_be_so(notary: Notary, text: str, fault: str) -> None:
    assert notary.examine(text) == Examined(fault)


def test_a_code_from_elsewhere_is_not_stated(notary: Notary) -> None:
    assert notary.write(Statement(voucher.MULTI_PURPOSE, "GESCHENK#17", SAID.issued_at, 5000, "EUR")) == ""


def test_a_till_whose_name_is_too_long_for_a_seal_prints_codes_only_and_no_security_data(tmp_path: Path) -> None:
    home = tmp_path / "long"
    home.mkdir()
    name = "\U0001f99c" * 64
    long = found_network(home, "Zoo", 1, "till", till_name=name, ids=lambda: uuid.uuid4().hex)
    notary = Notary(long, lambda: ())
    assert notary.write(SAID) == notary.sealed("Beleg 1-000042") == ""


@given(st.data())
def test_no_change_to_a_slip_makes_another_one_that_is_good(scribe: Notary, data: st.DataObject) -> None:
    """Bits of what is signed, of the seal, of the lengths; the check that tells slips of a scanner is set right."""
    raw = bytearray(base64.b32hexdecode(_padded(scribe.write(SAID)[3:]))[:-2])
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    cut = bytes(raw[: data.draw(st.sampled_from([len(raw), len(raw) - 1, 40]))])
    checked = cut + binascii.crc_hqx(cut, 0).to_bytes(2, "big")
    text = statement.PREFIX + base64.b32hexencode(checked).decode().rstrip("=")
    assert scribe.examine(text).fault or statement.read(text).statement == SAID


@pytest.fixture(scope="module")
def scribe(tmp_path_factory: pytest.TempPathFactory) -> Notary:
    return Notary(founded(tmp_path_factory.mktemp("scribe") / "zoo"), lambda: ())


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 8)


RECEIPT = "Zoohandlung Bärenstark\n1-000043 21.11.2026 10:32\nSUMME 28,65 EUR"


@pytest.mark.parametrize("short", [False, True])
def test_a_sealed_receipt_is_good_and_says_who_sealed_it(identity: Identity, short: bool) -> None:
    revoked: set[str] = set()
    me = identity.member()
    notary = Notary(identity, lambda: revoked, lambda: [me])
    whole = notary.seal(RECEIPT, short=short)
    assert notary.examine_receipt(whole) == receipt_seal.Examined(RECEIPT, "", me.member_id, 1, me.name, me.site)
    for changed in (whole.replace("28,65", "8,65"), whole.replace("1-000043", "1-000042")):
        assert notary.examine_receipt(changed).fault == "altered"
    revoked.add(me.member_id)
    assert notary.examine_receipt(whole).fault == "revoked"


def test_a_short_seal_cannot_be_told_from_another_networks_but_is_not_taken(tmp_path: Path, identity: Identity) -> None:
    other = Notary(founded(tmp_path / "other", "Zirkus"), lambda: ())
    notary = Notary(identity, lambda: (), lambda: [identity.member()])
    assert notary.examine_receipt(other.seal(RECEIPT)).fault == "foreign"
    assert notary.examine_receipt(other.seal(RECEIPT, short=True)).fault == "altered"


def test_whoever_has_the_roots_certificate_alone_checks_whole_seals(identity: Identity, notary: Notary) -> None:
    auditor = Examining.with_root((identity.folder / "root.pem").read_bytes())
    assert auditor.examine_receipt(notary.seal(RECEIPT)).issuer == identity.member_id
    assert auditor.examine_receipt(notary.seal(RECEIPT, short=True)).fault == "altered"
    assert auditor.examine(notary.write(SAID)).fault == ""
    for junk in (b"", b"-----BEGIN CERTIFICATE-----", (identity.folder / "member.pem").read_bytes()):
        with pytest.raises(ValueError, match="certificate"):
            Examining.with_root(junk)


def test_a_node_sells_nothing_so_its_seal_is_forged(tmp_path: Path) -> None:
    (tmp_path / "node").mkdir()
    node = Notary(found_network(tmp_path / "node", "Zoo", 1, "node", ids=lambda: uuid.uuid4().hex), lambda: ())
    assert node.examine_receipt(node.seal(RECEIPT)).fault == "forged"


def test_a_voucher_is_no_receipt_and_a_receipt_no_voucher(notary: Notary) -> None:
    """The same pen writes both: neither's seal holds under the other's bytes."""
    scanned = statement.read(notary.write(SAID))
    assert notary.examine_receipt(f"{RECEIPT}\n{receipt_seal.seal_line(scanned.seal)}").fault == "altered"
    body, seal = receipt_seal.body(RECEIPT), receipt_seal.read(notary.seal(RECEIPT)).seal
    data = bytes((len(body),)) + body + seal
    data += binascii.crc_hqx(data, 0).to_bytes(2, "big")
    slip = statement.PREFIX + base64.b32hexencode(data).decode().rstrip("=")
    assert notary.examine(slip).fault == "damaged"


def test_what_a_member_signs_elsewhere_is_no_receipt(identity: Identity) -> None:
    """Whatever else a till may sign one day, bytes that somebody else chose make no receipt."""
    pen = Vouching(identity.certificate, identity.private_key, identity.root, identity.network_id)
    notary = Notary(identity, lambda: (), lambda: [identity.member()])
    for seal in (pen.seal(RECEIPT.encode()), pen.signature(RECEIPT.encode())):
        assert notary.examine_receipt(receipt_seal.written(RECEIPT, seal)).fault == "altered"
