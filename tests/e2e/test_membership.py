"""The network's membership with real processes: a slip, a centre that takes over, new hardware, a till put away."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.driving import DriveTill, free_port

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def member(till: DriveTill, no: int) -> dict[str, Any]:
    """The newest member with that number."""
    members = till.json("network", "members")["members"]
    return max((each for each in members if each["till_no"] == no), key=lambda each: int(each["generation"]))


def refusal(till: DriveTill, *arguments: str) -> str:
    """The one line of a command that is refused."""
    done = till.run(*arguments, "--lang", "en", check=False)
    assert done.returncode != 0
    (line,) = done.stderr.splitlines()
    return line


def together(*tills: DriveTill) -> None:
    for till in tills:
        till.ask("wait", **{"for": "peers"}, count=len(tills) - 1, timeout_s=20)
    for till in tills:
        till.ask("wait", **{"for": "synced"}, timeout_s=20)


def test_a_slip_a_hand_over_new_hardware_and_a_till_put_away(
    tmp_path: Path,
    founded: Callable[[Path], DriveTill],
    drive_till: Callable[..., DriveTill],
    wait_until: Callable[..., None],
) -> None:
    one = founded(tmp_path / "one")
    port, centre_port = free_port(), free_port()
    peers = ["--peer", f"127.0.0.1:{port}", "--peer", f"127.0.0.1:{centre_port}", "--no-discovery"]
    one.options[:] = ["--listen", f"127.0.0.1:{port}", *peers]
    (one.home / "till.toml").write_text("[printer]\nsimulated = true\n", "utf-8")
    assert "no printer at hand" in refusal(one, "network", "release", "--no", "9", "--name", "Zentrale", "--print")
    one.start()

    # The slip is on paper, and what a scanner types of it lets the centre in.
    code = one.json("network", "release", "--no", "9", "--name", "Zentrale", "--role", "centre", "--print")["code"]
    paper = one.home / "paper.txt"
    wait_until(lambda: paper.exists() and "[QR " in paper.read_text("utf-8"))
    (scanned,) = re.findall(r"\[QR (\w+)\]", paper.read_text("utf-8"))
    assert scanned == code.replace("-", "")
    centre = drive_till(tmp_path / "centre", ["--listen", f"127.0.0.1:{centre_port}", *peers])
    centre.run("network", "join", "--code", scanned.lower(), *peers)
    centre.start()
    together(one, centre)

    # Authority goes to the centre; till 1 says where it is now.
    one.run("network", "hand-over", "--to", "9")
    wait_until(lambda: member(centre, 9)["authority"])
    assert "Zentrale" in refusal(one, "network", "release", "--no", "2", "--name", "Kasse 2")
    centre.run("network", "rename", "--no", "1", "--name", "Bar")
    wait_until(lambda: member(one, 1)["name"] == "Bar")
    assert "hand" in refusal(centre, "network", "revoke", "--no", "9")

    # Till 2 joins at the centre, is lost, and its number goes to new hardware.
    options = ["--listen", "127.0.0.1:0", *peers]
    two = drive_till(tmp_path / "two", options)
    code = centre.json("network", "release", "--no", "2", "--name", "Kasse 2", "--site", "Halle 4")["code"]
    two.run("network", "join", "--code", code, *peers)
    two.start()
    together(one, centre, two)
    two.kill()
    code = centre.json("network", "replace", "--no", "2")["code"]
    new = drive_till(tmp_path / "new", options)
    new.run("network", "join", "--code", code, *peers)
    new.start()
    together(one, centre, new)
    replaced = member(one, 2)
    assert (replaced["generation"], replaced["site"], replaced["revoked"]) == (2, "Halle 4", False)

    # Put away: refused in the middle of a sale, then known to all, and over with its next claim.
    new.ask("scan", code="1001")
    assert "open sale" in refusal(new, "network", "sign-off")
    new.ask("void_sale")
    new.run("network", "sign-off")
    wait_until(lambda: member(one, 2)["signed_off"])
    assert "signed off" in one.run("network", "members", "--lang", "en").stdout
