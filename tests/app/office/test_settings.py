"""Settings and users out of files."""

from __future__ import annotations

from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.books.questions.users import UserView
from app.domain.reference import SUBJECTS, Reference, value_of
from app.domain.user import DEFAULT_ROLES
from app.office.settings import read_settings, written
from app.office.users import read_users, reason
from app.text import gettext

SAMPLES = Path(__file__).parents[3] / "docs" / "sample"


def reference_of(text: str) -> Reference:
    values: dict[str, dict[str, object]] = {}
    for fact in read_settings(text, Reference()).facts:
        values.setdefault(fact.subject, {})[fact.key] = value_of(fact.subject, fact.value)
    return Reference("1", values)


def test_the_sample_settings_are_good_and_cover_a_fair() -> None:
    found = read_settings((SAMPLES / "settings.json").read_text(), Reference())
    assert found.faults == ()
    assert {"price_list", "promotion", "campaign", "tender", "exchange_rate", "role"} <= {
        fact.subject for fact in found.facts
    }


def test_an_export_is_read_again() -> None:
    before = reference_of((SAMPLES / "settings.json").read_text())
    text = msgspec.json.encode(written(before)).decode()
    assert list(reference_of(text)) == list(before)


def test_every_bad_value_is_named_with_its_place() -> None:
    text = """{
      "tender": [
        {"tender": "x", "name": "X", "kind": "cash"},
        {"tender": "x", "name": "Y", "kind": "cash"},
        {"tender": "y", "name": "Y", "kind": "magic"}, 7
      ],
      "weather": [{"sun": true}],
      "role": {"role": "r"},
      "number_range": [
        {"range_id": "a", "kind": "order", "till_no": 1, "prefix": "A", "start": 1, "end": 9},
        {"range_id": "b", "kind": "order", "till_no": 2, "prefix": "A", "start": 9, "end": 20},
        {"range_id": "c", "kind": "order", "till_no": 2, "prefix": "O7-", "start": 9, "end": 20}
      ]
    }"""
    found = read_settings(text, Reference())
    assert [(fact.subject, fact.key) for fact in found.facts] == [("tender", "x"), ("number_range", "a")]
    assert [(fault.line, fault.values["number"]) for fault in found.faults] == [
        (4, "2"), (5, "3"), (5, "4"), (7, "1"), (8, "0"), (11, "2"), (12, "3"),
    ]  # fmt: skip
    assert all(fault.reason.format_map(fault.values) for fault in found.faults)


values = st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=9)
subjects = st.dictionaries(
    st.sampled_from([*SUBJECTS, "x"]), st.lists(st.dictionaries(st.text(), st.integers())) | st.integers()
)


@given(st.text(max_size=40) | (values | subjects).map(lambda value: msgspec.json.encode(value).decode()))
def test_any_file_is_answered(text: str) -> None:
    found = read_settings(text, Reference())
    for fault in found.faults:
        assert fault.line >= 1
        assert fault.reason.format_map(fault.values)


def test_the_sample_users_set_their_pins_themselves() -> None:
    text = (SAMPLES / "users.csv").read_text()
    found = read_users(text, roles=DEFAULT_ROLES, known={}, hash_pin=str, hash_badge=str, seal=sealed)
    assert found.faults == ()
    assert [(fact.user, fact.roles, fact.pin_hash) for fact in found.facts] == [
        ("anna", ("cashier",), ""),
        ("chef", ("supervisor",), ""),
    ]


def sealed(person_id: str, name: str) -> str:
    return f"{person_id}: {name}"


def test_bad_lines_of_users_are_named() -> None:
    text = """user;name;role;pin;valid_until;badge;rights
anna;Anna;cashier|supervisor;1234;2026-12-31;04a1;discount:15|z_report
anna;Anna;cashier;;;;
b b;Bert;cashier;;;;
carl;Carl;king;;;;
dora;Dora;cashier;12;;;
emil;Emil;cashier;;tomorrow;;
fred;Fred;cashier;;;04A1;
gerd;Gerd;cashier;;;;fly
hugo;;cashier;;;;"""
    found = read_users(
        text, roles=DEFAULT_ROLES, known={}, hash_pin=lambda pin: f"<{pin}>", hash_badge=str, seal=sealed
    )
    (anna,) = found.facts
    assert (anna.roles, anna.rights, anna.pin_hash, anna.badge_hash, anna.valid_until) == (
        ("cashier", "supervisor"), ("discount:15", "z_report"), "<1234>", "04A1", "2026-12-31",
    )  # fmt: skip
    assert [(fault.line, fault.code) for fault in found.faults] == [
        (3, "user_twice"), (4, "user_bad"), (5, "role_unknown"), (6, "pin_bad"), (7, "until_bad"), (8, "badge_twice"),
        (9, "right_unknown"), (10, "user_name_bad"),
    ]  # fmt: skip
    assert all(reason(fault, gettext) for fault in found.faults)


def test_who_has_a_pin_keeps_it_when_users_are_imported_again() -> None:
    known = {"anna": UserView("anna", "Anna", pin_hash="<kept>", badge_hash="<badge>")}
    found = read_users(
        "user,name,role\nanna,Anna B.,cashier\n",
        roles=DEFAULT_ROLES,
        known=known,
        hash_pin=str,
        hash_badge=str,
        seal=sealed,
    )
    assert [(fact.person, fact.pin_hash, fact.badge_hash) for fact in found.facts] == [
        ("user/anna: Anna B.", "<kept>", "<badge>")
    ]
