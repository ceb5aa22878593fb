"""A newcomer that meets nobody after it was let in gets its first data from a stick, if the stick has them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from replication.enrolment import join_network
from replication.identity import Identity
from replication.net import carrier_files as files
from replication.net.carrier import Carrier, Read
from tests.replication.running import Running, Start, new_id, note


def carrier(running: Running) -> Carrier:
    return Carrier(running.node, running.store, running.identity, new_id)


async def read(running: Running, stick: Path) -> Read:
    return await carrier(running).read(stick)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


async def let_in(first: Running, start: Start, folder: Path, no: int = 2) -> Running:
    """A newcomer that has reached the authority for its enrolment, and nobody since."""
    identity = await join_network(folder, await first.code(no, f"Kasse {no}"), discovery=False)
    return await start(identity, listen=None)


@pytest.fixture
async def first(founder: Identity, start: Start) -> Running:
    running = await start(founder)
    await running.node.append([note(n, "master") for n in range(700)])
    await running.node.append([note("voucher")])
    return running


async def test_a_stick_that_knows_of_the_newcomer_ends_its_provisioning_durably(
    first: Running, start: Start, tmp_path: Path, stick: Path
) -> None:
    second = await let_in(first, start, tmp_path / "till-2")
    await carrier(first).write(stick)
    assert second.node.provisioning is not None
    assert (await read(second, stick)).refused == []
    assert second.node.provisioning is None
    assert second.identity.newcomer_since_ms() is None  # and so after the next start
    assert len(second.books.said()) == 701
    assert second.node.status()["provisioning"] is None


async def test_a_stick_written_before_the_newcomer_was_let_in_does_not(
    first: Running, start: Start, tmp_path: Path, stick: Path
) -> None:
    await carrier(first).write(stick)
    second = await let_in(first, start, tmp_path / "till-2")
    await read(second, stick)
    assert len(second.books.said()) == 701
    assert second.node.provisioning is not None
    await carrier(first).write(stick)
    await read(second, stick)
    assert second.node.provisioning is None


async def test_a_newcomers_stick_is_no_proof_that_all_is_there(
    first: Running, start: Start, tmp_path: Path, stick: Path
) -> None:
    second = await let_in(first, start, tmp_path / "till-2")
    third = await let_in(first, start, tmp_path / "till-3", 3)
    await carrier(first).write(stick)
    await read(second, stick)
    other = tmp_path / "other"
    other.mkdir()
    # What the second writes as long as it is a newcomer, though it has all that there is.
    (second.identity.folder / "newcomer.json").write_text('{"since_ms":1}')
    await carrier(second).write(other)
    await read(third, other)
    assert len(third.books.said()) == 701
    assert third.node.provisioning is not None
    second.identity.is_provisioned()
    await carrier(second).write(other)  # the same files, and another word about who wrote them
    await read(third, other)
    assert third.node.provisioning is None


async def test_a_stick_with_a_damaged_file_does_not_until_it_is_written_anew(
    first: Running, start: Start, tmp_path: Path, stick: Path
) -> None:
    second = await let_in(first, start, tmp_path / "till-2")
    await carrier(first).write(stick)
    folder = stick / "tillmesh" / first.identity.network_id / first.identity.member_id
    largest = max(folder.glob("*.segment"), key=lambda path: path.stat().st_size)
    whole = largest.read_bytes()
    largest.write_bytes(whole[:-1])
    assert [fault.code for fault in (await read(second, stick)).refused][:1] == ["truncated"]
    assert second.node.provisioning is not None
    largest.write_bytes(whole)
    await read(second, stick)
    assert second.node.provisioning is None


async def test_a_manifest_says_that_its_writer_is_a_newcomer_and_nothing_otherwise(founder: Identity) -> None:
    root, network_id, member_id = founder.root, founder.network_id, founder.member_id
    for newcomer in (False, True):
        raw = files.signed(founder, [], hlc="0000000000000001-00000", run="0" * 32, newcomer=newcomer)
        assert (b"newcomer" in raw) == newcomer
        assert (files.opened(raw, root, network_id, member_id)[0].newcomer is True) == newcomer
