from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from replication.enrolment_code import CodeRefused, EnrolmentCode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

addresses = st.builds(
    lambda host, port: f"{host}:{port}", st.ip_addresses(v=4).filter(lambda ip: int(ip) > 0), st.integers(1, 65535)
)
codes = st.builds(
    EnrolmentCode.drawn,
    st.binary(min_size=10, max_size=10),
    st.binary(min_size=10, max_size=10),
    st.one_of(st.just(""), addresses),
)


def refused_as_mistyped(text: str) -> None:
    with pytest.raises(CodeRefused, match="mistyped"):
        EnrolmentCode.parse(text)


@given(codes)
def test_a_code_reads_back_as_it_was_written(code: EnrolmentCode) -> None:
    assert EnrolmentCode.parse(str(code)) == code


@given(codes)
def test_codes_come_in_groups_of_five(code: EnrolmentCode) -> None:
    groups = str(code).split("-")
    assert {len(group) for group in groups} == {5}
    assert len(groups) == (9 if code.address else 7)


@given(codes)
def test_case_blanks_and_look_alikes_do_not_matter(code: EnrolmentCode) -> None:
    typed = str(code).replace("0", "o").replace("1", "l").replace("-", " ").lower()
    assert EnrolmentCode.parse(f" {typed} ") == code


@given(codes)
def test_a_scanner_may_type_for_another_keyboard(code: EnrolmentCode) -> None:
    american_into_german = str(code).lower().translate(str.maketrans("yz-", "zyß"))
    assert EnrolmentCode.parse(american_into_german + "\r\n") == code


@given(codes, st.data())
def test_one_wrong_character_is_found(code: EnrolmentCode, data: st.DataObject) -> None:
    text = str(code).replace("-", "")
    at = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET))
    assume(wrong != text[at])
    refused_as_mistyped(text[:at] + wrong + text[at + 1 :])


@given(codes, st.data())
def test_two_neighbours_swapped_are_found(code: EnrolmentCode, data: st.DataObject) -> None:
    text = str(code).replace("-", "")
    at = data.draw(st.integers(0, len(text) - 2))
    assume(text[at] != text[at + 1])
    refused_as_mistyped(text[:at] + text[at + 1] + text[at] + text[at + 2 :])


@pytest.mark.parametrize("address", ["", "192.0.2.7:7417"])
def test_every_slip_in_a_code_is_found_on_whichever_keyboard(address: str) -> None:
    rng = random.Random(3)
    drawn_anew = 0
    for _ in range(3):
        secret = rng.randbytes(10)
        code = EnrolmentCode.drawn(secret, rng.randbytes(10), address)
        drawn_anew += code.secret != secret
        text = str(code).replace("-", "")
        for typed in (text, text.translate(str.maketrans("YZ", "ZY"))):
            assert EnrolmentCode.parse(typed) == code
            for slip in slips(typed):
                with pytest.raises(CodeRefused):
                    EnrolmentCode.parse(slip)
    assert drawn_anew  # a code as it comes does let slips through


def slips(text: str) -> Iterator[str]:
    """Each wrong character and each swap of neighbours."""
    for at, right in enumerate(text):
        yield from (text[:at] + wrong + text[at + 1 :] for wrong in ALPHABET if wrong != right)
        if text[at : at + 2] != text[at : at + 2][::-1]:
            yield text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


@given(st.text(max_size=60))
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(CodeRefused, match="enrolment code"):
        EnrolmentCode.parse(text)


def test_a_code_without_a_group_says_so() -> None:
    code = str(EnrolmentCode(b"s" * 10, b"f" * 10))
    with pytest.raises(CodeRefused, match="30 characters instead of 35 or 45"):
        EnrolmentCode.parse(code[:-6])


def test_megabytes_are_not_even_looked_at() -> None:
    with pytest.raises(CodeRefused, match="too long"):
        EnrolmentCode.parse("0" * 10_000_000)


def test_the_key_of_a_code_is_bound_to_its_network() -> None:
    here, there = EnrolmentCode(b"s" * 10, b"f" * 10), EnrolmentCode(b"s" * 10, b"g" * 10)
    assert here.bootstrap_key().private_bytes_raw() != there.bootstrap_key().private_bytes_raw()
    elsewhere = here._replace(address="192.0.2.7:7417")
    assert here.bootstrap_key().private_bytes_raw() == elsewhere.bootstrap_key().private_bytes_raw()
