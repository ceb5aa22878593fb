"""What the office says of tills, through a real home: plans, branches, blocks of numbers, and what is listed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app import wiring
from app.__main__ import main
from app.config import NetworkSettings, Settings
from app.engine.control import Refused
from app.home import Home
from app.wiring_session import planned_texts

SETTINGS = Settings(network=NetworkSettings(listen="127.0.0.1:0", discovery=False))


class Office:
    """A founder's home, asked as a command would."""

    def __init__(self, parts: wiring.Parts) -> None:
        self.parts = parts

    async def ask(self, op: str, **args: Any) -> Any:
        return await self.parts.operations[op](args)

    async def refused(self, op: str, **args: Any) -> str:
        with pytest.raises(Refused) as refused:
            await self.ask(op, **args)
        return refused.value.code


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    home = Home(tmp_path / "office")
    await wiring.found(home, SETTINGS, "Messe", 1, "centre")
    async with wiring.opened(home, SETTINGS, network=False) as parts:
        yield Office(parts)


async def test_a_plan_takes_what_is_known_and_keeps_what_is_not_said(office: Office) -> None:
    await office.ask("till_value_set", subject="branch", value={"branch": "koeln", "name": "Köln", "foot": ["Danke"]})
    await office.ask("till_value_set", subject="device_group", value={"group": "fair", "name": "Messe"})
    copied = (await office.ask("master_copies"))[0]
    assert copied["values"] == ["device_group fair"], "a copy was made before it was set"
    assert await office.refused("till_set", no=2, plan={"branch": "bonn"}) == "unknown_setting"
    assert await office.refused("till_set", no=2, plan={"groups": ["yard"]}) == "unknown_setting"
    assert await office.refused("till_set", no=2, plan={"role": "nobody"}) == "unknown_setting"
    assert await office.refused("till_set", no=2, plan={"colour": "red"}) == "bad_setting"
    await office.ask("till_set", no=2, plan={"branch": "koeln", "groups": ["fair"]})
    await office.ask("till_set", no=2, plan={"head": ["Stand 4"], "role": "cashier"})
    row = await office.ask("till", no=2)
    assert row["state"] == "planned"
    assert row["plan"] == {
        "branch": "koeln", "groups": ["fair"], "role": "cashier", "head": ["Stand 4"], "foot": [],
        "catalogues": [], "withheld": [],
    }  # fmt: skip
    assert planned_texts(office.parts.books, 2) == (("Stand 4",), ("Danke",))
    (branch,) = await office.ask("till_values", subject="branch")
    assert (branch["key"], branch["tills"]) == ("koeln", [2])
    assert await office.refused("till_value_remove", subject="branch", key="koeln") == "in_use"
    assert await office.refused("till_value_remove", subject="branch", key="bonn") == "unknown_setting"
    assert await office.refused("till_values", subject="weather") == "unknown_subject"
    await office.ask("till_set", no=2, plan={"branch": ""})
    await office.ask("till_value_remove", subject="branch", key="koeln")
    assert await office.ask("till_values", subject="branch") == []


async def test_blocks_never_overlap_even_those_that_were_taken_back(office: Office) -> None:
    pool = {"pool": "R26", "kind": "receipt", "prefix": "R26/", "start": 1, "end": 250, "block": 100}
    await office.ask("till_value_set", subject="number_pool", value=pool)
    assert await office.refused("till_block", no=2, pool="R27") == "unknown_setting"
    answer = await office.ask("till_release", nos=[2, 3], name="Kasse {no}", plan={"head": ["Messe"]}, pools=["R26"])
    assert [slot["no"] for slot in answer["slots"]] == [2, 3]
    rows = {row["no"]: row for row in await office.ask("tills")}
    assert [(no, row["state"], row["name"]) for no, row in rows.items()] == [
        (1, "bound", rows[1]["name"]), (2, "released", "Kasse 2"), (3, "released", "Kasse 3"),
    ]  # fmt: skip
    assert rows[1]["me"]
    assert rows[1]["authority"]
    two = await office.ask("till", no=2)
    assert two["ranges"] == [
        {"range_id": "R26-0001", "kind": "receipt", "start": "R26/000001", "end": "R26/000100", "left": 100}
    ]
    await office.ask("till_block_remove", range_id="R26-0001")
    assert await office.refused("till_block", no=4, pool="R26") == "pool_used_up"
    (row,) = await office.ask("till_values", subject="number_pool")
    assert (row["given"], row["blocks"]) == (2, 2)


