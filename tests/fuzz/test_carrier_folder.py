"""Whole folders of a carrier, spoilt in any way: only what is genuine is taken, and what is whole still can be."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import carrier_words
from replication.core.model import Feed, Record
from replication.enrolment import join_network
from replication.identity import Identity, found_network
from replication.net.carrier import Carrier, CarrierRefused, Read
from tests.replication.running import Books, Running, new_id, note, until


class Shop(NamedTuple):
    """A stick that two tills have written, all that is true, and who shall read it."""

    stick: Path
    truth: dict[Feed, list[Record]]
    reader: Identity


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return asyncio.run(_shop(tmp_path_factory.mktemp("shop")))


async def _shop(folder: Path) -> Shop:
    first = await _started(found_network(folder / "1", "Messe", 1, "till", ids=new_id), ("127.0.0.1", 0))
    second = await _started(await join_network(folder / "2", await first.code(2), discovery=False))
    reader = await join_network(folder / "3", await first.code(3, "Kasse 3"), discovery=False)
    for said in range(520):
        await first.node.append([note(said)])
    await second.node.append([note("two"), note("sold", "sales")])
    await until(lambda: first.store.heads() == second.store.heads())
    stick = folder / "stick"
    stick.mkdir()
    for running in (first, second):
        await Carrier(running.node, running.store, running.identity, new_id).write(stick)
    truth = _records(first)
    for running in (first, second):
        await running.stop()
    return Shop(stick, truth, reader)


async def _started(identity: Identity, listen: tuple[str, int] | None = ("127.0.0.1", 0)) -> Running:
    running = Running(identity.folder.parent, identity, Books(), listen=listen)
    await running.node.start()
    return running


def _records(running: Running) -> dict[Feed, list[Record]]:
    return {feed: running.store.records(feed, 0, head.seq) for feed, head in running.store.heads().items()}


# --- what may happen to a stick --------------------------------------------------------------

Spoil = Callable[[Path], None]


def _files(stick: Path) -> list[Path]:
    return sorted(path for path in stick.rglob("*") if path.is_file())


def _one_of(stick: Path, which: int) -> Path:
    files = _files(stick) or [stick / "x"]
    return files[which % len(files)]


def _written(change: Callable[[bytes], bytes], which: int) -> Spoil:
    def spoil(stick: Path) -> None:
        path = _one_of(stick, which)
        path.write_bytes(change(path.read_bytes() if path.exists() else b""))

    return spoil


def flipped(which: int, at: int, value: int) -> Spoil:
    return _written(lambda raw: raw[: at % (len(raw) or 1)] + bytes([value]) + raw[at % (len(raw) or 1) + 1 :], which)


def cut(which: int, at: int) -> Spoil:
    return _written(lambda raw: raw[: at % (len(raw) or 1)], which)


def lengthened(which: int, junk: bytes) -> Spoil:
    return _written(lambda raw: raw + junk, which)


def exchanged(which: int, other: int) -> Spoil:
    """Two files, each under the other's name: of one writer, or of two; manifests too."""

    def spoil(stick: Path) -> None:
        one, two = _one_of(stick, which), _one_of(stick, other)
        if one.exists() and two.exists():
            raw = one.read_bytes()
            one.write_bytes(two.read_bytes())
            two.write_bytes(raw)

    return spoil


def manifests_exchanged(stick: Path) -> None:
    manifests = sorted(stick.rglob("manifest.json"))
    if len(manifests) > 1:
        raws = [path.read_bytes() for path in manifests]
        for path, raw in zip(manifests, reversed(raws), strict=True):
            path.write_bytes(raw)


def folders_exchanged(stick: Path) -> None:
    (network,) = (stick / "tillmesh").iterdir()
    one, two = sorted(path for path in network.iterdir() if path.is_dir())[:2]
    one.rename(network / "aside")
    two.rename(one)
    (network / "aside").rename(two)


def put_there(name: str, which: int, junk: bytes) -> Spoil:
    def spoil(stick: Path) -> None:
        (_one_of(stick, which).parent / name).write_bytes(junk)

    return spoil


def gone(which: int) -> Spoil:
    return lambda stick: _one_of(stick, which).unlink(missing_ok=True)


numbers = st.integers(0, 10_000_000)
names = st.sampled_from(["manifest.json.new", "0" * 32 + "-" + "0" * 16 + ".segment", "notes.txt", ".hidden"])
spoils = st.lists(
    st.builds(flipped, numbers, numbers, st.integers(0, 255))
    | st.builds(cut, numbers, numbers)
    | st.builds(lengthened, numbers, st.binary(min_size=1, max_size=50))
    | st.builds(exchanged, numbers, numbers)
    | st.builds(put_there, names, numbers, st.binary(max_size=50))
    | st.builds(gone, numbers)
    | st.sampled_from([manifests_exchanged, folders_exchanged]),
    min_size=1,
    max_size=3,
)


@given(spoils)
@settings(max_examples=30)
def test_of_a_spoilt_stick_only_what_is_genuine_is_taken_and_a_whole_one_makes_it_good(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory, spoil: list[Spoil]
) -> None:
    folder = tmp_path_factory.mktemp("spoilt")
    stick = folder / "stick"
    shutil.copytree(shop.stick, stick)
    for change in spoil:
        change(stick)
    asyncio.run(_read_both(shop, stick))
    shutil.rmtree(folder)


async def _read_both(shop: Shop, stick: Path) -> None:
    for name in ("store.sqlite", "store.sqlite-wal", "store.sqlite-shm"):
        (shop.reader.folder.parent / name).unlink(missing_ok=True)
    running = await _started(shop.reader, None)
    try:
        carrier = Carrier(running.node, running.store, running.identity, new_id)
        code = "empty"
        try:
            _typed(await carrier.read(stick))
        except CarrierRefused as refused:
            code = refused.code
        assert code in carrier_words.HINDRANCES
        for feed, run in _records(running).items():
            assert run == shop.truth[feed][: len(run)]
        assert (await carrier.read(shop.stick)).refused == []
        await running.node.settled()
        assert _records(running) == shop.truth
        assert not running.node.status()["forks"]
    finally:
        await running.stop()


def _typed(result: Read) -> None:
    assert all(fault.code in carrier_words.FAULTS for fault in (*result.refused, *result.left))
