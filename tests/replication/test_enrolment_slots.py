"""One code for several slots: which of them a newcomer gets, whoever else is faster."""

from __future__ import annotations

import asyncio
import uuid

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from replication import certificates, enrolment_slots
from replication.core.model import Entry
from replication.enrolment_desk import Answer, proof_of
from replication.enrolment_slots import EnrolmentRefused, Offer, release_slots, unbound
from replication.identity import Identity, found_network
from tests.replication.test_enrolment_desk import Desk

KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([no]) * 32) for no in range(5)]
IDS = [f"{no:02x}" * 16 for no in range(1, 6)]


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return found_network(tmp_path_factory.mktemp("home"), "Messestand", 1, "till", ids=lambda: uuid.uuid4().hex)


@pytest.fixture
def desk(identity: Identity) -> Desk:
    return founded(identity)


def founded(identity: Identity) -> Desk:
    desk = Desk(identity)
    desk.fold(identity.founding_entries())
    return desk


def no_of(desk: Desk, answer: Answer) -> int:
    assert (answer.code, answer.reason) == ("", "")
    return certificates.member_of(answer.certificate, desk.identity.root, desk.identity.network_id).till_no


async def test_the_greeting_offers_what_is_left_and_nothing_of_other_codes(desk: Desk) -> None:
    code = desk.release_several(5, 2, 3)
    desk.release(4)
    assert desk.greeting(code).offers == tuple(Offer(no, f"Kasse {no}", "Halle 4", "till") for no in (2, 3, 5))
    await desk.ask(code, no=3)
    greeting = desk.greeting(code)
    assert [offer.no for offer in greeting.offers or ()] == [2, 5]
    assert greeting.bound == {"12" * 16: Offer(3, "Kasse 3", "Halle 4", "till")}
    assert [slot.no for slot in unbound(desk.roster)] == [2, 4, 5]


async def test_two_newcomers_at_once_with_one_code_get_two_numbers(desk: Desk) -> None:
    code = desk.release_several(2, 3)
    answers = await asyncio.gather(*(desk.ask(code, KEYS[who], IDS[who]) for who in range(3)))
    assert sorted(answer.code for answer in answers) == ["", "", "code_used"]
    assert {no_of(desk, answer) for answer in answers if not answer.code} == {2, 3}


async def test_of_two_that_want_one_number_the_slower_is_told_and_may_choose_again(desk: Desk) -> None:
    code = desk.release_several(2, 3, 4)
    answers = await asyncio.gather(*(desk.ask(code, KEYS[who], IDS[who], no=3) for who in range(2)))
    assert [answer.code for answer in answers] == ["", "slot_taken"]
    assert "number 3" in answers[1].reason
    assert "2, 4" in answers[1].reason
    assert no_of(desk, await desk.ask(code, KEYS[1], IDS[1], no=4)) == 4


async def test_a_lost_answer_is_given_again_whatever_is_asked_for_and_nobody_gets_two(desk: Desk) -> None:
    code = desk.release_several(2, 3)
    first = await desk.ask(code, no=3)
    await desk.ask(code, KEYS[1], IDS[1])
    desk.now_ms += enrolment_slots.CODE_VALID_MS
    for no in (0, 2, 3, 9):
        assert await desk.ask(code, no=no) == first
    assert [entry.kind for entry in desk.journal].count("member.joined/1") == 2


async def test_a_number_that_the_code_is_not_for_is_refused(desk: Desk) -> None:
    code = desk.release_several(2, 3)
    desk.release(4)
    for no in (1, 4, 9, -1):
        assert (await desk.ask(code, no=no)).code == "not_offered"


async def test_the_code_ends_when_all_are_bound_or_it_expires(desk: Desk) -> None:
    code = desk.release_several(2, 3)
    await desk.ask(code)
    desk.now_ms += enrolment_slots.CODE_VALID_MS
    greeting = desk.greeting(code)
    assert (greeting.offers, greeting.code) == ((), "code_expired")
    assert "number 3" in greeting.reason
    assert (await desk.ask(code, KEYS[1], IDS[1])).code == "code_expired"
    desk.now_ms -= 1
    await desk.ask(code, KEYS[1], IDS[1])
    assert desk.greeting(code).code == "code_used"
    assert (await desk.ask(code, KEYS[2], IDS[2], no=2)).code == "code_used"


