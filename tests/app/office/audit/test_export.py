"""An export from outside: whatever is altered, cut, swapped, dropped or forged in it is found and named."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.__main__ import main
from app.facts.sales import Period, ZReportClosed
from app.office.audit.export_check import Examined, examine
from replication.core import records
from replication.core.documents import document_id
from replication.core.feeds import segment_of
from replication.core.model import SEGMENT_RECORDS, Entry, Feed
from replication.crdt import SegmentDocument
from replication.exported import trust, writing
from replication.exported.packing import unpack
from replication.exported.trust import Root, RootRefused
from replication.identity import Identity, found_network, member_body
from replication.net import carrier_files as files
from replication.net.carrier_files import File, Refusal
from replication.net.carrier_folder import CarrierRefused
from tests.app.office.audit.house import House, new_id, receipt

FLIPS = 60


@pytest.fixture
def root(house: House) -> Root:
    return writing.root_of_home(house.identity)


@pytest.fixture
def till(house: House) -> str:
    """A till with three receipts and a Z report."""
    member = house.join(2)
    for number in range(1, 4):
        # Receipts of before there were Z reports name none.
        house.sell(member, f"2-{number:06d}", 2, z_no=0 if number == 1 else 1)
    figures = Period("EUR", 3, 1500, "", "", (), (), (), (), (), ())
    house.say(member, ZReportClosed(1, 2, "2026-11-21T11:00:00.000Z", "2026-11-21", "anna", figures, "Z2-000001"))
    return member


def export(house: House, place: Path) -> Path:
    writing.into_folder(house.store, house.identity, place, run=new_id())
    return place


def codes(found: Examined) -> list[str]:
    return [fault.code for fault in found.feeds.faults]


def own(house: House, place: Path) -> Path:
    return place / "tillmesh" / house.identity.network_id / house.centre


def texts_of(house: House) -> dict[Feed, list[str]]:
    """All that is in the store."""
    return {
        feed: [record.text for record in house.store.records(feed, 0, head.seq)]
        for feed, head in house.store.heads().items()
    }


def forge(
    house: House, place: Path, texts: dict[Feed, list[str]], by: Identity | None = None, hidden: str = ""
) -> Path:
    """The export of a member who puts there what he likes, and signs it."""
    writer = by or house.identity
    folder = place / "tillmesh" / house.identity.network_id / writer.member_id
    folder.mkdir(parents=True)
    listed: list[File] = []
    for feed, said in texts.items():
        for segment in range(segment_of(len(said)) + 1):
            first = segment * SEGMENT_RECORDS + 1
            part = said[first - 1 : first - 1 + SEGMENT_RECORDS]
            chunks = SegmentDocument.empty(bytes(16)).put_all(
                [
                    *((records.key(first + at), text) for at, text in enumerate(part)),
                    *([(hidden, "x")] if hidden else []),
                ]
            )
            data = files.framed(chunks)
            digest = files.digest(data)
            name = files.name_of(document_id(house.identity.network_id, feed, segment), digest)
            try:
                head = records.parse(feed, part[-1]).hash
            except records.BadRecord:
                head = "0" * 64
            (folder / name).write_bytes(data)
            listed.append(File(str(feed), first, head, first + len(part) - 1, name, segment, digest, len(data)))
    (folder / files.MANIFEST).write_bytes(files.signed(writer, listed, hlc="", run=new_id()))
    return place


def test_an_honest_export_is_sound(house: House, till: str, root: Root, tmp_path: Path) -> None:
    for number in range(4, 520):
        house.sell(till, f"2-{number:06d}", 2, z_no=2)
    found = examine(export(house, tmp_path / "out"), root)
    assert (found.feeds.faults, found.findings, found.sound) == ([], [], True)
    assert (found.receipts, found.z_reports, found.feeds.records) == (519, 1, 522)
    assert {head.feed: head.records for head in found.feeds.heads}[f"{till}/sales"] == 520


def test_the_root_is_named_by_file_or_fingerprint(house: House, till: str, root: Root, tmp_path: Path) -> None:
    place = export(house, tmp_path / "out")
    spaced = ":".join(root.fingerprint[at : at + 2] for at in range(0, 64, 2)).upper()
    assert trust.root_of(spaced, place).der == root.der
    assert trust.root_of(str(house.identity.folder / "root.pem"), place).der == root.der
    with pytest.raises(RootRefused) as refused:
        trust.root_of("0" * 64, place)
    assert refused.value.code == "other_root"
    (place / "root.pem").write_bytes(root.pem + b"\n")
    with pytest.raises(RootRefused) as refused:
        trust.root_of(root.fingerprint, place)
    assert refused.value.code == "changed"
    (place / "root.pem").unlink()
    with pytest.raises(RootRefused) as refused:
        trust.root_of(root.fingerprint, place)
    assert refused.value.code == "no_root"
    assert trust.root_of(str(house.identity.folder / "root.pem"), place).der == root.der


@pytest.fixture
def whole(house: House, till: str, tmp_path: Path) -> Path:
    return export(house, tmp_path / "out")


def all_files(place: Path) -> Iterator[Path]:
    return (path for path in sorted(place.rglob("*")) if path.is_file())


def test_every_altered_byte_of_a_folder_is_found(whole: Path, root: Root) -> None:
    rng = random.Random(7)
    for path in all_files(whole):
        before = path.read_bytes()
        places = {0, len(before) - 1, *(rng.randrange(len(before)) for _ in range(FLIPS))}
        for at in places:
            path.write_bytes(before[:at] + bytes([before[at] ^ rng.choice((1, 32, 128))]) + before[at + 1 :])
            assert refused_or_unsound(whole, root), f"{path.name}, byte {at}"
        for cut in (0, 1, len(before) // 2, len(before) - 1):
            path.write_bytes(before[:cut])
            assert refused_or_unsound(whole, root), f"{path.name}, cut at {cut}"
        path.write_bytes(before + b"\0")
        assert refused_or_unsound(whole, root)
        path.write_bytes(before)
    assert not refused_or_unsound(whole, root)


def refused_or_unsound(place: Path, root: Root) -> bool:
    try:
        return not examine(place, trust.root_of(root.fingerprint, place)).sound
    except RootRefused:
        return True


def test_every_altered_byte_of_a_file_is_found(house: House, till: str, tmp_path: Path) -> None:
    packed = tmp_path / "out.zip"
    writing.into_file(house.store, house.identity, packed, run=new_id())
    rng = random.Random(8)
    before = packed.read_bytes()
    for number in range(150):
        at = rng.randrange(len(before)) if number else 10
        packed.write_bytes(before[:at] + bytes([before[at] ^ 1 << rng.randrange(8)]) + before[at + 1 :])
        assert is_refused(packed, tmp_path / "into"), f"byte {at}"
    for data in (before[:-1], before + b"x", b"", b"junk", b"x" + before):
        packed.write_bytes(data)
        assert is_refused(packed, tmp_path / "into")
    packed.write_bytes(before)
    assert not is_refused(packed, tmp_path / "into")


def is_refused(packed: Path, into: Path) -> bool:
    """Whether the archive itself shows it, or what is in it."""
    into.mkdir()
    try:
        unpack(packed, into)
    except Refusal:
        return True
    finally:
        shutil.rmtree(into)
    return False


def test_files_that_are_dropped_swapped_or_added(house: House, whole: Path, root: Root) -> None:
    folder = own(house, whole)
    first, second = sorted(folder.glob("*.segment"))[:2]
    one, other = first.read_bytes(), second.read_bytes()
    first.unlink()
    found = examine(whole, root)
    assert codes(found)[0] == "missing"
    assert found.feeds.faults[0].where == f"{house.centre}/{first.name}"
    first.write_bytes(other)
    second.write_bytes(one)
    assert codes(examine(whole, root)).count("changed") + codes(examine(whole, root)).count("truncated") == 2
    first.write_bytes(one)
    second.write_bytes(other)
    (folder / "notes.txt").write_text("x")
    assert codes(examine(whole, root)) == ["unlisted"]
    (folder / "notes.txt").unlink()
    (folder / "manifest.json").unlink()
    assert codes(examine(whole, root)) == ["no_manifest", "no_membership"]


def test_an_exporter_who_signs_what_he_altered(house: House, till: str, root: Root, tmp_path: Path) -> None:
    sales = Feed(till, "sales")
    plain = texts_of(house)[sales]
    swapped = [plain[1], plain[0], *plain[2:]]
    altered = [plain[0], plain[1].replace('"cashier":"anna"', '"cashier":"otto"'), *plain[2:]]
    dropped = [plain[0], *plain[2:]]
    without_first = plain[1:]
    doubled = [plain[0], plain[0], *plain[1:]]
    for number, (said, seq) in enumerate(
        ((swapped, 1), (altered, 3), (dropped, 2), (without_first, 1), (doubled, 2), ([plain[0], "junk"], 2))
    ):
        place = forge(house, tmp_path / str(number), texts_of(house) | {sales: said})
        found = examine(place, root)
        broken = [fault.where for fault in found.feeds.faults if fault.code == "broken"]
        # The altered text bears its old signature; that is looked at before the next one's chain.
        assert broken == [f"{sales}/{seq if said is not altered else 2}"], number
    assert examine(forge(house, tmp_path / "plain", texts_of(house)), root).sound


def test_something_hidden_beside_records(house: House, till: str, root: Root, tmp_path: Path) -> None:
    found = examine(forge(house, tmp_path / "out", texts_of(house), hidden="notes"), root)
    assert set(codes(found)) == {"bad_carrier", "no_membership", "unknown_member"}


def test_a_manifest_that_says_another_last_record(house: House, till: str, root: Root, tmp_path: Path) -> None:
    place = export(house, tmp_path / "out")
    path = own(house, place) / files.MANIFEST
    manifest, _ = files.opened(path.read_bytes(), root.certificate, root.network_id, house.centre)
    listed = [msgspec.structs.replace(manifest.files[0], head="0" * 64), *manifest.files[1:]]
    path.write_bytes(files.signed(house.identity, listed, hlc="", run=new_id()))
    assert codes(examine(place, root)) == ["head"]


def test_an_exporter_who_leaves_a_feed_out(house: House, till: str, root: Root, tmp_path: Path) -> None:
    kept = {feed: said for feed, said in texts_of(house).items() if feed.topic != "membership"}
    found = examine(forge(house, tmp_path / "out", kept), root)
    assert codes(found) == ["no_membership", "unknown_member"]


def test_a_segment_that_is_left_out(house: House, till: str, root: Root, tmp_path: Path) -> None:
    for number in range(4, 510):
        house.sell(till, f"2-{number:06d}", 2, z_no=2)
    place = export(house, tmp_path / "out")
    manifest, _ = files.opened(
        (own(house, place) / files.MANIFEST).read_bytes(), root.certificate, root.network_id, house.centre
    )
    listed = [file for file in manifest.files if not (file.feed == f"{till}/sales" and file.segment == 0)]
    (own(house, place) / files.MANIFEST).write_bytes(files.signed(house.identity, listed, hlc="", run=new_id()))
    found = examine(place, root)
    assert sorted(codes(found)) == ["missing_records", "unlisted"]


def test_who_may_not_write(house: House, till: str, root: Root, tmp_path: Path) -> None:
    stranger, node = house.join(7, listed=False), house.join(8, "node")
    house.sell(stranger, "7-000001", 7)
    house.sell(node, "8-000001", 8)
    evil = house.join(9, listed=False)
    house.write(till, Entry("membership", "member.joined/1", {"member_id": evil}))
    house.sell(evil, "9-000001", 9)
    found = examine(export(house, tmp_path / "out"), root)
    assert {fault.where: fault.code for fault in found.feeds.faults} == {
        f"{stranger}/sales": "unknown_member",
        f"{node}/sales": "role",
        f"{till}/membership": "role",
        f"{evil}/sales": "unknown_member",
    }


def test_the_line_of_authorities_is_followed(house: House, till: str, root: Root, tmp_path: Path) -> None:
    house.write(house.centre, Entry("membership", "authority.passed/1", {"member_id": till, "after": 0}))
    late = house.join(4, listed=False)
    body = member_body(house.members[late])
    house.write(till, Entry("membership", "member.joined/1", body))
    house.sell(late, "4-000001", 4)
    assert examine(export(house, tmp_path / "out"), root).sound


def test_a_certificate_that_the_root_has_not_given(house: House, till: str, root: Root, tmp_path: Path) -> None:
    late = house.join(4, listed=False)
    body = member_body(house.members[late]) | {"no": 5}
    house.write(house.centre, Entry("membership", "member.joined/1", body))
    found = examine(export(house, tmp_path / "out"), root)
    assert [(fault.code, fault.detail) for fault in found.feeds.faults] == [("certificate", "it is for somebody else")]


def test_what_was_written_after_a_revocation_is_a_note(house: House, till: str, root: Root, tmp_path: Path) -> None:
    house.write(house.centre, Entry("membership", "member.revoked/1", {"member_id": till}))
    house.sell(till, "2-000004", 2, z_no=2)
    found = examine(export(house, tmp_path / "out"), root)
    assert found.sound
    assert [(late.till_no, late.records) for late in found.feeds.after_revocation] == [(2, 1)]


def test_a_signature_by_another_key(house: House, till: str, root: Root, tmp_path: Path) -> None:
    house.write(till, Entry("sales", "note/1", {}), key=Ed25519PrivateKey.generate())
    found = examine(export(house, tmp_path / "out"), root)
    assert [fault.detail for fault in found.feeds.faults] == ["is not signed by its writer"]


def test_two_members_who_have_different_records_of_a_feed(house: House, till: str, root: Root, tmp_path: Path) -> None:
    place = export(house, tmp_path / "out")
    sales = Feed(till, "sales")
    plain = texts_of(house)
    third = records.parse(sales, plain[sales][2])
    other = house.signed(till, Entry("sales", "note/1", {}), seq=3, prev=third.prev)
    forked = plain | {sales: [*plain[sales][:2], other.text]}
    second = house.home_of(till, tmp_path / "second")
    forge(house, place, forked, by=second)
    found = examine(place, root)
    assert [(fault.code, fault.where) for fault in found.feeds.faults] == [("fork", f"{sales}/3")]
    assert len(found.feeds.writers) == 2


Sin = Callable[[House, str], None]
SINS: dict[str, tuple[Sin, str]] = {
    "double": (lambda house, till: house.sell(till, "2-000002", 2, z_no=2) and None, "wrote receipt 2-000002 twice"),
    "gap": (lambda house, till: house.sell(till, "2-000006", 2, z_no=2) and None, "2-000004 to 2-000005"),
    "late": (lambda house, till: house.sell(till, "2-000004", 2, z_no=1) and None, "in the books are 4, 20.00 EUR"),
}


@pytest.mark.parametrize("sin", SINS)
def test_what_receipts_say_must_fit_together(house: House, till: str, root: Root, tmp_path: Path, sin: str) -> None:
    commit, said = SINS[sin]
    commit(house, till)
    found = examine(export(house, tmp_path / "out"), root)
    assert (found.feeds.faults, found.sound) == ([], False)
    assert len(found.findings) == 1
    assert said in found.findings[0].cause


def test_a_receipt_that_does_not_add_up(house: House, till: str, root: Root, tmp_path: Path) -> None:
    house.say(till, receipt("2-000004", 2, house.now, total_minor=499))
    house.write(till, Entry("sales", "hologram.shown/1", {}))
    found = examine(export(house, tmp_path / "out"), root)
    assert [(fault.where, fault.code) for fault in found.feeds.faults] == [(f"{till}/sales/5", "does_not_fit")]
    assert found.unknown == {"hologram.shown/1": 1}


def test_another_networks_root_finds_nothing_of_its_own(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = writing.root_of_home(found_network(tmp_path / "other", "Zoo", 1, "till", ids=new_id))
    with pytest.raises(CarrierRefused) as refused:
        examine(whole, other)
    assert refused.value.code == "other_network"
    with pytest.raises(CarrierRefused) as refused:
        examine(tmp_path / "other", other)
    assert refused.value.code == "empty"


def test_the_commands(house: House, till: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, packed = ["--home", str(house.home), "--lang", "en"], str(tmp_path / "out.zip")
    assert main(["export-network", packed, "--json", *home]) == 0
    answer = json.loads(capsys.readouterr().out)
    check = ["verify", "--export", packed, "--lang", "en"]
    assert main([*check, "--root", answer["root_sha256"]]) == 0
    assert "sound: 6 records in 2 feeds" in capsys.readouterr().out
    assert main(check) == 1
    assert "say whom to trust" in capsys.readouterr().err
    assert main([*check, "--root", "0" * 64]) == 1
    assert "another certificate than the fingerprint names" in capsys.readouterr().err
    Path(packed).write_bytes(b"junk")
    assert main([*check, "--root", answer["root_sha256"]]) == 1
    assert "is no export, or was altered" in capsys.readouterr().err
    folder = tmp_path / "folder"
    assert main(["export-network", str(folder), *home]) == 0
    assert "to be told to the auditor by another way" in capsys.readouterr().out
    next(own(house, folder).glob("*.segment")).unlink()
    check = ["verify", "--export", str(folder), "--lang", "en", "--root", answer["root_sha256"]]
    assert main([*check, "--json"]) == 1
    caught = capsys.readouterr()
    assert json.loads(caught.out)["feeds"]["faults"][0]["code"] == "missing"
    assert "this export does not hold" in caught.err
    assert main(check) == 1
    assert "is named but not there" in capsys.readouterr().out
    assert main(["export-network", "/proc/nowhere/at-all", *home]) == 1
    assert main(["verify", "--export", str(tmp_path / "none"), "--root", answer["root_sha256"]]) == 1