async def test_an_office_that_was_put_back_and_could_ask_nobody_hands_out_no_more_of_its_old_pools(
    office: Office,
) -> None:
    pool = {"pool": "R26", "kind": "receipt", "prefix": "R26/", "start": 1, "end": 900, "block": 100}
    await office.ask("till_value_set", subject="number_pool", value=pool)
    await office.ask("till_value_set", subject="number_pool", value={**pool, "pool": "Q", "prefix": "Q/"})
    await office.ask("till_block", no=2, pool="R26")
    await office.parts.engine.raise_number_floor()  # what letting it write does
    assert await office.refused("till_block", no=3, pool="R26") == "pool_in_doubt"
    assert await office.refused("till_block", no=3, pool="Q") == "pool_in_doubt", "its first block may be out as well"
    await office.ask("till_value_set", subject="number_pool", value={**pool, "end": 901})
    assert await office.refused("till_block", no=3, pool="R26") == "pool_in_doubt", "they are the same numbers"
    await office.ask("till_value_set", subject="number_pool", value={**pool, "prefix": "R27/"})
    assert (await office.ask("till_block", no=3, pool="R26"))["start"] == "R27/000001"


async def test_only_the_authority_hands_out_numbers_and_codes(office: Office, tmp_path: Path) -> None:
    code = (await office.ask("release", no=2, name="Kasse 2"))["code"]
    assert code
    del office.parts.node.roster.authorities[0]
    office.parts.node.roster.authorities.append("somebody else")
    assert await office.refused("till_block", no=2, pool="R26") == "not_authority"
    assert await office.refused("till_release", nos=[2], name="Kasse 2") == "not_authority"


def test_commands_do_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path / "home"), "--no-discovery"]

    def run(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        assert main([*arguments, *home, "--lang", "en"]) == status
        said = capsys.readouterr()
        return said.out or said.err

    run("network", "found", "--name", "Messe", "--role", "centre")
    run("tills", "branch", "set", "koeln", "--name", "Köln", "--head", "Zoo Neumann")
    run("tills", "group", "set", "fair", "--name", "Messe")
    pool = ("--kind", "receipt", "--prefix", "R26/", "--start", "1", "--end", "999", "--block", "100")
    run("tills", "pool", "set", "R26", *pool)
    released = run("tills", "release", "2-3", "--name", "Kasse {no}", "--branch", "koeln", "--group", "fair",
                   "--pool", "R26")  # fmt: skip
    assert "2, 3" in released
    run("tills", "set", "3", "--no-groups", "--foot", "Danke", "--by", "anna")
    (newest, *_older) = json.loads(run("master", "history", "till_plan", "3", "--json"))
    assert newest["by"] == "anna"
    shown = run("tills", "show", "3")
    assert "R26/000101" in shown
    assert "koeln" in shown
    assert "Danke" in shown
    assert "fair" not in shown
    rows = json.loads(run("tills", "list", "--json"))["tills"]
    assert [(row["no"], row["state"], row["plan"]["groups"]) for row in rows] == [
        (1, "bound", []), (2, "released", ["fair"]), (3, "released", []),
    ]  # fmt: skip
    assert "Kasse 2" in run("tills", "list")
    assert "koeln" in run("tills", "branch", "list")
    assert "2 of 9" in run("tills", "pool", "list")
    assert "R26/000101 to R26/000200" in run("tills", "unblock", "R26-0002")
    assert "there is no range" in run("tills", "unblock", "R26-0002", status=1)
    assert "2 of 9" in run("tills", "pool", "list"), "what was given is not given again"
    assert "used by till 2, 3" in run("tills", "branch", "remove", "koeln", status=1)
    assert "no till has number 9" in run("tills", "show", "9", status=1)
