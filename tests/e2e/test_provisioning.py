"""A till that joins gets what the others know before it sells: whoever serves it, and whenever it is cut short."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.engine.control import Refused
from app.engine.remote import Client, RemoteEngine
from app.home import Home
from tests.driving import COMMAND, ROOT, DriveTill, environment, free_port

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ARTICLES, VOUCHERS, CUSTOMERS = 8_000, 300, 200


def addressed(till: Callable[..., DriveTill], home: Path, *peers: int) -> tuple[DriveTill, int]:
    """A till on a port of its own that dials these."""
    port = free_port()
    options = ["--listen", f"127.0.0.1:{port}", "--no-discovery"]
    for peer in peers:
        options += ["--peer", f"127.0.0.1:{peer}"]
    return till(home, options), port


@pytest.fixture(scope="module")
def _stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of one till that knows a lot; made once, tests take copies."""
    folder = tmp_path_factory.mktemp("stocked")
    till = DriveTill(folder / "home", [])
    till.run("network", "found", "--name", "Messe", "--no-discovery")
    files = {
        "articles": ["ident_no,barcode,name,price,vat_key,article_groups,unit"]
        + [f"{no:05d},,Artikel {no},4.99,2,,Stk" for no in range(1, ARTICLES + 1)],
        "vouchers": ["code;value"] + [f"GUT-{no:05d};25.00" for no in range(VOUCHERS)],
        "customers": ["no;name;street;postcode;city;customer_group;note"]
        + [f"{no};Muster {no};Weg 1;00001;Ort;;" for no in range(10_001, 10_001 + CUSTOMERS)],
    }
    for what, lines in files.items():
        (folder / f"{what}.csv").write_text("\n".join(lines) + "\n", "utf-8")
        till.run("import", what, str(folder / f"{what}.csv"))
    return till.home


@pytest.fixture
def stocked(_stocked: Path, tmp_path: Path, drive_till: Callable[..., DriveTill]) -> tuple[DriveTill, int]:
    """Till 1, which knows a lot; and its port."""
    shutil.copytree(_stocked, tmp_path / "one")
    return addressed(drive_till, tmp_path / "one")


def code_for(one: DriveTill, no: int) -> str:
    return str(one.json("network", "release", "--no", str(no), "--name", f"Kasse {no}")["code"])


