from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.client import connect

from replication import certificates, enrolment, enrolment_asking, enrolment_desk
from replication.core.model import Entry
from replication.enrolment import EnrolmentRefused, Offer, Offers, join_network
from replication.enrolment_code import EnrolmentCode
from replication.enrolment_desk import Greeting
from replication.identity import SECRETS_FILE, Identity, IdentityExists, NoIdentity, found_network
from replication.net import tls
from replication.net.websocket import ENROL_PATH, Links
from replication.places import PENDING_FOLDER
from tests.replication.running import Running, Start, new_id, until

Two = tuple[Running, Running]


async def refusal(home: Path, code: str, peers: tuple[str, ...] = (), timeout_s: float = 0.5) -> EnrolmentRefused:
    with pytest.raises(EnrolmentRefused) as refused:
        await join_network(home, code, peers, discovery=False, timeout_s=timeout_s)
    with pytest.raises(NoIdentity):
        Identity.load(home)
    return refused.value


def lose_answers(patched: pytest.MonkeyPatch) -> None:
    """The authority binds, and nobody hears of it."""
    original = enrolment_desk.EnrolmentDesk.answer

    async def answer_into_the_void(*args: object) -> bytes:
        await original(*args)  # type: ignore[arg-type]
        raise TimeoutError

    patched.setattr(enrolment_desk.EnrolmentDesk, "answer", answer_into_the_void)


async def test_a_code_lets_a_new_till_in_and_only_there(founder: Identity, start: Start, tmp_path: Path) -> None:
    first = await start(founder)
    code = await first.code(2, "Kasse 2")
    identity = await join_network(tmp_path / "new", code, discovery=False)
    me = identity.member()
    assert (me.till_no, me.name, me.role) == (2, "Kasse 2", "till")
    assert identity.network_name == "Messestand"
    assert identity.founder() == founder.member()
    assert identity.root_key is None
    assert first.node.roster.members[me.member_id] == me
    assert identity.peers == (first.address,)
    assert not (tmp_path / "new" / PENDING_FOLDER).exists()


async def test_what_the_members_share_is_handed_to_the_newcomer(
    founder: Identity, start: Start, tmp_path: Path
) -> None:
    first = await start(founder, secrets=lambda: b"shared" * 20_000)
    identity = await join_network(tmp_path / "new", await first.code(), discovery=False)
    kept = identity.folder / SECRETS_FILE
    assert kept.read_bytes() == b"shared" * 20_000
    assert kept.stat().st_mode & 0o077 == 0
    plain = await join_network(tmp_path / "other", await first.code(3, "Kasse 3"), discovery=False)
    assert (plain.folder / SECRETS_FILE).exists()


async def test_secrets_too_large_for_an_answer_stay_where_they_are(
    founder: Identity, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolment_desk, "MAX_SECRETS_BYTES", 5)
    first = await start(founder, secrets=lambda: b"shared")
    identity = await join_network(tmp_path / "new", await first.code(), discovery=False)
    assert not (identity.folder / SECRETS_FILE).exists()


async def test_a_code_works_once(founder: Identity, start: Start, tmp_path: Path) -> None:
    first = await start(founder)
    code = await first.code()
    await join_network(tmp_path / "new", code, discovery=False)
    assert (await refusal(tmp_path / "other", code)).code == "code_used"
    await until(lambda: first.store.log(10, what=["not_let_in"]) != [])
    (line,) = first.store.log(10, what=["not_let_in"])
    assert line.peer == "127.0.0.1"
    assert "has been used" in line.detail


