"""What goes wrong around a till: each gets one clear line, and nothing is half done."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.machine import run

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

DISK_BYTES = 12 * 1024 * 1024


@pytest.fixture
def one(tmp_path: Path, founded: Callable[[Path], Any]) -> Any:
    """A network of one till."""
    return founded(tmp_path / "one")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)])
    except OSError as error:
        pytest.skip(f"this machine lets nobody mount a small disk: {error}")
    yield place
    run(["umount", "--lazy", str(place)])


def one_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) == 1, text
    assert "Traceback" not in text
    return lines[0]


def test_a_home_that_is_open_is_refused_and_the_till_that_has_it_notices_nothing(one: Any, drive_till: Any) -> None:
    one.start()
    one.ask("scan", code="1001")
    second = one.run("drive", "--listen", "127.0.0.1:0", "--no-discovery", check=False)
    assert second.returncode == 1
    assert second.stdout == ""
    assert str(one.home) in one_line(second.stderr)
    assert one.ask("pay")["total"] == "4.99"


def test_commands_on_a_home_that_is_open_are_carried_out_by_its_till(one: Any, tmp_path: Path) -> None:
    one.start()
    status = one.json("status")
    assert status["till_no"] == 1
    assert status["port"] == one.json("status")["port"] != 0
    more = tmp_path / "more.csv"
    more.write_text("ident_no;barcode;name;price;vat_key\n1002;;Hundeleine;12,50;1\n", "utf-8")
    assert one.json("import", "articles", str(more))["imported"] == 1
    assert one.ask("scan", code="1002")["price"] == "12.50"
    assert one.json("verify")["faults"] == []
    rebuild = one.run("rebuild", check=False)
    assert rebuild.returncode == 1
    one_line(rebuild.stderr)
    assert one.ask("pay")["total"] == "12.50"


def test_a_port_in_use_is_one_line_and_exit_1(one: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = one.run("drive", "--listen", f"127.0.0.1:{port}", "--no-discovery", check=False)
    assert done.returncode == 1
    assert str(port) in one_line(done.stderr)
    one.start()


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["drive"], 1),
        (["status"], 1),
        (["network", "join", "--code", "12345-67890", "--no-discovery"], 1),
        (["import", "articles", "nowhere.csv"], 1),
        (["fly"], 2),
        (["network", "found"], 2),
        (["network", "found", "--name", "x", "--till-no", "0"], 2),
        (["drive", "--listen", "here"], 2),
    ],
)
def test_what_cannot_be_done_on_an_empty_home_ends_with_the_right_status(
    tmp_path: Path, drive_till: Any, arguments: list[str], status: int
) -> None:
    done = drive_till(tmp_path / "empty").run(*arguments, check=False)
    assert done.returncode == status
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    if status == 1:
        one_line(done.stderr)


def test_a_second_network_in_one_home_is_refused(one: Any) -> None:
    again = one.run("network", "found", "--name", "Zweite", check=False)
    assert again.returncode == 1
    one_line(again.stderr)
    one.start()


def test_a_code_works_once(one: Any, tmp_path: Path, drive_till: Any) -> None:
    one.start()
    released = one.json("network", "release", "--no", "2", "--name", "Kasse 2")
    peer = f"127.0.0.1:{one.json('status')['port']}"
    two, three = drive_till(tmp_path / "two"), drive_till(tmp_path / "three")
    two.run("network", "join", "--code", released["code"], "--peer", peer, "--no-discovery")
    again = three.run("network", "join", "--code", released["code"], "--peer", peer, "--no-discovery", check=False)
    assert again.returncode == 1
    one_line(again.stderr)
    members = one.json("network", "members")["members"]
    assert [member["till_no"] for member in members] == [1, 2]
    assert one.json("network", "revoke", "--no", "2")["no"] == 2
    assert one.json("network", "members")["members"][1]["revoked"] is True


def test_a_broken_line_imports_nothing_unless_it_may_be_skipped(one: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("ident_no,barcode,name,price,vat_key\n2001,,Gut,1.00,1\n2002,,Schlecht,viel,1\n", "utf-8")
    refused = one.run("import", "articles", str(bad), check=False)
    assert refused.returncode == 1
    assert "3" in refused.stderr.splitlines()[0]
    assert [row["ident_no"] for row in one.json("export", "articles")] == ["1001"]
    assert one.json("import", "articles", str(bad), "--skip-bad") == {"imported": 1, "skipped": 1, "unchanged": 0}
    assert [row["ident_no"] for row in one.json("export", "articles")] == ["1001", "2001"]


def test_lines_that_are_no_commands_are_answered_and_the_till_goes_on(one: Any) -> None:
    one.start()
    for junk in (
        "",
        "{",
        "[]",
        '"x"',
        '{"id": 1}',
        '{"id": 1, "do": "fly"}',
        '{"id": 1, "do": "scan"}',
        "\x00",
        "9" * 5000,
    ):
        one.write(junk)
    one.write('{"id": 99, "do": "scan", "code": "1001", "quantity": "3"}')
    assert one.answer(99)["total"] == "14.97"


def test_sigterm_finishes_and_ends_with_0(one: Any) -> None:
    one.start()
    one.ask("scan", code="1001")
    assert one.terminate() == 0
    one.start()
    assert one.ask("pay")["total"] == "4.99"


def test_a_full_disk_refuses_the_sale_and_leaves_nothing_half_written(
    small_disk: Path, founded: Callable[[Path], Any], refused: type[Exception]
) -> None:
    till = founded(small_disk / "home")
    (till.home / "till.toml").write_text("[printer]\nsimulated = true\n", "utf-8")
    till.start()
    till.ask("scan", code="1001")
    sold = [till.ask("pay")["receipt_no"]]
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(os.urandom(4096))
        except OSError:
            pass
    code = ""
    for _ in range(3000):  # SQLite's log has some room of its own left
        try:
            till.ask("scan", code="1001")
            sold.append(till.ask("pay")["receipt_no"])
        except refused as error:
            code = error.code  # type: ignore[attr-defined]
            break
    assert code == "disk_full"
    ballast.unlink()
    done = till.ask("pay")
    assert done["total"] == "4.99"
    sold.append(done["receipt_no"])
    assert sold == [f"1-{number:06d}" for number in range(1, len(sold) + 1)]
    assert int(till.ask("turnover", scope="till")["receipts"]) == len(sold)
    till.close()
    assert till.json("verify")["faults"] == []
    assert till.json("rebuild")["same"]


def test_a_voucher_with_a_last_day_says_so_on_its_slip(one: Any) -> None:
    one.start()
    one.ask("sell_voucher", value="10.00", expires="2099-12-31")
    assert "gültig bis 31.12.2099" in one.ask("pay")["text"]
