"""Authority goes from a till to a centre: over real links, the plug pulled at each point, and who joins then."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from replication import certificates, root_key, standing
from replication.certificates import CertificateRefused
from replication.core.model import Entry, Feed
from replication.core.records import verify_signature
from replication.enrolment import EnrolmentRefused, join_network, last_of_line, offers
from replication.identity import ROOT_KEY_FILE, Identity
from replication.node import AppendRefused
from tests.replication.running import Running, Start, until


@pytest.fixture
async def till_and_centre(founder: Identity, start: Start, tmp_path: Path) -> tuple[Running, Running]:
    """Till 1, which founded the network, and a centre, connected."""
    till = await start(founder)
    code = await till.code(9, "Zentrale", "centre")
    centre = await start(await join_network(tmp_path / "centre", code, discovery=False))
    await until(lambda: till.peers() == [9] and centre.peers() == [1])
    await until(lambda: 9 in [each.till_no for each in centre.node.roster.members.values()])
    return till, centre


def holders(*members: Running) -> list[int]:
    """Who could let somebody in: by the feeds as it knows them, and by the key that lies in its home."""
    return [
        each.identity.member().till_no
        for each in members
        if each.identity.may_enrol(each.node.roster) and (each.identity.folder / ROOT_KEY_FILE).exists()
    ]


def key_files(running: Running) -> list[str]:
    return sorted(path.name for path in running.identity.folder.glob("root.key*"))


async def handed_over(till: Running, centre: Running) -> None:
    await till.node.hand_over(centre.identity.member_id)
    await until(lambda: holders(till, centre) == [9] and key_files(till) == [] and key_files(centre) == [ROOT_KEY_FILE])


async def test_authority_and_the_roots_key_move_together(
    till_and_centre: tuple[Running, Running], start: Start, tmp_path: Path
) -> None:
    till, centre = till_and_centre
    assert holders(till, centre) == [1]
    await handed_over(till, centre)
    assert (centre.identity.folder / ROOT_KEY_FILE).stat().st_mode & 0o077 == 0
    assert till.node.roster.authorities == [till.identity.member_id, centre.identity.member_id]
    with pytest.raises(EnrolmentRefused, match=r"only Zentrale \(no\. 9\)"):
        await till.code(2)
    with pytest.raises(AppendRefused) as refused:
        await till.node.append([Entry("membership", "member.revoked/1", {"member_id": centre.identity.member_id})])
    assert refused.value.code == "not_authority"
    # A newcomer at the successor: checked back to the founder, pinned to the founder, and everybody's peer.
    newcomer = await start(await join_network(tmp_path / "new", await centre.code(2), discovery=False))
    assert newcomer.identity.founder() == till.identity.member()
    await until(lambda: newcomer.node.roster.authority == centre.identity.member_id)
    await until(lambda: 2 in [each.till_no for each in till.node.roster.members.values()])
    assert sorted(each.till_no for each in newcomer.node.roster.members.values()) == [1, 2, 9]


async def test_what_is_left_of_a_shared_code_is_given_by_the_successor(
    till_and_centre: tuple[Running, Running], tmp_path: Path
) -> None:
    till, centre = till_and_centre
    code = await till.code_for(2, 3, 4)
    two = await join_network(tmp_path / "two", code, no=2, discovery=False)
    await handed_over(till, centre)
    # The code's address leads to the till, which lets nobody in any more.
    left = await offers(tmp_path / "new", code, [centre.address], discovery=False)
    assert [offer.no for offer in left.slots] == [3, 4]
    new = await join_network(tmp_path / "new", code, [centre.address], no=4, discovery=False)
    await until(lambda: new.member_id in till.node.roster.members)
    assert till.node.roster.slots == centre.node.roster.slots
    assert [slot.member_id for no, slot in sorted(till.node.roster.slots.items()) if no < 9] == [
        two.member_id,
        "",
        new.member_id,
    ]


async def test_authority_can_come_back_and_homes_find_it_so_at_the_next_start(
    till_and_centre: tuple[Running, Running], start: Start, tmp_path: Path
) -> None:
    till, centre = till_and_centre
    await handed_over(till, centre)
    await centre.node.append(
        [Entry("membership", "member.renamed/1", {"member_id": till.identity.member_id, "name": "Bar"})]
    )
    await centre.node.hand_over(till.identity.member_id)
    await until(lambda: holders(till, centre) == [1] and key_files(centre) == [])
    newcomer = await join_network(tmp_path / "new", await till.code(2), discovery=False)
    assert newcomer.founder().member_id == till.identity.member_id
    await till.stop()
    again = await start(Identity.load(till.home), books=till.books)
    assert again.node.roster.authorities == [
        till.identity.member_id,
        centre.identity.member_id,
        till.identity.member_id,
    ]
    assert again.identity.may_enrol(again.node.roster)
    third = await start(newcomer, peers=(again.address,))
    await until(lambda: len(third.node.roster.passings) == 2)
    assert third.node.roster.members[till.identity.member_id].name == "Bar"


async def test_the_plug_is_pulled_before_the_successor_has_the_key(
    till_and_centre: tuple[Running, Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    till, centre = till_and_centre

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(standing, "keep_offered", full)
    with pytest.raises(AppendRefused, match="no space left") as refused:
        await till.node.hand_over(centre.identity.member_id)
    assert refused.value.code == "refused"
    assert (holders(till, centre), key_files(centre)) == ([1], [])
    monkeypatch.undo()
    await handed_over(till, centre)


async def test_the_connection_breaks_while_the_successor_writes_the_key(
    till_and_centre: tuple[Running, Running], start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, centre = till_and_centre
    original = standing.keep_offered

    def keep_slowly(*args: Any) -> None:
        original(*args)
        time.sleep(0.5)

    monkeypatch.setattr(standing, "keep_offered", keep_slowly)
    asked = asyncio.create_task(till.node.hand_over(centre.identity.member_id))
    await until(lambda: len(key_files(centre)) == 1)
    await centre.stop()
    with pytest.raises(AppendRefused) as refused:
        await asked
    assert refused.value.code == "not_connected"
    monkeypatch.undo()
    # Both have the key, and only the till may use it; the centre keeps it until it is known who got authority.
    again = await start(Identity.load(centre.home), books=centre.books, peers=(till.address,))
    await until(lambda: till.peers() == [9])
    assert holders(till, again) == [1]
    assert key_files(again) == [f"{ROOT_KEY_FILE}.from-{till.identity.member_id}"]
    await handed_over(till, again)


async def test_the_plug_is_pulled_at_both_once_authority_has_passed_and_no_key_was_settled(
    till_and_centre: tuple[Running, Running], start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    till, centre = till_and_centre
    monkeypatch.setattr(root_key.Settlement, "settle", lambda _self: None)
    await till.node.hand_over(centre.identity.member_id)
    await until(lambda: centre.node.roster.authority == centre.identity.member_id)
    await till.stop()
    await centre.stop()
    assert key_files(till) == [ROOT_KEY_FILE]
    assert key_files(centre) == [f"{ROOT_KEY_FILE}.from-{till.identity.member_id}"]
    monkeypatch.undo()
    till = await start(Identity.load(till.home), books=till.books)
    assert (holders(till), key_files(till)) == ([], [])
    centre = await start(Identity.load(centre.home), books=centre.books)
    assert (holders(centre), key_files(centre)) == ([9], [ROOT_KEY_FILE])


async def test_an_offer_that_came_to_nothing_is_removed_when_authority_goes_elsewhere(
    till_and_centre: tuple[Running, Running], start: Start, tmp_path: Path
) -> None:
    till, centre = till_and_centre
    other = await start(await join_network(tmp_path / "other", await till.code(2), discovery=False))
    await until(lambda: till.peers() == [2, 9])
    key = till.identity.root_key
    assert key is not None
    root_key.keep_offered(centre.identity, till.identity.member_id, certificates.raw_private(key))
    await till.node.hand_over(other.identity.member_id)
    await until(lambda: key_files(centre) == [] and holders(till, centre, other) == [2])


async def test_a_key_that_is_not_the_roots_is_not_kept(founder: Identity) -> None:
    with pytest.raises(ValueError, match="not this network's root key"):
        root_key.keep_offered(founder, "a" * 32, Ed25519PrivateKey.generate().private_bytes_raw())
    assert [path.name for path in founder.folder.glob("root.key*")] == [ROOT_KEY_FILE]


async def test_what_cannot_be_handed_over_is_said_so(
    till_and_centre: tuple[Running, Running], start: Start, tmp_path: Path
) -> None:
    till, centre = till_and_centre
    hub = await start(await join_network(tmp_path / "hub", await till.code(3, "Knoten", "node"), discovery=False))
    gone = await start(await join_network(tmp_path / "gone", await till.code(4, "Kasse 4"), discovery=False))
    await until(lambda: till.peers() == [3, 4, 9])

    async def refusal(giver: Running, member: str) -> str:
        with pytest.raises(AppendRefused) as refused:
            await giver.node.hand_over(member)
        return refused.value.code

    assert await refusal(till, hub.identity.member_id) == "bad_role"
    assert await refusal(till, till.identity.member_id) == "own_member"
    assert await refusal(till, "f" * 32) == "unknown_member"
    assert await refusal(centre, till.identity.member_id) == "not_authority"
    await gone.stop()
    await until(lambda: till.peers() == [3, 9])
    assert await refusal(till, gone.identity.member_id) == "not_connected"
    await till.node.append([Entry("membership", "member.revoked/1", {"member_id": gone.identity.member_id})])
    assert await refusal(till, gone.identity.member_id) == "unknown_member"
    assert holders(till, centre) == [1]


async def test_a_line_of_authorities_is_believed_only_link_by_link(
    till_and_centre: tuple[Running, Running], start: Start, tmp_path: Path
) -> None:
    till, centre = till_and_centre
    other = await start(await join_network(tmp_path / "other", await till.code(2), discovery=False))
    await handed_over(till, centre)
    (passed,) = centre.node.roster.passings
    identity = till.identity
    line = [(passed.text, centre.identity.certificate)]

    def last(line: list[tuple[str, bytes]], founder: bytes = identity.certificate) -> str:
        return last_of_line(identity.root, identity.network_id, identity.founder_id, founder, line)

    assert last([]) == identity.member_id
    assert last(line) == centre.identity.member_id
    text = passed.text.replace(centre.identity.member_id, other.identity.member_id)
    for forged in (
        [(text, other.identity.certificate)],
        [(passed.text, other.identity.certificate)],
        [("{}", centre.identity.certificate)],
        [*line, *line],
    ):
        with pytest.raises(CertificateRefused):
            last(forged)
    with pytest.raises(CertificateRefused, match="founded by another"):
        last([], other.identity.certificate)
    assert verify_signature(identity.member().public_key, identity.network_id, passed)
    assert passed.feed == Feed(identity.member_id, "membership")