async def test_an_answer_that_was_lost_is_fetched_with_the_same_code(
    founder: Identity, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await start(founder)
    code = await first.code()
    with monkeypatch.context() as patched:
        lose_answers(patched)
        await refusal(tmp_path / "new", code)
    bound = [member for member in first.node.roster.members.values() if member.till_no == 2]
    identity = await join_network(tmp_path / "new", code, discovery=False)
    assert [identity.member()] == bound


async def test_who_never_heard_the_answer_can_join_with_another_code(
    founder: Identity, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its key was bound already, and every other code was refused until somebody deleted a folder in the home."""
    first = await start(founder)
    with monkeypatch.context() as patched:
        lose_answers(patched)
        await refusal(tmp_path / "new", await first.code(2, "Kasse 2"))
    other = await first.code(3, "Kasse 3")
    assert [offer.no for offer in (await asked(tmp_path / "new", other)).slots] == [3]
    assert (await join_network(tmp_path / "new", other, discovery=False)).member().till_no == 3


async def test_a_mistyped_code_is_noticed_before_anybody_is_asked(tmp_path: Path) -> None:
    code = str(EnrolmentCode(b"s" * 10, b"f" * 10, "127.0.0.1:9"))
    wrong = ("1" if code[5] != "1" else "2").join((code[:5], code[6:]))
    refused = await refusal(tmp_path / "new", wrong)
    assert (refused.code, "mistyped" in refused.reason or "characters" in refused.reason) == ("bad_code", True)
    assert not (tmp_path / "new").exists()


async def test_nobody_there_is_said_so(tmp_path: Path) -> None:
    refused = await refusal(tmp_path / "new", str(EnrolmentCode(b"s" * 10, b"f" * 10)))
    assert refused.code == "unreachable"
    assert "--peer" in refused.reason


async def test_a_code_of_another_secret_gets_no_further_than_the_handshake(
    founder: Identity, start: Start, tmp_path: Path
) -> None:
    first = await start(founder)
    await first.code()
    forged = EnrolmentCode(b"guessguess", certificates.fingerprint(founder.root), first.address)
    assert (await refusal(tmp_path / "new", str(forged))).code == "code_refused"
    assert len(first.node.roster.members) == 1


async def test_who_tried_a_wrong_code_gets_in_with_the_right_one_at_once(
    founder: Identity, start: Start, tmp_path: Path
) -> None:
    """A join asked every half second for 15 s: that was as many guesses as an address may make in a minute."""
    first = await start(founder)
    right = await first.code()
    forged = EnrolmentCode(b"guessguess", certificates.fingerprint(founder.root), first.address)
    async with asyncio.timeout(50):
        assert (await refusal(tmp_path / "new", str(forged), timeout_s=100)).code == "code_refused"
    identity = await join_network(tmp_path / "new", right, discovery=False)
    assert identity.member().till_no == 2


async def test_a_stranger_that_answers_in_the_authoritys_place_is_found_out(
    founder: Identity, start: Start, tmp_path: Path
) -> None:
    first = await start(founder)
    code = EnrolmentCode.parse(await first.code())
    # The stranger has overheard which certificate the newcomer will show, but has another root.
    stranger = await start(found_network(tmp_path / "stranger", "Falle", 1, "till", ids=new_id))
    slot = next(iter(first.node.roster.slots.values()))
    body = {"no": 2, "name": "Kasse 2", "role": "till", "site": "", "expires_at": slot.expires_at}
    certificate = certificates.issue_bootstrap(code.bootstrap_key())
    body["bootstrap_certificate"] = msgspec.to_builtins(certificate)
    await stranger.node.append([Entry("membership", "slot.released/1", body)])
    refused = await refusal(tmp_path / "new", str(code._replace(address=stranger.address)))
    assert refused.code == "wrong_network"
    assert "another one" in refused.reason
    # Asked beside the real authority it changes nothing.
    identity = await join_network(
        tmp_path / "new", str(code._replace(address="")), [stranger.address, first.address], discovery=False
    )
    assert identity.network_id == founder.network_id


async def test_a_member_that_is_not_the_authority_lets_nobody_in(two_tills: Two, tmp_path: Path) -> None:
    first, second = two_tills
    code = EnrolmentCode.parse(await first.code(3, "Kasse 3"))
    await until(lambda: 3 in second.node.roster.slots)
    assert (await refusal(tmp_path / "new", str(code._replace(address=second.address)))).code == "code_refused"


async def test_a_home_with_a_network_stays_in_it(two_tills: Two) -> None:
    first, second = two_tills
    code = await first.code(3, "Kasse 3")
    with pytest.raises(IdentityExists):
        await join_network(second.home, code, discovery=False)
    assert Identity.load(second.home).member() == second.identity.member()


async def test_a_bootstrap_certificate_opens_nothing_but_enrolment(
    founder: Identity, start: Start, tmp_path: Path
) -> None:
    first = await start(founder)
    code = EnrolmentCode.parse(await first.code())
    events: list[object] = []
    context = tls.bootstrap_context(code.bootstrap_key())
    links = Links(
        founder,
        events.append,
        full=lambda: False,
        room=lambda: asyncio.sleep(0),
        server_context=context,
        client_context=context,
    )
    links.dial(first.address)
    await until(lambda: bool(events))
    assert "403" in getattr(events[0], "reason", "")
    await links.stop()


async def test_the_pending_key_survives_a_failed_try_and_nothing_else_does(tmp_path: Path) -> None:
    home, code = tmp_path / "new", EnrolmentCode(b"s" * 10, b"f" * 10, "127.0.0.1:9")
    await refusal(home, str(code))
    first = enrolment._pending(home, code, new_id)
    await refusal(home, str(code))
    enrolment._pending(home, code._replace(secret=b"t" * 10), new_id)
    again = enrolment._pending(home, code._replace(address=""), new_id)
    assert (first[0].private_bytes_raw(), first[1]) == (again[0].private_bytes_raw(), again[1])
    assert [each.name for each in home.iterdir()] == [PENDING_FOLDER]
    for torn in home.rglob("pending.json"):
        torn.write_bytes(b"torn")
    assert enrolment._pending(home, code, new_id)[1] != first[1]


def test_a_home_remembers_only_so_many_codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enrolment, "MAX_PENDING", 3)
    for number in range(8):
        enrolment._pending(tmp_path, EnrolmentCode(bytes([number]) * 10, b"f" * 10), new_id)
    assert len(list((tmp_path / PENDING_FOLDER).iterdir())) <= enrolment.MAX_PENDING


# --- one code for several slots --------------------------------------------------------------


async def asked(home: Path, code: str) -> Offers:
    return await enrolment.offers(home, code, discovery=False, timeout_s=0.5)


async def test_what_a_code_leaves_to_choose_from_is_told_without_binding_anything(
    founder: Identity, start: Start, tmp_path: Path
) -> None:
    first = await start(founder)
    code = await first.code_for(2, 3, 4)
    expected = tuple(Offer(no, f"Kasse {no}", "Halle 4") for no in (2, 3, 4))
    assert await asked(tmp_path / "new", code) == Offers("Messestand", expected)
    assert not (tmp_path / "new").exists()
    assert len(first.node.roster.members) == 1
    identity = await join_network(tmp_path / "new", code, no=3, discovery=False)
    assert (identity.member().till_no, identity.member().name, identity.member().site) == (3, "Kasse 3", "Halle 4")
    assert [offer.no for offer in (await asked(tmp_path / "other", code)).slots] == [2, 4]
    with pytest.raises(IdentityExists):
        await asked(tmp_path / "new", code)
    with pytest.raises(EnrolmentRefused) as taken:
        await join_network(tmp_path / "other", code, no=3, discovery=False)
    assert taken.value.code == "slot_taken"


async def test_eight_tills_switched_on_together_with_one_code_get_eight_numbers(
    founder: Identity, start: Start, tmp_path: Path
) -> None:
    first = await start(founder)
    code = await first.code_for(*range(2, 10))
    joining = [join_network(tmp_path / f"new-{no}", code, discovery=False) for no in range(8)]
    joined = await asyncio.gather(*joining)
    assert sorted(identity.member().till_no for identity in joined) == list(range(2, 10))
    with pytest.raises(EnrolmentRefused) as used:
        await asked(tmp_path / "late", code)
    assert used.value.code == "code_used"


async def test_who_never_heard_the_answer_is_offered_what_it_has(
    founder: Identity, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await start(founder)
    code = await first.code_for(2, 3)
    with monkeypatch.context() as patched:
        lose_answers(patched)
        with pytest.raises(EnrolmentRefused):
            await join_network(tmp_path / "new", code, no=3, discovery=False, timeout_s=0.2)
    await join_network(tmp_path / "other", code, discovery=False)
    assert [offer.no for offer in (await asked(tmp_path / "new", code)).slots] == [3]
    assert (await join_network(tmp_path / "new", code, no=2, discovery=False)).member().till_no == 3


async def test_an_earlier_authority_gives_the_only_number_of_its_code(
    founder: Identity, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = enrolment_desk.EnrolmentDesk.greeting

    def earlier(self: enrolment_desk.EnrolmentDesk, shown: bytes) -> bytes:
        said = msgspec.json.decode(original(self, shown))
        return msgspec.json.encode({name: said[name] for name in ("network_name", "root", "founder", "line")})

    monkeypatch.setattr(enrolment_desk.EnrolmentDesk, "greeting", earlier)
    first = await start(founder)
    code = await first.code()
    assert await asked(tmp_path / "new", code) == Offers("Messestand")
    with pytest.raises(EnrolmentRefused) as refused:
        await join_network(tmp_path / "new", code, no=5, discovery=False)
    assert refused.value.code == "not_offered"
    assert len(first.node.roster.members) == 1
    assert (await join_network(tmp_path / "new", code, discovery=False)).member().till_no == 2


async def test_offers_of_a_stranger_are_not_believed(founder: Identity, start: Start, tmp_path: Path) -> None:
    first = await start(founder)
    code = EnrolmentCode.parse(await first.code())
    stranger = await start(found_network(tmp_path / "stranger", "Falle", 1, "till", ids=new_id))
    body = {"no": 7, "name": "Hierher", "role": "till", "site": "", "expires_at": "2099-01-01T00:00:00Z"}
    body["bootstrap_certificate"] = msgspec.to_builtins(certificates.issue_bootstrap(code.bootstrap_key()))
    await stranger.node.append([Entry("membership", "slot.released/1", body)])
    with pytest.raises(EnrolmentRefused) as refused:
        await asked(tmp_path / "new", str(code._replace(address=stranger.address)))
    assert refused.value.code == "wrong_network"


async def test_offers_that_no_member_can_be_are_not_shown(
    founder: Identity, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await start(founder)
    code = await first.code()
    odd = (Offer(2, "\x1b[2J"), Offer(0, "Kasse"), Offer(3, "Kasse 3", role="root"), Offer(4, "Kasse 4"))
    monkeypatch.setattr(
        enrolment_desk, "Greeting", lambda **said: msgspec.structs.replace(Greeting(**said), offers=odd)
    )
    assert [offer.no for offer in (await asked(tmp_path / "new", code)).slots] == [4]


@asynccontextmanager
async def talking(code: EnrolmentCode, talks: int) -> AsyncIterator[None]:
    """So many hold the line with that code and say nothing."""
    context = tls.bootstrap_context(code.bootstrap_key())
    async with AsyncExitStack() as stack:
        for _ in range(talks):
            line = connect(f"wss://{code.address}{ENROL_PATH}", ssl=context, proxy=None, compression=None)
            connection = await stack.enter_async_context(line)
            await connection.recv()
        yield


async def test_who_comes_while_others_with_the_code_are_being_let_in_waits_for_its_turn(
    founder: Identity, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It counted as a refused code: the third of those switched on together gave up after three tries."""
    monkeypatch.setattr(enrolment_asking, "RETRY_S", 0.01)
    first = await start(founder)
    single, shared = EnrolmentCode.parse(await first.code()), EnrolmentCode.parse(await first.code_for(3, 4, 5))
    async with talking(single, enrolment_desk.MAX_TALKS_PER_CODE):
        assert (await refusal(tmp_path / "new", str(single), timeout_s=0.2)).code == "unreachable"
        async with talking(shared, 2):
            assert len((await asked(tmp_path / "new", str(shared))).slots) == 3
    await join_network(tmp_path / "new", str(single), discovery=False)
