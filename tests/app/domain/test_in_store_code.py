"""In-store EANs: what a scale prints, a till reads."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.in_store_code import GERMAN_MASKS, InStoreCode, InStoreMask, WrongCheckDigit, masks_of, read, write
from app.domain.reference import ReferenceFault, value_of

FREE = (
    *GERMAN_MASKS,
    InStoreMask("21", "21IIIIIVVVVVK", "price"),
    InStoreMask("209", "209IIIICVVVVK", "price"),
    InStoreMask("27", "27VVVVV0IIIIK", "weight", 2),
    InStoreMask("02", "02IIIICVVVVVK", "count"),
)


def test_the_worked_codes_of_the_german_rule() -> None:
    assert read("2212341012347", masks_of({})) == InStoreCode("22", "1234", "price", 1234)
    assert read("2812347012503", masks_of({})) == InStoreCode("28", "1234", "weight", 1250)


@given(st.sampled_from(FREE), st.integers(0, 10**7), st.integers(0, 10**6))
def test_what_a_scale_writes_a_till_reads(mask: InStoreMask, article: int, value: int) -> None:
    mask.check()
    text = str(article % 10 ** mask.mask.count("I")).zfill(mask.mask.count("I"))
    value %= 10 ** mask.mask.count("V")
    held = read(write(text, value, mask), masks_of({mask.key: mask}))
    times = {"price": 1, "count": 1000, "weight": 10 ** (3 - mask.decimals) if mask.holds == "weight" else 0}
    assert held == InStoreCode(mask.prefix, text, mask.holds, value * times[mask.holds])


@given(
    st.sampled_from(GERMAN_MASKS), st.integers(0, 9999), st.integers(0, 99_999), st.integers(2, 12), st.integers(1, 9)
)
def test_one_digit_misread_is_noticed(mask: InStoreMask, article: int, value: int, place: int, more: int) -> None:
    code = write(f"{article:04d}", value, mask)
    misread = code[:place] + str((int(code[place]) + more) % 10) + code[place + 1 :]
    with pytest.raises(WrongCheckDigit):
        read(misread, GERMAN_MASKS)


@given(st.integers(0, 9999), st.integers(0, 99_999), st.integers(0, 9))
def test_the_value_has_a_check_digit_of_its_own(article: int, value: int, digit: int) -> None:
    code = write(f"{article:04d}", value, GERMAN_MASKS[0])
    assume(code[6] != str(digit))
    plain = InStoreMask("22", "22IIIIIVVVVVK", "price")
    forged = write(f"{article:04d}{digit}", value, plain)
    assert read(forged, [plain]) is not None
    with pytest.raises(WrongCheckDigit):
        read(forged, GERMAN_MASKS)


@given(st.text(max_size=20))
def test_any_text_is_a_code_or_none(text: str) -> None:
    try:
        read(text, GERMAN_MASKS)
    except WrongCheckDigit:
        return


def test_masks_that_are_set_replace_those_of_the_country_and_longer_prefixes_count_first() -> None:
    short, long = InStoreMask("2", "2IIIIIIVVVVVK", "price"), InStoreMask("22", "22IIIIIVVVVVK", "count")
    assert masks_of({"2": short, "22": long}) == (long, short)
    assert read("2812347012503", masks_of({"22": long})) is None


@pytest.mark.parametrize(
    "change",
    [
        {"mask": "22IIIICVVVVV"}, {"mask": "22IIIICVVVVVV"}, {"mask": "23IIIICVVVVVK"},
        {"prefix": "40", "mask": "40IIIICVVVVVK"},
        {"mask": "22IICCVVVVVVK"}, {"mask": "22IIIIIIIIVVK"}, {"mask": "22IIIICVVVVXK"}, {"decimals": 5},
        {"mask": "22IIICVVVVVVK"}, {"prefix": ""}, {"holds": "colour"},
    ],
)  # fmt: skip
def test_a_mask_that_cannot_be_read_is_refused(change: dict[str, object]) -> None:
    good = {"prefix": "22", "mask": "22IIIICVVVVVK", "holds": "price"}
    value_of("in_store_mask", good)
    with pytest.raises(ReferenceFault):
        value_of("in_store_mask", {**good, **change})


@pytest.mark.parametrize(("article", "value"), [("12345", 1), ("1234", 100_000), ("1234", -1), ("12a4", 1)])
def test_what_does_not_fit_a_mask_is_not_written(article: str, value: int) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        write(article, value, GERMAN_MASKS[0])
