"""``status`` and ``log`` of a home that nobody has open."""

from __future__ import annotations

import contextlib
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.cli import state
from replication.log_table import LogRow
from replication.store import Store

NOW_MS = int(datetime.now(UTC).timestamp() * 1000)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert main(["network", "found", "--name", "Messe", "--home", str(tmp_path)]) == 0
    status = json.loads(run_status(tmp_path))
    me = status["members"][0]["member"]
    store = Store.open(tmp_path / "store.sqlite")
    store.submit_log(
        [
            LogRow(NOW_MS - 3 * 86_400_000, "sent", me, "long ago", '{"note/1": 2}', 20),
            LogRow(NOW_MS - 60_000, "received", me, "note/1 ×1; 9 bytes", '{"note/1": 1}', 9),
            LogRow(NOW_MS - 50_000, "dropped", "ab" * 16, "nonsense"),
        ]
    )
    store.close()
    return tmp_path


def run_status(home: Path) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["status", "--json", "--home", str(home)]) == 0
    return out.getvalue()


def log(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["log", "--json", "--home", str(home), *arguments]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["log"]
    return rows


def test_the_log_has_structured_fields(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, received, dropped = log(home, capsys)
    assert (old["kinds"], old["bytes"], old["error"]) == ({"note/1": 2}, 20, "")
    assert received["name"].startswith("1 ")
    assert datetime.fromisoformat(received["at"]).timestamp() * 1000 == pytest.approx(received["at_ms"])
    assert (dropped["error"], dropped["name"], dropped["peer"]) == ("nonsense", "ab" * 16, "ab" * 16)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--peer", "1"], ["sent", "received"]),
        (["--since", "2h"], ["received", "dropped"]),
        (["--since", "2h", "--peer", "1"], ["received"]),
        (["--what", "sent", "--what", "dropped"], ["sent", "dropped"]),
        (["--limit", "1"], ["dropped"]),
        (["--peer", "127.0.0.1:7417", "--limit", "1"], ["dropped"]),
    ],
)
def test_the_log_is_filtered(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], found: list[str]
) -> None:
    assert [row["what"] for row in log(home, capsys, *arguments)] == found


def test_a_number_that_nobody_has_and_a_time_that_is_none_are_one_clear_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["log", "--peer", "9", "--home", str(home), "--lang", "en"]) != 0
    assert "no member has number 9" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["log", "--since", "yesterday", "--home", str(home), "--lang", "en"])
    assert "is no time" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["de", "en"])
def test_status_is_a_table_of_eighty_columns(home: Path, capsys: pytest.CaptureFixture[str], language: str) -> None:
    capsys.readouterr()
    assert main(["status", "--home", str(home), "--lang", language]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert re.match(r" +1 ", lines[-1])


def test_status_lists_the_devices_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    devices = [
        {"name": "kunde", "kind": "display", "state": "IDLE", "power": "ONLINE", "error": "", "detail": ""},
        {"name": "tor", "kind": "gate", "state": "CLOSED", "power": "OFF", "error": "NOHARDWARE", "detail": "gone"},
    ]
    charge = {
        "charge_id": "c" * 32, "sale_id": "s", "kind": "payment", "state": "uncertain", "amount_minor": 499,
        "currency": "EUR", "read_terminal": True, "takes_back": False,
    }  # fmt: skip
    told = {
        "network": "Messe", "till_no": 1, "name": "Kasse 1", "online": False, "peers": [], "pending": 0,
        "members": [], "devices": devices, "charges": [charge],
    }  # fmt: skip
    monkeypatch.setattr(state, "ask", lambda _options, _op: told)
    assert main(["status", "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "Display kunde: ready" in lines
    assert "Gate tor: not there: on, cable in, address right?" in lines
    assert "Card payment 4.99: charged? Read the terminal, then choose this" in lines


class Screen(io.StringIO):
    """A terminal; ``impatient``: somebody presses Ctrl-C as soon as something is done."""

    impatient = False

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.impatient and "[##" in text:
            raise KeyboardInterrupt
        return super().write(text)


def test_a_rebuild_shows_how_far_it_is_and_can_be_given_up(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    assert main(["rebuild", "--json", "--home", str(home), "--lang", "en"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert whole["same"]
    assert "[........................] 0 of " in screen.getvalue()
    assert f"[{'#' * 24}]" in screen.getvalue()
    screen.impatient = True
    assert main(["rebuild", "--json", "--home", str(home), "--lang", "en"]) == 1
    assert "given up; the books are as they were" in screen.getvalue()
    screen.impatient = False
    assert main(["rebuild", "--json", "--home", str(home), "--lang", "en"]) == 0
    assert json.loads(capsys.readouterr().out) == whole
