"""The key file of a home: durable, private, shared by the processes of a till, and never whole again."""

from __future__ import annotations

import stat
from pathlib import Path

from app.books.reader import BooksReader
from app.books.schema import open_books
from app.books.writer import BooksWriter
from app.domain.persons import Keys
from app.engine.forgetting import Forgetting
from app.engine.vault import Vault
from app.facts import codec
from app.facts.circulation import CustomerForgotten, CustomerSet
from replication.core.model import Feed, Record

NONCE = b"n" * 32


def made(path: Path) -> Vault:
    vault = Vault(path / "secrets")
    vault.make(b"s" * 32)
    return vault


def test_the_file_is_its_owners_and_is_made_once(tmp_path: Path) -> None:
    vault = made(tmp_path)
    before = vault.secrets()
    vault.make(b"t" * 32)
    assert vault.secrets() == before == Keys.fresh(b"s" * 32).stored()
    assert stat.S_IMODE(vault.path.stat().st_mode) == 0o600


def test_one_process_forgets_and_the_other_notices(tmp_path: Path) -> None:
    engine, screens = made(tmp_path), Vault(tmp_path / "secrets")
    sealed = engine.sealed("10001", "Erika", NONCE)
    other = engine.sealed("10002", "Max", NONCE)
    assert sealed is not None
    assert other is not None
    assert screens.opened("10001", sealed) == "Erika"
    engine.forget(["10001"])
    assert screens.opened("10001", sealed) is None
    assert screens.sealed("10001", "Erika", NONCE) is None
    assert screens.opened("10002", other) == "Max"
    assert Keys.read(engine.secrets()).key_of("10001") is None
    assert stat.S_IMODE(engine.path.stat().st_mode) == 0o600


def test_a_home_without_keys_leaves_everything_sealed(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "secrets")
    vault.forget(["10001"])
    assert not vault.path.exists()
    assert vault.sealed("10001", "Erika", NONCE) is None
    assert vault.secrets() == b""


def test_a_damaged_file_leaves_everything_sealed(tmp_path: Path) -> None:
    vault = made(tmp_path)
    vault.path.write_bytes(b"junk")
    assert vault.sealed("10001", "Erika", NONCE) is None
    vault.forget(["10001"])
    assert vault.path.read_bytes() == b"junk"


def test_applying_a_record_that_forgets_erases_the_key_and_an_old_key_file_is_caught_up(tmp_path: Path) -> None:
    vault = made(tmp_path)
    old = vault.secrets()
    database = open_books(tmp_path / "books.sqlite")
    books = BooksReader(database, vault)
    writer = BooksWriter(database)
    forgetting = Forgetting(writer, books, vault)
    sealed = vault.sealed("10001", '{"name":"Erika"}', NONCE)
    assert sealed is not None
    said = (CustomerSet("10001", sealed), CustomerForgotten("10001", "t", "chef", buyer_ids=("b1",)))
    records = []
    for seq, fact in enumerate(said, 1):
        topic, kind, body = codec.write(fact)
        records.append(Record(Feed("a", topic), seq, f"{seq:016d}-00000", kind, body, "", "", "", ""))
    forgetting.apply(records[:1])
    assert books.opened("10001", sealed) is not None
    forgetting.apply(records[1:])
    assert books.opened("10001", sealed) is None
    assert books.sealed("b1", "Erika", NONCE) is None
    vault.path.write_bytes(old)
    assert books.opened("10001", sealed) is not None
    forgetting.catch_up()
    assert books.opened("10001", sealed) is None
    writer.close()
    database.dispose()
