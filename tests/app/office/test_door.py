"""Who comes in through the office's door: what they may ask is the engine's to say, and what they did is in the log."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app import wiring
from app.config import Settings
from app.domain.user import OFFICE_RIGHTS, RIGHTS
from app.engine.control import Refused
from app.engine.remote import Client
from app.home import Home
from app.office.door import COMMAND, Visitor, machine_user
from app.office.every import NEEDS, SUBJECTS
from app.office.exchange.preparing import prepared
from app.office.rights import written
from app.text import use
from app.till import pins
from tests.app.office.master.standing import SEED, SETTINGS
from tests.app.office.master.test_whose_word import taking_by

ME = f"{COMMAND}{machine_user()}"
USERS = """user,name,role,rights,pin
clara,Clara Kern,accountant,,4711
otto,Otto Alt,office,,4711
mia,Mia Neu,,office_master,4711
eva,Eva Chef,supervisor,,4711
"""
ACCOUNTANT = {
    "check_receipt", "digital_receipt", "document", "fingerprint", "log", "office_did", "office_log", "overdraws",
    "settled", "verify",
}  # fmt: skip
"""What an accountant may ask of the engine; reports and accounting are asked of the books."""
NOT_OFFICE = {"append", "attach", "claim", "imports", "keep", "master_due", "practise", "reprint", "sign_off", "weigh"}
"""Some of what nobody at the office's screens may ask."""
Ask = Callable[..., Awaitable[Any]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """PINs are slow on purpose."""
    monkeypatch.setattr(pins, "hashed", lambda pin: f"hash of {pin}")
    monkeypatch.setattr(pins, "fits", lambda pin_hash, pin: pin_hash == f"hash of {pin}")


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[wiring.Parts]:
    use("en")
    home = Home(tmp_path / "home")
    await wiring.found(home, Settings(), "Fair", 100, "centre")
    async with wiring.opened(home, SETTINGS, network=False) as opened:
        await opened.operations["imports"]({"what": "users", "text": USERS})
        yield opened


def through(parts: wiring.Parts, visitor: Visitor) -> Ask:
    async def ask(op: str, **args: Any) -> Any:
        return await visitor(op, args, parts.operations[op])

    return ask


async def entered(parts: wiring.Parts, user: str) -> Ask:
    ask = through(parts, parts.door.visitor())
    await ask("office_enter", user=user, secret="4711")
    return ask


async def refusal(asking: Awaitable[Any]) -> Refused:
    with pytest.raises(Refused) as refused:
        await asking
    return refused.value


async def log(parts: wiring.Parts) -> list[tuple[str, str, str]]:
    entries = await parts.operations["office_log"]({})
    return [(entry["user"], entry["action"], entry["detail"]) for entry in reversed(entries)]


async def test_there_is_no_operation_of_which_nobody_said_what_it_needs(parts: wiring.Parts) -> None:
    assert NEEDS.keys() == parts.operations.keys() | {"attach", "leave"}


@pytest.mark.parametrize("subject", [*SUBJECTS, "the engine"])
def test_every_operation_names_its_right_or_says_why_none_is_needed(subject: str) -> None:
    engine = {name: needs for name, needs in NEEDS.items() if not any(name in each for each in SUBJECTS.values())}
    for name, needs in SUBJECTS.get(subject, engine).items():
        assert set(needs.rights) <= set(RIGHTS), name
        assert bool(needs.rights) != bool(needs.why), f"{name}: a right, or why there is none"
        assert len(needs.why.split()) > 3 or not needs.why, f"{name}: say why"
        assert not (needs.never and needs.before), name
        assert needs.deed or name not in taking_by(), f"{name}: it changes data, so it is a deed"


async def refused_to(parts: wiring.Parts, user: str) -> dict[str, str]:
    """Every operation for which one has to be logged in, by why it is refused; empty: it is not."""
    person = await parts.door.person(user)
    found = {}
    for name, needs in NEEDS.items():
        if not needs.before:
            try:
                person.check(needs, {})
            except Refused as refused:
                unnamed = [right for right in needs.rights if right not in str(refused)]
                found[name] = refused.code + "".join(f", not naming {right}" for right in unnamed)
            else:
                found[name] = ""
    return found


async def test_an_accountant_is_refused_whatever_is_not_his_with_the_name_of_the_right(parts: wiring.Parts) -> None:
    found = await refused_to(parts, "clara")
    assert {name for name, code in found.items() if not code} == ACCOUNTANT
    assert {code for name, code in found.items() if code and name not in NOT_OFFICE} <= {
        "right_missing",
        "not_in_office",
    }
    assert {found[name] for name in NOT_OFFICE} == {"not_in_office"}
    refused = await refusal((await entered(parts, "clara"))("master_set", kind="article", values=SEED))
    assert (refused.code, str(refused)) == (
        "right_missing",
        "Clara Kern has no right office_master (the office's master data)",
    )
    assert (await parts.operations["master_list"]({"kind": "article"}))["values"] == []


async def test_the_role_office_may_do_all_that_the_office_does(parts: wiring.Parts) -> None:
    found = await refused_to(parts, "otto")
    assert {name for name, needs in NEEDS.items() if not needs.never and not needs.before} == {
        name for name, code in found.items() if not code
    }


async def test_no_right_of_the_office_lets_somebody_do_what_another_one_is_for(parts: wiring.Parts) -> None:
    text = "user,name,role,rights\n" + "".join(f"u_{right},U,,{right}\n" for right in OFFICE_RIGHTS)
    await parts.operations["imports"]({"what": "users", "text": text})
    for right in OFFICE_RIGHTS:
        found = await refused_to(parts, f"u_{right}")
        for name, needs in NEEDS.items():
            if needs.rights:
                assert (found[name] == "") is (right in needs.rights), f"{name} with {right}"


async def test_who_may_do_what_is_said_only_by_who_manages_users(parts: wiring.Parts) -> None:
    mia = await entered(parts, "mia")
    await mia("master_set", kind="article", values=SEED)
    role = {"role": "mine", "name": "Mine", "rights": list(RIGHTS)}
    settings = prepared(b'{"role": [{"role": "mine", "name": "Mine", "rights": ["users"]}]}', "settings", "x", "EUR")
    people = prepared(b"user,name,role\nx,X,office\n", "users", "x.csv", "EUR")
    copy = (await mia("master_copies"))[-1]["copy"]
    await parts.operations["imports"]({"what": "users", "text": "user,name,role\nada,Ada Neu,cashier\n"})
    imported = next(row for row in await parts.operations["master_changes"]({}) if "users" in row["change"])
    plan = await parts.operations["master_plan"](
        {"kind": "role", "values": role, "at": "2099-01-01 06:00", "by": "otto"}
    )
    asked: list[tuple[str, dict[str, Any]]] = [
        ("master_set", {"kind": "role", "values": role}),
        ("master_set", {"kind": "user", "key": "mia", "values": {"roles": ["office"]}}),
        ("master_remove", {"kind": "user", "key": "clara"}),
        ("master_undo", {"kind": "user", "key": "clara"}),
        ("master_undo_change", {"change": imported["change"]}),
        ("master_plan", {"kind": "role", "values": role, "at": "2099-01-01 06:00"}),
        ("master_plan_cancel", {"plan": plan["planned"]}),
        ("take_over", settings.request()),
        ("take_over", people.request()),
        ("export_packed", {"what": "users"}),
        ("master_list", {"kind": "user"}),
    ]
    for op, args in asked:
        refused = await refusal(mia(op, **args))
        assert (refused.code, str(refused)) == ("right_missing", "Mia Neu has no right users (managing users)"), op
    shown = [*await mia("master_history"), *await mia("master_kinds"), *await mia("master_plans")]
    assert {"user", "role"}.isdisjoint(row["kind"] for row in shown)
    assert await mia("master_restore", copy=copy, dry_run=True)
    users = (await parts.operations["master_list"]({"kind": "user"}))["values"]
    assert {row["key"] for row in users} == {"ada", "clara", "eva", "mia", "otto"}


async def test_a_right_that_is_taken_away_is_gone_at_once_and_so_is_a_user(parts: wiring.Parts) -> None:
    otto = await entered(parts, "otto")
    await otto("tills")
    change = parts.operations["master_set"]
    await change({"kind": "user", "key": "otto", "values": {"roles": ["accountant"]}})
    assert "office_tills" in str(await refusal(otto("tills")))
    await change({"kind": "user", "key": "otto", "values": {"valid_until": "2020-01-01"}})
    assert (await refusal(otto("office_log"))).code == "user_expired"
    await parts.operations["master_remove"]({"kind": "user", "key": "otto"})
    assert (await refusal(otto("office_log"))).code == "login_needed"
    await otto("office_leave")


async def test_nobody_speaks_in_the_name_of_another(parts: wiring.Parts) -> None:
    otto = await entered(parts, "otto")
    await otto("office_did", user="clara", what="Tills")
    await otto("master_set", kind="article", values=SEED, by="clara")
    await otto("office_leave", user="clara")
    assert await log(parts) == [
        ("otto", "office_login", ""),
        ("otto", "office", "Tills"),
        ("otto", "office_done", "master set article 0815"),
        ("otto", "office_logout", ""),
    ]
    past = await parts.operations["master_history"]({"kind": "article"})
    assert [row["by"] for row in past] == ["otto"]


async def test_screens_at_which_nobody_has_logged_in_are_told_to(parts: wiring.Parts) -> None:
    ask = through(parts, parts.door.visitor())
    assert (await refusal(ask("office_enter", user="otto", secret="0000"))).code == "login_refused"
    assert (await refusal(ask("master_kinds"))).code == "login_needed"
    assert (await refusal(ask("office_did", user="otto", what="Tills"))).code == "login_needed"
    assert (await ask("hello"))["till_no"] == 100
    await ask("office_enter", user="otto", secret="4711")
    await ask("master_kinds")
    assert (await refusal(ask("office_enter", user="clara", secret="0000"))).code == "login_refused"
    assert (await refusal(ask("master_kinds"))).code == "login_needed"
    await ask("office_leave", user="otto")
    entries = await log(parts)
    assert [action for _user, action, _detail in entries].count("office_logout") == 0, "otto had gone already"


async def test_whoever_came_before_there_were_users_makes_them(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    await wiring.found(home, Settings(), "Fair", 100, "centre")
    async with wiring.opened(home, SETTINGS, network=False) as parts:
        ask = through(parts, parts.door.visitor())
        await ask("office_enter")
        for name in ("clara", "otto"):
            await ask(
                "master_set", kind="user", values={"user": name, "name": name, "roles": ["office"], "pin": "4711"}
            )
        await ask("office_leave")
        assert (await refusal(ask("tills"))).code == "login_needed"
        assert (await refusal(ask("office_enter"))).code == "login_refused"
        assert ("", "office_done", "master set user otto") in await log(parts)


async def test_a_command_is_the_word_of_the_owner_of_the_machine(parts: wiring.Parts) -> None:
    ask = through(parts, parts.door.visitor())
    await ask("master_set", kind="article", values=SEED)
    await ask("master_set", kind="article", key="0815", values={"price": "5"}, by="otto")
    await ask("master_set", kind="article", key="0815", values={"price": "5"})
    await ask("master_list", kind="article")
    assert (await refusal(ask("revoke", no=9))).code == "unknown_member"
    await ask("office_did", user="otto", what="jobs add nightly", done=True)
    assert await log(parts) == [
        (ME, "office_done", "master set article 0815"),
        (ME, "office_done", "master set article 0815 --by otto"),
        (ME, "office_done", "jobs add nightly"),
    ]
    past = await parts.operations["master_history"]({"kind": "article"})
    assert [row["by"] for row in past] == ["otto", ME]


def test_a_deed_is_written_as_its_command_and_a_look_is_none() -> None:
    def deed(op: str, args: dict[str, Any], answer: Any) -> str:
        return written(NEEDS[op].deed, args, answer)

    new = {"kind": "article", "key": "", "values": {"name": "Kork"}, "by": "clara"}
    assert deed("master_set", new, {"key": "17", "changed": True}) == "master set article 17"
    assert deed("master_set", new, {"key": "17", "changed": False}) == ""
    assert deed("till_release", {"nos": [5, 6], "plan": {}}, {"code": "SECRET"}) == "tills release 5,6"
    assert deed("till_value_set", {"subject": "device_group"}, {"key": "fair"}) == "tills group set fair"
    assert deed("catalogue_assign", {"catalogue": "fair", "tills": [2], "groups": None}, {}) == (
        "catalogues assign fair --tills 2"
    )
    assert deed("master_undo_change", {"change": "import x", "dry_run": True}, {"undone": 1}) == ""
    assert deed("take_over", {"what": "articles", "look": True}, {"imported": 0}) == ""
    assert deed("take_over", {"what": "articles"}, {"imported": 12}) == "import articles (12)"
    assert deed("take_over", {"what": "articles"}, {"imported": 0}) == ""
    assert deed("tills", {}, []) == ""


async def test_what_is_done_is_done_though_the_log_cannot_be_written(
    parts: wiring.Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_args: dict[str, Any]) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(parts.operations, "office_did", full)
    otto = await entered(parts, "otto")
    assert (await otto("master_set", kind="article", values=SEED))["changed"]


async def test_a_till_keeps_no_log_of_the_office(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    await wiring.found(home, Settings(), "Fair", 1, "till")
    async with wiring.opened(home, SETTINGS, network=False) as parts:
        ask = through(parts, parts.door.visitor())
        await ask("master_set", kind="article", values=SEED)
        await ask("office_did", user="", what="jobs add nightly", done=True)
        assert await log(parts) == []


async def test_it_is_so_at_the_socket_of_a_running_office(parts: wiring.Parts) -> None:
    await parts.control.start()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(parts.control.stop)
        screens, command = await Client.connect(parts.home), await Client.connect(parts.home)
        stack.push_async_callback(screens.close)
        stack.push_async_callback(command.close)
        await screens.call("office_enter", user="clara", secret="4711")
        assert (await refusal(screens.call("tills"))).code == "right_missing"
        assert (await refusal(screens.call("append", facts=[], keep=None))).code == "not_in_office"
        assert (await refusal(screens.call("attach"))).code == "not_in_office"
        assert (await screens.call("office_log"))[0]["user"] == "clara"
        await command.call("master_set", kind="article", values=SEED)
        await screens.call("office_leave", user="otto")
        assert await log(parts) == [
            ("clara", "office_login", ""),
            (ME, "office_done", "master set article 0815"),
            ("clara", "office_logout", ""),
        ]
