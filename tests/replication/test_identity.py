from __future__ import annotations

import stat
import uuid
from pathlib import Path

import pytest

from replication.identity import FOLDER, Identity, IdentityDamaged, IdentityExists, NoIdentity, found_network


def new_id() -> str:
    return uuid.uuid4().hex


def test_the_founder_is_the_authority_and_the_first_member(tmp_path: Path) -> None:
    identity = found_network(tmp_path, "Messestand", 1, "till", site="Halle 3", ids=new_id)
    me = identity.member()
    assert (me.till_no, me.name, me.role, me.site) == (1, "Kasse 1", "till", "Halle 3")
    assert identity.is_founder
    assert identity.root_key is not None
    assert identity.founder() == me
    assert identity.founder_id == identity.member_id == me.member_id
    assert identity.network_name == "Messestand"


def test_an_identity_reads_back_as_it_was_founded(tmp_path: Path) -> None:
    identity = found_network(tmp_path, "Messestand", 1, "centre", ids=new_id)
    again = Identity.load(tmp_path)
    assert again.member() == identity.member()
    assert again.private_key_bytes == identity.private_key_bytes
    assert again.network_id == identity.network_id


def test_founding_is_the_first_membership_entry(tmp_path: Path) -> None:
    identity = found_network(tmp_path, "Messestand", 1, "till", ids=new_id)
    (entry,) = identity.founding_entries()
    assert (entry.topic, entry.kind, entry.body["name"]) == ("membership", "network.founded/1", "Messestand")
    assert entry.body["member"]["public_key"] == identity.member().public_key.hex()


def test_private_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    found_network(tmp_path, "Messestand", 1, "till", ids=new_id)
    folder = tmp_path / FOLDER
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("member.key", "root.key"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_keys_do_not_show_in_tracebacks(tmp_path: Path) -> None:
    assert "key=" not in repr(found_network(tmp_path, "Messestand", 1, "till", ids=new_id)).replace("public_key", "")


def test_a_home_founds_one_network_only(tmp_path: Path) -> None:
    found_network(tmp_path, "Messestand", 1, "till", ids=new_id)
    with pytest.raises(IdentityExists, match="another home"):
        found_network(tmp_path, "Laden", 1, "till", ids=new_id)
    assert Identity.load(tmp_path).network_name == "Messestand"


def test_a_founding_that_was_cut_off_leaves_no_identity(tmp_path: Path) -> None:
    half = tmp_path / f"{FOLDER}.new"
    half.mkdir()
    (half / "member.key").write_bytes(b"half")
    with pytest.raises(NoIdentity):
        Identity.load(tmp_path)
    assert found_network(tmp_path, "Messestand", 1, "till", ids=new_id).is_founder


def test_a_home_without_a_network_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoIdentity, match="found one or join one"):
        Identity.load(tmp_path)


@pytest.mark.parametrize("name", ["network.json", "root.pem", "member.pem", "member.key", "root.key", "authority.pem"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    found_network(tmp_path, "Messestand", 1, "till", ids=new_id)
    (tmp_path / FOLDER / name).write_bytes(b"\x00junk")
    with pytest.raises(IdentityDamaged, match="restore"):
        Identity.load(tmp_path)


def test_a_key_of_somebody_else_is_noticed(tmp_path: Path) -> None:
    found_network(tmp_path / "a", "A", 1, "till", ids=new_id)
    found_network(tmp_path / "b", "B", 1, "till", ids=new_id)
    (tmp_path / "b" / FOLDER / "member.key").write_bytes((tmp_path / "a" / FOLDER / "member.key").read_bytes())
    with pytest.raises(IdentityDamaged, match="do not belong together"):
        Identity.load(tmp_path / "b")


@pytest.mark.parametrize(("name", "till_no", "role"), [("", 1, "till"), ("A", 0, "till"), ("A", 1, "king")])
def test_bad_founding_leaves_nothing_behind(tmp_path: Path, name: str, till_no: int, role: str) -> None:
    with pytest.raises(ValueError, match=r"choose|give"):
        found_network(tmp_path, name, till_no, role, ids=new_id)
    assert not list(tmp_path.iterdir())