async def test_a_number_released_again_leaves_the_code_good_for_the_others(desk: Desk) -> None:
    code = desk.release_several(2, 3)
    desk.release(2)
    assert [offer.no for offer in desk.greeting(code).offers or ()] == [3]
    assert no_of(desk, await desk.ask(code)) == 3
    desk.release_several(3 + 1)
    assert desk.greeting(code).code == "code_used"


async def test_who_was_shut_out_gets_no_other_number_of_the_code(desk: Desk) -> None:
    code = desk.release_several(2, 3)
    await desk.ask(code)
    desk.fold([Entry("membership", "member.revoked/1", {"member_id": "12" * 16})])
    assert desk.greeting(code).bound == {}
    assert (await desk.ask(code)).code == "bad_request"
    assert [offer.no for offer in desk.greeting(code).offers or ()] == [3]


async def test_a_number_bound_while_it_was_released_again_is_not_given_twice(desk: Desk) -> None:
    """The release is checked before it is journalled; in between the old code may have been used."""
    old = desk.release()
    slots = [Offer(2, "Kasse 2"), Offer(3, "Kasse 3")]
    new, entries = release_slots(desk.identity, desk.roster, slots, now_wall_ms=desk.now_ms)
    await desk.ask(old)
    desk.fold(entries)
    code = enrolment_slots.EnrolmentCode.parse(new)
    assert [offer.no for offer in desk.greeting(code).offers or ()] == [3]
    assert (await desk.ask(code, KEYS[1], IDS[1], no=2)).code == "slot_taken"
    assert [slot.no for slot in unbound(desk.roster)] == [3]


def test_a_code_that_nobody_knows_any_more_says_so_at_once(desk: Desk) -> None:
    old = desk.release()
    desk.release()
    assert (desk.greeting(old).code, desk.greeting(old).offers) == ("code_unknown", ())


async def test_an_earlier_newcomer_that_names_no_number_gets_the_lowest(desk: Desk) -> None:
    code = desk.release_several(3, 2)
    shown, key = certificates.issue_bootstrap(code.bootstrap_key()), certificates.raw_public(KEYS[0].public_key())
    said = {"public_key": key, "member_id": IDS[0], "proof": KEYS[0].sign(proof_of(shown, key, IDS[0]))}
    answer = msgspec.json.decode(await desk.desk.answer(shown, msgspec.json.encode(said)), type=Answer)
    assert no_of(desk, answer) == 2


@pytest.mark.parametrize(
    ("nos", "code"), [((), "bad_slot"), ((2, 2), "bad_slot"), (range(2, 67), "bad_slot"), ((2, 1), "number_taken")]
)
def test_a_code_is_for_some_different_numbers_that_nobody_has(desk: Desk, nos: tuple[int, ...], code: str) -> None:
    with pytest.raises(EnrolmentRefused) as refused:
        desk.release_several(*nos)
    assert refused.value.code == code


def test_a_shared_codes_certificate_is_trusted_once(desk: Desk) -> None:
    """TLS takes 64 of them: eight slots of one code must not push seven other codes out."""
    code = desk.release_several(*range(2, 10))
    assert enrolment_slots.bootstrap_certificates(desk.roster) == [certificates.issue_bootstrap(code.bootstrap_key())]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0, 2, 3, 4])), max_size=12), st.booleans())
def test_every_slot_is_bound_once_and_every_newcomer_to_one(
    identity: Identity, asked: list[tuple[int, int]], at_once: bool
) -> None:
    asyncio.run(_asked(identity, asked, at_once))


async def _asked(identity: Identity, asked: list[tuple[int, int]], at_once: bool) -> None:
    desk = founded(identity)
    code = desk.release_several(2, 3, 4)
    talks = [desk.ask(code, KEYS[who], IDS[who], no) for who, no in asked]
    answers = list(await asyncio.gather(*talks)) if at_once else [await talk for talk in talks]
    has: dict[int, int] = {}
    for (who, wanted), answer in zip(asked, answers, strict=True):
        free = [no for no in (2, 3, 4) if no not in has.values()]
        if who in has:
            assert no_of(desk, answer) == has[who]
        elif not free:
            assert answer.code == "code_used"
        elif wanted in (0, *free):
            has[who] = no_of(desk, answer)
            assert has[who] == (wanted or free[0])
        else:
            assert answer.code == "slot_taken"
    assert {IDS[who]: no for who, no in has.items()} == {
        member.member_id: member.till_no for member in desk.roster.members.values() if member.till_no > 1
    }
