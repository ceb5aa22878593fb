from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from replication import certificates, enrolment, enrolment_desk
from replication.core.model import Entry
from replication.enrolment import EnrolmentRefused, join_network
from replication.enrolment_code import EnrolmentCode
from replication.identity import PENDING_FOLDER, SECRETS_FILE, Identity, IdentityExists, NoIdentity, found_network
from replication.net import tls
from replication.net.websocket import Links
from tests.replication.running import Running, Start, new_id, until

Two = tuple[Running, Running]


async def refusal(home: Path, code: str, peers: tuple[str, ...] = (), timeout_s: float = 0.5) -> EnrolmentRefused:
    with pytest.raises(EnrolmentRefused) as refused:
        await join_network(home, code, peers, discovery=False, timeout_s=timeout_s)
    with pytest.raises(NoIdentity):
        Identity.load(home)
    return refused.value


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


async def test_an_answer_that_was_lost_is_fetched_with_the_same_code(
    founder: Identity, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await start(founder)
    code = await first.code()
    original = enrolment_desk.EnrolmentDesk.answer

    async def answer_into_the_void(*args: object) -> bytes:
        await original(*args)  # type: ignore[arg-type]
        raise TimeoutError

    monkeypatch.setattr(enrolment_desk.EnrolmentDesk, "answer", answer_into_the_void)
    await refusal(tmp_path / "new", code)
    monkeypatch.undo()
    bound = [member for member in first.node.roster.members.values() if member.till_no == 2]
    identity = await join_network(tmp_path / "new", code, discovery=False)
    assert [identity.member()] == bound


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
    async with asyncio.timeout(8):
        assert (await refusal(tmp_path / "new", str(forged), timeout_s=15)).code == "code_refused"
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
    links = Links(founder, events.append, room=lambda: asyncio.sleep(0), server_context=context, client_context=context)
    links.dial(first.address)
    await until(lambda: bool(events))
    assert "403" in getattr(events[0], "reason", "")
    await links.stop()


async def test_the_pending_key_survives_a_failed_try_and_nothing_else_does(tmp_path: Path) -> None:
    code = str(EnrolmentCode(b"s" * 10, b"f" * 10, "127.0.0.1:9"))
    await refusal(tmp_path / "new", code)
    first = enrolment._pending(tmp_path / "new", new_id)
    await refusal(tmp_path / "new", code)
    again = enrolment._pending(tmp_path / "new", new_id)
    assert (first[0].private_bytes_raw(), first[1]) == (again[0].private_bytes_raw(), again[1])
    assert [each.name for each in (tmp_path / "new").iterdir()] == [PENDING_FOLDER]
    (tmp_path / "new" / PENDING_FOLDER / "pending.json").write_bytes(b"torn")
    assert enrolment._pending(tmp_path / "new", new_id)[1] != first[1]
