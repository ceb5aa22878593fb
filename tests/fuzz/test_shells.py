"""Bytes that lie on disks and sticks, and words that people type: correct, or refused with a type, and never wrong."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from replication.core.model import Chunk, Feed, FeedHead, Record
from replication.crdt import CrdtError, SegmentDocument
from replication.enrolment_code import CodeRefused, EnrolmentCode
from replication.identity import Identity, found_network
from replication.net import carrier_files as files
from replication.net.carrier_files import Refusal
from replication.store import Store, StoreDamaged, StoreUnavailable
from tests.fuzz.evil import Besieged

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


# --- the store -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, object]:
    """The bytes of a store and everything that can be read from it."""
    path = tmp_path_factory.mktemp("store") / "store.sqlite"
    besieged = Besieged()
    store = Store.open(path)
    from replication.core.effects import Store as Batch

    runs = besieged.till.disk.records.values()
    chunks = tuple(chunk for run in besieged.till.disk.chunks.values() for chunk in run)
    done: list[object] = []
    store.submit(Batch(1, 1, chunks, tuple(record for run in runs for record in run), {"kept": "value"}), done.append)
    store.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    return path.read_bytes(), contents(path)


Contents = tuple[dict[Feed, FeedHead], list[Record], dict[str, tuple[Chunk, ...]]]


def contents(path: Path) -> Contents:
    """All that a till would go on working with."""
    store = Store.open(path)
    try:
        heads = store.heads()
        records = [record for run in store.records_after({}) for record in run]
        besieged_documents = {document: store.chunks(document) for document in DOCUMENTS}
        return heads, records, besieged_documents
    finally:
        store.close()


DOCUMENTS = Besieged().documents


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_store_is_found_or_gives_what_was_written(
    sound: tuple[bytes, Contents], tmp_path: Path, seed: int
) -> None:
    raw, whole = sound
    rng = random.Random(seed)
    for _ in range(25):
        damaged = bytearray(raw)
        damaged[rng.randrange(len(raw))] ^= rng.randrange(1, 256)
        _check_damaged(bytes(damaged), whole, tmp_path)


@pytest.mark.parametrize("word", [b"circulation", b"0003sales", b"WITHOUT ROWID"])
def test_a_word_that_no_checksum_covers_is_found_all_the_same(
    sound: tuple[bytes, Contents], tmp_path: Path, word: bytes
) -> None:
    raw, whole = sound
    at = raw.index(word)
    for value in (0xD7, raw[at] ^ 1):
        _check_damaged(raw[:at] + bytes([value]) + raw[at + 1 :], whole, tmp_path)


def _check_damaged(damaged: bytes, whole: Contents, tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.write_bytes(damaged)
    try:
        found = contents(path)
    except (StoreDamaged, StoreUnavailable):
        return
    assert found == whole  # what was hit is in nobody's way


# --- files of a carrier ----------------------------------------------------------------------


chunk_lists = st.lists(st.binary(max_size=60), max_size=6)


@given(chunk_lists)
def test_a_segment_file_reads_back_as_it_was_written(chunks: list[bytes]) -> None:
    assert files.unframed(files.framed(chunks)) == tuple(chunks)


@given(chunk_lists, st.data())
def test_a_segment_file_that_is_cut_is_refused_or_ends_between_two_changes(
    chunks: list[bytes], data: st.DataObject
) -> None:
    raw = files.framed(chunks)
    cut = raw[: data.draw(st.integers(0, len(raw)))]
    try:
        found = files.unframed(cut)
    except Refusal:
        return
    assert found == tuple(chunks[: len(found)])


@given(chunk_lists, st.data())
def test_no_bit_of_a_segment_file_can_turn_unseen(chunks: list[bytes], data: st.DataObject) -> None:
    raw = bytearray(files.framed(chunks))
    file = files.File("0" * 32 + "/sales", 1, "0" * 64, 1, "x", 0, files.digest(bytes(raw)), len(raw))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Refusal):
        files.changes_in(file, bytes(raw))


@given(st.binary(max_size=300))
def test_any_bytes_in_the_place_of_a_segment_file_are_refused(raw: bytes) -> None:
    assume(not raw.startswith(files.MAGIC))
    with pytest.raises(Refusal):
        files.unframed(raw)


@pytest.fixture(scope="module")
def member(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return found_network(tmp_path_factory.mktemp("home"), "Fest", 1, "till", ids=lambda: next(IDS))


IDS = iter(f"{number:032x}" for number in range(1, 99))


@given(st.data())
def test_no_bit_of_a_manifest_can_turn_unseen(member: Identity, data: st.DataObject) -> None:
    entry = files.File("0" * 32 + "/sales", 1, "0" * 64, 3, "x", 0, "0" * 64, 9)
    raw = bytearray(files.signed(member, [entry], hlc="0000000000000001-00000", run="0" * 32))
    with pytest.raises(Refusal) as caught:  # its own name does not fit: a member may be a bad one
        files.opened(bytes(raw), member.root, member.network_id, member.member_id)
    assert "fit together" in caught.value.detail
    raw = bytearray(files.signed(member, [], hlc="0000000000000001-00000", run="0" * 32))
    files.opened(bytes(raw), member.root, member.network_id, member.member_id)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Refusal):
        files.opened(bytes(raw), member.root, member.network_id, member.member_id)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_in_the_place_of_a_manifest_are_refused(member: Identity, raw: bytes) -> None:
    with pytest.raises(Refusal):
        files.opened(raw, member.root, member.network_id, member.member_id)


@given(st.lists(st.binary(max_size=80), max_size=4))
def test_any_bytes_in_the_place_of_changes_are_refused_by_the_document(chunks: list[bytes]) -> None:
    try:
        document = SegmentDocument.load(chunks, b"a" * 16)
    except CrdtError:
        return
    assert len(document) == 0


# --- enrolment -------------------------------------------------------------------------------


@given(st.text(max_size=60) | st.text(ALPHABET + "-oOiIlL ", min_size=30, max_size=60))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    try:
        code = EnrolmentCode.parse(text)
    except CodeRefused:
        return
    assert EnrolmentCode.parse(str(code)) == code


drawn_codes = st.builds(
    EnrolmentCode.drawn,
    st.binary(min_size=10, max_size=10),
    st.binary(min_size=10, max_size=10),
    st.sampled_from(["", "192.0.2.7:7417", "255.255.255.255:65535"]),
)
keyboards = st.sampled_from([str.maketrans({}), str.maketrans("YZ-", "ZYß")])


@given(drawn_codes, keyboards, st.data())
def test_a_code_reads_back_on_any_keyboard_and_with_one_slip_never(
    code: EnrolmentCode, keyboard: dict[int, str], data: st.DataObject
) -> None:
    typed = str(code).translate(keyboard)
    assert EnrolmentCode.parse(typed) == code
    assert EnrolmentCode.parse(typed.lower().replace("-", " ").replace("0", "o")) == code
    text = "".join(char for char in typed if char in ALPHABET)
    at = data.draw(st.integers(0, len(text) - 2))
    wrong = data.draw(st.sampled_from(ALPHABET))
    if wrong != text[at]:
        _refuse(text[:at] + wrong + text[at + 1 :])
    if text[at] != text[at + 1]:
        _refuse(text[:at] + text[at + 1] + text[at] + text[at + 2 :])
    _refuse(text[:at] + text[at + 1 :])
    _refuse(text[:at] + wrong + text[at:])


def _refuse(text: str) -> None:
    with pytest.raises(CodeRefused):
        EnrolmentCode.parse(text)
