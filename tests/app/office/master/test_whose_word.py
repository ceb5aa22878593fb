"""Whatever changes data at the office is the word of whoever has logged in, and stands in the office's log: every
operation that takes ``by``."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any

import app.office
from app.facts import codec
from app.facts.base import Edit
from app.office.every import NEEDS
from app.office.exchange.preparing import prepared
from replication.core.model import Feed, Record
from tests.app.office.master.standing import Office

CSV = "ident_no,name,price,vat_key,article_groups\n1,Leine,9.99,1,Hund\n2,Napf,3.50,1,Hund\n"
POOL = {"pool": "R26", "kind": "receipt", "prefix": "R26/", "start": 1, "end": 900, "block": 100}
NO_OPERATIONS = {"write", "write_all", "put", "master_history"}
"""Coroutines with ``by`` that only pass it on, and a question that it narrows."""


@cache
def taking_by() -> frozenset[str]:
    """The operations of the office that take it."""
    found = set()
    for file in Path(app.office.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.AsyncFunctionDef)
                and not node.name.startswith("_")
                and "by" in {argument.arg for argument in node.args.args}
            ):
                found.add(node.name)
    return frozenset(found - NO_OPERATIONS)


def repeated(fact: Edit) -> bool:
    """Whether it goes along with a catalogue: what somebody said before, of which it tells the stamp."""
    value = getattr(fact, "value", {})
    return "/" in getattr(fact, "of", "") + value.get("of", "")  # what a plan is of is a key, and no stamp


class Listener:
    """What each operation wrote that anna asked for at the office's screens."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._visitor = office.parts.door.visitor()
        self._seen = self._positions()
        self.asked: set[str] = set()

    async def through(self, op: str, **args: Any) -> Any:
        """Asked through the door."""
        return await self._visitor(op, args, self._office.parts.operations[op])

    async def said(self, op: str, **args: Any) -> Any:
        """Whomever it names: all that it edits is anna's word, it edits something, and it is logged as a command."""
        answer = await self.through(op, **args, by="mallory")
        self.asked.add(op)
        newest, *_older = await self._office.ask("office_log", limit=1)
        assert (newest["action"], newest["user"]) == ("office_done", "anna"), op
        assert newest["detail"].startswith(NEEDS[op].deed.partition(" {")[0]), op
        assert "…" not in newest["detail"].removesuffix(" --file …"), op
        facts = [codec.read(record.kind, record.body) for record in self.new()]
        edits = [fact for fact in facts if isinstance(fact, Edit) and not repeated(fact)]
        assert edits, op
        assert {fact.by for fact in edits} == {"anna"}, op
        return answer

    def new(self) -> list[Record]:
        """Records of this home since it was last asked."""
        before, self._seen = self._seen, self._positions()
        store = self._office.parts.node._store
        return [
            record
            for feed, last in self._seen.items()
            for record in store.records(feed, before.get(feed, 0), last - before.get(feed, 0))
        ]

    def _positions(self) -> dict[Feed, int]:
        me = self._office.parts.who.member_id
        positions = self._office.parts.node.status()["positions"]
        return {
            Feed(me, topic): seq
            for name, seq in positions.items()
            for member, _slash, topic in (name.partition("/"),)
            if member == me
        }


def test_the_list_says_of_every_operation_that_takes_it_that_it_does() -> None:
    assert {name for name, needs in NEEDS.items() if needs.by} == taking_by() | {"imports"}
    assert [name for name, needs in NEEDS.items() if needs.by and not needs.deed] == []


async def test_every_operation_is_the_word_of_whoever_has_logged_in(office: Office) -> None:
    await office.ask("imports", what="users", text="user,name,role,pin\nanna,Anna Beispiel,office,4711\n")
    listener = Listener(office)
    await listener.through("office_enter", user="anna", secret="4711")
    listener.new()
    said = listener.said
    request = prepared(CSV.encode(), "articles", "x.csv", "EUR").request()
    await said("take_over", **request)
    await said("master_regroup", old="Hund", new="Hunde")
    change = (await office.ask("master_changes"))[0]["change"]
    await said("master_undo_change", change=change)
    await said("master_set", kind="article", key="1", values={"price": "5"})
    await said("master_undo", kind="article", key="1")
    await said("master_remove", kind="article", key="2")
    plan = await said("master_plan", kind="article", key="1", at="2099-01-01 06:00", values={"price": "7"})
    await said("master_plan_cancel", plan=plan["planned"])
    whole = next(row for row in await office.ask("master_copies") if row["sort"] == "whole")
    await said("master_restore", copy=whole["copy"])
    await said("take_over", **request)
    await said("till_value_set", subject="branch", value={"branch": "koeln", "name": "Köln"})
    await said("till_value_set", subject="number_pool", value=POOL)
    await said("till_set", no=2, plan={"branch": "koeln"})
    block = await said("till_block", no=2, pool="R26")
    await said("till_block_remove", range_id=block["range_id"])
    await said("till_release", nos=[3], name="Kasse {no}", plan={"branch": "koeln"}, pools=["R26"])
    await said("till_value_set", subject="device_group", value={"group": "fair", "name": "Messe"})
    await said("till_value_remove", subject="device_group", key="fair")
    await said("catalogue_set", catalogue="fair", value={"name": "Messe"})
    await said("catalogue_assign", catalogue="fair", tills=[2])
    await said("catalogue_put", catalogue="fair", articles=[{"ident_no": "1", "price": "3"}])
    await said("catalogue_import", catalogue="fair", text="ident_no,price\n2,4\n")
    await said("catalogue_take", catalogue="fair", idents=["1"])
    await said("catalogue_remove", catalogue="fair")
    assert listener.asked >= taking_by(), taking_by() - listener.asked