def joining(till: DriveTill, code: str, *ports: int) -> subprocess.Popen[str]:
    """`network join`, under way."""
    peers = [word for port in ports for word in ("--peer", f"127.0.0.1:{port}")]
    return subprocess.Popen(
        [*COMMAND, "network", "join", "--code", code, *peers, "--no-discovery", "--json", "--home", str(till.home)],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def is_newcomer(till: DriveTill) -> bool:
    return (till.home / "identity" / "newcomer.json").exists()


def known(till: DriveTill) -> int:
    """Records in the store of a home that somebody is writing."""
    try:
        with closing(sqlite3.connect(f"file:{till.home / 'store.sqlite'}?mode=ro", uri=True)) as store:
            return int(store.execute("SELECT count(*) FROM records").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # not made yet


@contextmanager
def selling(till: DriveTill) -> Iterator[None]:
    """The till sells the whole time."""
    ended = threading.Event()
    trouble: list[BaseException] = []

    def sell() -> None:
        try:
            while not ended.is_set():
                till.ask("scan", code="00001")
                till.ask("pay")
        except BaseException as error:
            trouble.append(error)

    thread = threading.Thread(target=sell)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        assert not trouble


def same_books(*tills: DriveTill) -> None:
    for till in tills:
        till.ask("wait", **{"for": "peers"}, count=len(tills) - 1, timeout_s=20)
    for till in tills:
        till.ask("wait", **{"for": "synced"}, timeout_s=60)
    for till in tills:
        till.close()
    assert len({till.json("rebuild")["fingerprint"] for till in tills}) == 1


def test_a_till_joins_a_busy_shop_and_has_everything_when_the_command_ends(
    stocked: tuple[DriveTill, int], tmp_path: Path, drive_till: Callable[..., DriveTill]
) -> None:
    one, port = stocked
    one.start()
    code = code_for(one, 2)
    two, _ = addressed(drive_till, tmp_path / "two", port)
    with selling(one):
        out, err = joining(two, code, port).communicate(timeout=120)
        assert "Traceback" not in err
        joined = json.loads(out)
        assert joined["provisioned"] is True
        assert {name: joined["came"][name] for name in ("articles", "vouchers", "customers")} == {
            "articles": ARTICLES, "vouchers": VOUCHERS, "customers": CUSTOMERS,
        }  # fmt: skip
        assert str(ARTICLES) in err
        assert not is_newcomer(two)
    # With nobody to ask, it can do what it must.
    one.close()
    two.start()
    assert two.ask("status")["provisioning"] is None
    assert two.ask("scan", code=f"{ARTICLES:05d}")["price"] == "4.99"
    assert two.ask("voucher", code=f"GUT-{VOUCHERS - 1:05d}")["balance"] == "25.00"
    assert two.ask("pay")["receipt_no"] == "2-000001"
    one.start()
    same_books(one, two)


def test_a_join_that_is_killed_goes_on_with_the_next_start_and_a_scan_at_once_waits_for_it(
    stocked: tuple[DriveTill, int], tmp_path: Path, drive_till: Callable[..., DriveTill]
) -> None:
    one, port = stocked
    one.start()
    code = code_for(one, 2)
    two, _ = addressed(drive_till, tmp_path / "two", port)
    process = joining(two, code, port)
    give_up = time.monotonic() + 60
    while known(two) < 1_000:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < give_up
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert is_newcomer(two)
    before = known(two)
    assert before < ARTICLES
    two.start()
    assert two.ask("scan", code=f"{ARTICLES:05d}")["price"] == "4.99"
    assert two.ask("pay")["receipt_no"] == "2-000001"
    assert not is_newcomer(two)
    same_books(one, two)
    received = " ".join(row["detail"] for row in two.json("log")["log"] if row["what"] == "received")
    fetched = sum(int(count) for count in re.findall(r"article.set/1 ×([0-9]+)", received))
    assert 0 < fetched <= ARTICLES - before + 1_000, "what had come was fetched again"


def test_a_screen_that_is_opened_while_the_join_is_under_way_is_refused_and_the_join_ends_well(
    stocked: tuple[DriveTill, int], tmp_path: Path, drive_till: Callable[..., DriveTill]
) -> None:
    one, port = stocked
    one.start()
    two, _ = addressed(drive_till, tmp_path / "two", port)
    process = joining(two, code_for(one, 2), port)
    give_up = time.monotonic() + 60
    while known(two) < 500:
        assert process.poll() is None
        assert time.monotonic() < give_up
        time.sleep(0.005)

    async def attached() -> None:
        client = await Client.connect(Home(two.home))
        try:
            await RemoteEngine(client).attach()
        finally:
            await client.close()

    with pytest.raises(Refused) as refused:
        asyncio.run(attached())
    assert process.poll() is None, "it ended before a screen could be opened"
    assert refused.value.code == "session_attached"
    assert "network join" in str(refused.value)
    out, err = process.communicate(timeout=120)
    assert json.loads(out)["provisioned"] is True, err


def test_without_anybody_to_ask_a_newcomer_answers_questions_and_refuses_to_sell(
    stocked: tuple[DriveTill, int], tmp_path: Path, drive_till: Callable[..., DriveTill], refused: Any
) -> None:
    one, port = stocked
    one.start()
    code = code_for(one, 2)
    two, _ = addressed(drive_till, tmp_path / "two", port)
    process = joining(two, code, port)
    while not is_newcomer(two):
        assert process.poll() is None
        time.sleep(0.002)
    one.kill()
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, json.loads(out)["provisioned"]) == (0, False), err
    assert len(err.strip().splitlines()) == 1
    two.start()
    with pytest.raises(refused) as refusal:
        two.ask("scan", code="00001")
    assert refusal.value.code == "provisioning"
    assert {"done", "of"} <= refusal.value.answer.keys()
    assert two.ask("status")["provisioning"]["since"] > 1_700_000_000_000
    one.start()
    two.ask("wait", **{"for": "peers"}, count=1, timeout_s=20)
    assert two.ask("scan", code="00001")["price"] == "4.99"
    two.ask("void_sale")


def test_a_till_that_meets_nobody_after_it_was_let_in_gets_its_first_data_from_a_stick(
    stocked: tuple[DriveTill, int], tmp_path: Path, drive_till: Callable[..., DriveTill], refused: Any
) -> None:
    one, port = stocked
    one.start()
    code = code_for(one, 2)
    two, _ = addressed(drive_till, tmp_path / "two", port)
    process = joining(two, code, port)
    while not is_newcomer(two):
        assert process.poll() is None
        time.sleep(0.002)
    process.kill()
    process.communicate()
    one.close()
    stick = tmp_path / "stick"
    stick.mkdir()
    one.run("carrier", "write", str(stick))
    two.start()
    with pytest.raises(refused) as refusal:
        two.ask("scan", code="00001")
    assert refusal.value.code == "provisioning"
    assert two.json("carrier", "read", str(stick))["refused"] == []  # into the running till
    assert not is_newcomer(two)
    assert two.ask("scan", code=f"{ARTICLES:05d}")["price"] == "4.99"
    assert two.ask("pay")["receipt_no"] == "2-000001"
    one.start()
    same_books(one, two)


def test_when_one_peer_dies_in_the_middle_another_goes_on(
    stocked: tuple[DriveTill, int], tmp_path: Path, drive_till: Callable[..., DriveTill]
) -> None:
    one, port = stocked
    one.start()
    two, port_two = addressed(drive_till, tmp_path / "two", port)
    assert json.loads(joining(two, code_for(one, 2), port).communicate(timeout=120)[0])["provisioned"]
    two.start()
    two.ask("wait", **{"for": "synced"}, timeout_s=60)
    code = code_for(one, 3)
    two.ask("wait", **{"for": "synced"}, timeout_s=60)
    three, _ = addressed(drive_till, tmp_path / "three", port, port_two)
    process = joining(three, code, port, port_two)
    while known(three) < 500:
        assert process.poll() is None
        time.sleep(0.005)
    one.kill()
    out, err = process.communicate(timeout=120)
    assert json.loads(out)["provisioned"] is True, err
    assert json.loads(out)["came"]["articles"] == ARTICLES
    three.start()
    assert three.ask("scan", code=f"{ARTICLES:05d}")["price"] == "4.99"
    three.ask("pay")
    one.start()
    same_books(one, two, three)


def test_on_a_terminal_the_join_shows_how_far_it_is(
    stocked: tuple[DriveTill, int], tmp_path: Path, drive_till: Callable[..., DriveTill]
) -> None:
    one, port = stocked
    one.start()
    code = code_for(one, 2)
    near, far = os.openpty()
    home = tmp_path / "two"
    process = subprocess.Popen(
        [*COMMAND, "network", "join", "--code", code, "--peer", f"127.0.0.1:{port}", "--no-discovery", "--home",
         str(home), "--lang", "en"],
        cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=far,
    )  # fmt: skip
    os.close(far)
    shown = b""
    try:
        while chunk := os.read(near, 65_536):
            shown += chunk
    except OSError:
        pass  # its end
    assert process.wait(timeout=60) == 0
    os.close(near)
    assert b"\r" in shown
    assert b"records" in shown
    assert f"ready: {ARTICLES} articles".encode() in shown


def test_new_hardware_of_a_dead_till_begins_a_million_further_on(
    stocked: tuple[DriveTill, int], tmp_path: Path, drive_till: Callable[..., DriveTill]
) -> None:
    one, port = stocked
    one.start()
    two, _ = addressed(drive_till, tmp_path / "two", port)
    assert json.loads(joining(two, code_for(one, 2), port).communicate(timeout=120)[0])["provisioned"]
    two.start()
    two.ask("wait", **{"for": "peers"}, count=1, timeout_s=20)
    two.ask("scan", code="00001")
    assert two.ask("pay")["receipt_no"] == "2-000001"
    two.ask("wait", **{"for": "synced"}, timeout_s=60)
    one.kill()
    two.ask("scan", code="00001")
    assert two.ask("pay")["receipt_no"] == "2-000002"  # nobody will ever hear of it
    two.kill()
    one.start()
    code = one.json("network", "replace", "--no", "2")["code"]
    new, _ = addressed(drive_till, tmp_path / "new", port)
    assert json.loads(joining(new, code, port).communicate(timeout=120)[0])["provisioned"]
    new.start()
    for number in ("2-1000001", "2-1000002"):
        new.ask("scan", code="00001")
        assert new.ask("pay")["receipt_no"] == number
    closed = new.ask("z_report")
    assert (closed["z_report_no"], closed["z_no"], closed["receipts"]) == ("Z2-1000001", 1_000_001, 2)
    same_books(one, new)
    new.start()
    new.ask("scan", code="00001")
    assert new.ask("pay")["receipt_no"] == "2-1000003"
