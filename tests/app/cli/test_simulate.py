"""``tillmesh simulate``: seeds over processes, failing ones named with how to play them again."""

from __future__ import annotations

import json

import pytest

from app.__main__ import main
from app.cli import simulate


def test_a_few_seeds_pass_in_a_worker_process(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--seeds", "0..1", "--story", "shops", "--jobs", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["played"], told["failed"], told["stopped"]) == (2, [], False)


def test_a_failing_seed_is_named_and_says_how_to_play_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [simulate.Failed("shops", 16, []), simulate.Failed("shops", 17, ["a receipt is lost"])]
    monkeypatch.setattr(simulate, "_played", lambda *_: iter(told))
    assert main(["simulate", "--seeds", "16..17"]) == 1
    out = capsys.readouterr().out
    assert "a receipt is lost" in out
    assert "tillmesh simulate --story shops --seeds 17..17" in out


def test_ctrl_c_ends_with_what_was_found(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def played(*_: object) -> object:
        yield simulate.Failed("shops", 3, [])
        raise KeyboardInterrupt

    monkeypatch.setattr(simulate, "_played", played)
    assert main(["simulate", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["stopped"] is True


@pytest.mark.parametrize("seeds", ["a..b", "5..4", "-1..3", "", "1..2..3"])
def test_ranges_that_are_none_are_refused(seeds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["simulate", f"--seeds={seeds}"])
    assert "kein Bereich von Startwerten" in capsys.readouterr().err
