from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from replication import certificates, enrolment_desk, enrolment_slots
from replication.core import records
from replication.core.membership import Roster
from replication.core.model import Entry, Feed
from replication.enrolment_code import EnrolmentCode
from replication.enrolment_desk import (
    Answer,
    EnrolmentDesk,
    Greeting,
    Request,
    proof_of,
)
from replication.enrolment_slots import EnrolmentRefused, Offer, release_slot, release_slots
from replication.identity import ROOT_KEY_FILE, Identity, found_network

TODAY_MS = 1_795_000_000_000
KEY, OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32), Ed25519PrivateKey.from_private_bytes(b"o" * 32)
NEW_ID, OTHER_ID = "12" * 16, "34" * 16


class Desk:
    """A desk whose journal is a list folded into a roster."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.roster = Roster(identity.member_id)
        self.journal: list[Entry] = []
        self.now_ms = TODAY_MS
        self.desk = EnrolmentDesk(identity, lambda: self.roster, self.append, lambda: self.now_ms)

    async def append(self, entries: Sequence[Entry]) -> None:
        await asyncio.sleep(0)
        self.fold(entries)

    def fold(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self.journal.append(entry)
            self.roster.fold(
                records.write(
                    self.identity.private_key,
                    self.identity.network_id,
                    Feed(self.identity.member_id, "membership"),
                    seq=len(self.journal),
                    hlc="0001763751234567-00003",
                    prev="",
                    kind=entry.kind,
                    body=entry.body,
                )
            )

    def release(self, no: int = 2, **options: object) -> EnrolmentCode:
        code, entry = release_slot(
            self.identity,
            self.roster,
            no,
            f"Kasse {no}",
            now_wall_ms=self.now_ms,
            **options,  # type: ignore[arg-type]
        )
        self.fold([entry])
        return EnrolmentCode.parse(code)

    def release_several(self, *nos: int) -> EnrolmentCode:
        """One code for all of these."""
        slots = [Offer(no, f"Kasse {no}", "Halle 4") for no in nos]
        code, entries = release_slots(self.identity, self.roster, slots, now_wall_ms=self.now_ms)
        self.fold(entries)
        return EnrolmentCode.parse(code)

    def greeting(self, code: EnrolmentCode) -> Greeting:
        shown = certificates.issue_bootstrap(code.bootstrap_key())
        return msgspec.json.decode(self.desk.greeting(shown), type=Greeting)

    async def ask(
        self, code: EnrolmentCode, key: Ed25519PrivateKey = KEY, member_id: str = NEW_ID, no: int = 0
    ) -> Answer:
        bootstrap = certificates.issue_bootstrap(code.bootstrap_key())
        public_key = certificates.raw_public(key.public_key())
        request = Request(public_key, member_id, key.sign(proof_of(bootstrap, public_key, member_id)), no)
        return msgspec.json.decode(await self.desk.answer(bootstrap, msgspec.json.encode(request)), type=Answer)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    identity = found_network(tmp_path, "Messestand", 1, "till", ids=lambda: uuid.uuid4().hex)
    desk = Desk(identity)
    desk.fold(identity.founding_entries())
    return desk


async def test_a_code_binds_the_newcomers_key_to_the_released_slot(desk: Desk) -> None:
    answer = await desk.ask(desk.release())
    newcomer = certificates.member_of(answer.certificate, desk.identity.root, desk.identity.network_id)
    assert (newcomer.till_no, newcomer.name, newcomer.role, newcomer.member_id) == (2, "Kasse 2", "till", NEW_ID)
    assert newcomer.public_key == certificates.raw_public(KEY.public_key())
    assert desk.roster.members[NEW_ID] == newcomer
    assert desk.roster.slots[2].member_id == NEW_ID


async def test_the_secret_is_stored_nowhere(desk: Desk) -> None:
    code = desk.release()
    text = msgspec.json.encode([entry.body for entry in desk.journal])
    assert code.secret.hex().encode() not in text
    assert certificates.raw_private(code.bootstrap_key()) not in text
    assert str(code).encode() not in text


async def test_a_lost_answer_is_given_again_to_the_same_key(desk: Desk) -> None:
    code = desk.release()
    first = await desk.ask(code)
    desk.now_ms += enrolment_slots.CODE_VALID_MS * 2
    assert await desk.ask(code) == first
    assert [entry.kind for entry in desk.journal].count("member.joined/1") == 1


async def test_a_code_works_once(desk: Desk) -> None:
    code = desk.release()
    await desk.ask(code)
    answer = await desk.ask(code, OTHER_KEY, OTHER_ID)
    assert (answer.code, answer.certificate) == ("code_used", b"")
    assert OTHER_ID not in desk.roster.members


async def test_of_two_newcomers_at_once_one_gets_in(desk: Desk) -> None:
    code = desk.release()
    answers = await asyncio.gather(desk.ask(code), desk.ask(code, OTHER_KEY, OTHER_ID))
    assert sorted(answer.code for answer in answers) == ["", "code_used"]


async def test_a_code_expires(desk: Desk) -> None:
    code = desk.release()
    desk.now_ms += enrolment_slots.CODE_VALID_MS
    answer = await desk.ask(code)
    assert answer.code == "code_expired"
    assert "number 2" in answer.reason


async def test_releasing_anew_ends_the_old_code(desk: Desk) -> None:
    old, new = desk.release(), desk.release()
    assert (await desk.ask(old)).code == "code_unknown"
    assert (await desk.ask(new)).code == ""


async def test_a_key_that_is_not_held_is_refused(desk: Desk) -> None:
    code = desk.release()
    bootstrap = certificates.issue_bootstrap(code.bootstrap_key())
    public_key = certificates.raw_public(KEY.public_key())
    for proof in (b"", OTHER_KEY.sign(proof_of(bootstrap, public_key, NEW_ID)), KEY.sign(b"something else")):
        message = msgspec.json.encode(Request(public_key, NEW_ID, proof))
        answer = msgspec.json.decode(await desk.desk.answer(bootstrap, message), type=Answer)
        assert answer.code == "bad_request"


@pytest.mark.parametrize("member_id", ["", "x" * 32, "AB" * 16, "../../etc/passwd"])
async def test_a_member_id_has_one_form(desk: Desk, member_id: str) -> None:
    assert (await desk.ask(desk.release(), KEY, member_id)).code == "bad_request"


async def test_a_member_id_is_taken_once(desk: Desk) -> None:
    answer = await desk.ask(desk.release(), KEY, desk.identity.member_id)
    assert answer.code == "bad_request"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(message=st.binary(max_size=300))
async def test_junk_is_answered_with_a_sentence(desk: Desk, message: bytes) -> None:
    desk.desk = EnrolmentDesk(desk.identity, lambda: desk.roster, desk.append, lambda: desk.now_ms)
    answer = msgspec.json.decode(await desk.desk.answer(b"whoever", message), type=Answer)
    assert answer.code == "bad_request"


async def test_guessing_is_slowed_down_and_joining_goes_on_a_minute_later(desk: Desk) -> None:
    code, other = desk.release(), desk.release(3)
    for _ in range(enrolment_desk.MAX_FAILURES):
        await desk.desk.answer(certificates.issue_bootstrap(code.bootstrap_key()), b"{}")
    assert (await desk.ask(code)).code == "too_many"
    assert (await desk.ask(other, OTHER_KEY, OTHER_ID)).code == ""
    desk.now_ms += enrolment_desk.FAILURES_WINDOW_MS
    assert (await desk.ask(code)).code == ""


def test_the_greeting_shows_the_root_that_the_code_names(desk: Desk) -> None:
    code = desk.release()
    greeting = desk.greeting(code)
    assert greeting.network_name == "Messestand"
    assert certificates.fingerprint(certificates.parse(greeting.root)) == code.root_fingerprint


async def test_a_number_is_given_anew_only_when_its_member_is_or_is_being_shut_out(desk: Desk) -> None:
    await desk.ask(desk.release())
    for no in (1, 2):
        with pytest.raises(EnrolmentRefused, match="belongs to a member already") as refused:
            desk.release(no)
        assert refused.value.code == "number_taken"
    assert desk.release(2, replacing=NEW_ID)
    desk.fold([Entry("membership", "member.revoked/1", {"member_id": NEW_ID})])
    await desk.ask(desk.release(2), OTHER_KEY, OTHER_ID)
    assert [desk.roster.generation(member) for member in (NEW_ID, OTHER_ID)] == [1, 2]
    assert desk.roster.numbered(2) == desk.roster.members[OTHER_ID]


@pytest.mark.parametrize("no", [0, 100_000])
def test_a_slot_needs_a_number_of_a_till(desk: Desk, no: int) -> None:
    with pytest.raises(EnrolmentRefused) as refused:
        desk.release(no)
    assert refused.value.code == "bad_slot"


def test_only_the_authority_releases(desk: Desk) -> None:
    (desk.identity.folder / ROOT_KEY_FILE).unlink()
    desk.identity.kept_root_key.read()
    with pytest.raises(EnrolmentRefused, match=r"only Kasse 1 \(no\. 1\) can release") as refused:
        desk.release()
    assert refused.value.code == "not_authority"


def test_a_code_carries_the_address_and_used_slots_stay_trusted_for_their_sentence(desk: Desk) -> None:
    code = desk.release(address="192.0.2.7:7417")
    assert code.address == "192.0.2.7:7417"
    desk.now_ms += 1
    later = desk.release(3)
    assert enrolment_slots.bootstrap_certificates(desk.roster) == [
        certificates.issue_bootstrap(later.bootstrap_key()),
        certificates.issue_bootstrap(code.bootstrap_key()),
    ]
