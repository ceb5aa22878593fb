"""Tasks: lists, forms and searches by the keyboard alone, and whatever is typed ahead or scanned into them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.screens.functions import REGISTRY, TASKS, Function, Mode
from app.screens.intents import Answered, Find, Refused, Start
from app.screens.keys import Keymap
from app.screens.router import Router
from app.screens.tasks.choosing import Choice, Choose, Column, Found, Picked
from app.screens.tasks.every import EVERY
from app.screens.tasks.fields import Field, Kind, Option, read
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action, Bad, Sheet, Working
from app.screens.till.help import HelpScreen
from app.text import gettext
from app.till.refusals import sentence as refusal_sentence
from tests.app.screens.standin import BIRD_SEED, PEN, Shop
from tests.app.screens.walking import till


def begun() -> Router:
    """A router in which a task has begun."""
    router = Router(Keymap())
    assert typed(router, "/30\r") == [Start(Function.PARKED)]
    return router


def typed(router: Router, keys: str) -> list[object]:
    wanted: list[object] = []
    for key in keys:
        wanted += router.feed({"\r": "enter", "\x1b": "escape", "\x7f": "backspace"}.get(key, key), key)
    return wanted


def table(find: Callable[..., object] | None = None) -> Choose:
    rows = [Choice((name, "1,00"), name) for name in ("one", "two", "three")]
    columns = (Column("Name", 0), Column("Price", 8, numeric=True))
    return Choose("Table", columns, rows, find=find, actions=(Action(3, "drop", "Drop"),))  # type: ignore[arg-type]


def test_every_task_has_its_function() -> None:
    assert set(EVERY) == set(TASKS)
    assert {row.function for row in REGISTRY if row.function in TASKS} == set(TASKS)


def test_keys_typed_before_the_step_is_there_wait_for_it() -> None:
    router = begun()
    assert typed(router, "2\r") == []
    assert router.present(table()) == [Answered(Picked("two"))]
    assert typed(router, "789") == [], "between two steps keys are held"
    router.end_task()
    assert (router.mode, router.entry.text) == (Mode.SALE, "789")


@pytest.mark.parametrize(
    ("keys", "answer"),
    [("\r", Picked("one")), ("3\r", Picked("three")), ("2/3\r", None), ("/3\r", Picked("one", "drop")), ("\x1b", None)],
)
def test_a_row_is_chosen_by_number_and_an_action_by_its_number(keys: str, answer: object) -> None:
    router = begun()
    router.present(table())
    wanted = typed(router, keys)
    if answer is None and "\x1b" not in keys:
        assert isinstance(wanted[0], Refused)
    else:
        assert wanted == [Answered(answer)]


def test_arrows_mark_a_row_and_a_function_key_takes_it() -> None:
    router = begun()
    router.present(table())
    router.feed("down", None)
    router.feed("down", None)
    assert router.feed("f3", None) == [Answered(Picked("three", "drop"))]


def test_a_barcode_is_refused_where_none_belongs_and_the_step_goes_on() -> None:
    for step in (table(), Form("Form", [Field("name", "Name")]), Sheet("Sheet", "text")):
        router = begun()
        router.present(step)
        wanted = typed(router, BIRD_SEED + "\r")
        assert wanted[0] == Refused("scan_in_task", BIRD_SEED)
        assert (router.mode, router.entry.text) == (Mode.TASK, "")


def test_enter_waits_for_what_is_still_being_searched() -> None:
    async def never(_text: str) -> Found:
        raise AssertionError

    step, router = table(never), begun()
    router.present(step)
    assert typed(router, "tw\r9") == [Find("t"), Find("tw")]
    step.found("t", Found([Choice(("tea", "1"), "tea")]))
    assert router.found() == [], "that was an earlier search"
    assert typed(router, "") == []
    step.found("tw", Found([Choice(("two", "1"), "two")]))
    assert router.found() == [Answered(Picked("two", text="tw"))]


def test_a_form_goes_from_field_to_field_keeps_what_is_there_and_says_what_is_wrong() -> None:
    form = Form(
        "Form",
        [
            Field("name", "Name", value="Anna", required=True),
            Field("limit", "Limit", Kind.AMOUNT),
            Field("due", "Due", Kind.DATE),
            Field("kind", "Kind", Kind.CHOICE, value="a", options=(Option("a", "Adult"), Option("c", "Child"))),
        ],
    )
    router = begun()
    router.present(form)
    assert router.entry.text == "Anna"
    typed(router, "Berta\r")
    assert typed(router, "abc\r")[0] == Refused("no_amount", "abc")
    typed(router, "2000\r")
    router.feed("up", None)
    assert router.entry.text == "20,00"
    typed(router, "\r")
    typed(router, "24.12.26\r")
    assert typed(router, "ch\r") == [Answered({"name": "Berta", "limit": "20.00", "due": "2026-12-24", "kind": "c"})]


def test_a_form_is_finished_by_its_key_and_not_without_what_is_needed() -> None:
    form = Form("Form", [Field("note", "Note"), Field("name", "Name", required=True)])
    router = begun()
    router.present(form)
    typed(router, "c/o Meier")
    assert router.feed("f8", None)[0] == Refused("field_needed", "Name")
    assert form.field.name == "name"
    typed(router, "Anna")
    assert router.feed("f8", None) == [Answered({"note": "c/o Meier", "name": "Anna"})]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.AMOUNT, "0", "0.00"),
        (Kind.AMOUNT, "12,5", "12.50"),
        (Kind.DATE, "31.2.26", Bad("no_date", "31.2.26")),
        (Kind.DATE, "2026-12-24", "2026-12-24"),
        (Kind.DATE, "24.12.1985", "1985-12-24"),
        (Kind.DATE, "24.12.26", "2026-12-24"),
        (Kind.COUNT, "007", "7"),
        (Kind.COUNT, "-1", Bad("no_count", "-1")),
        (Kind.PERCENT, "101", Bad("no_percent", "101")),
        (Kind.CODE, BIRD_SEED, BIRD_SEED),
        (Kind.TEXT, BIRD_SEED, Bad("scan_is_no_text", BIRD_SEED)),
        (Kind.SECRET, "  1 ", "  1 "),
        (Kind.TEXT, "x" * 201, Bad("too_long", "200")),
    ],
)
def test_what_a_field_takes(kind: Kind, text: str, value: object) -> None:
    assert read(Field("f", "F", kind), text) == value


def test_a_long_number_is_no_option_because_it_begins_like_one() -> None:
    field = Field("f", "F", Kind.CHOICE, options=(Option("c", "Chip"), Option("s", "Slip")))
    assert [read(field, text) for text in ("2", "002")] == ["s", "s"]
    assert read(field, "00212345") == Bad("no_option", "00212345")


def test_no_line_of_a_step_is_wider_or_higher_than_the_screen() -> None:
    steps = (
        table(),
        Form("Form", [Field(f"f{n}", "A rather long label for a field", value="v" * 90) for n in range(40)]),
        Sheet("Sheet", "word " * 900),
        Working("Work"),
    )
    for step in steps:
        for width, height in ((40, 3), (80, 20), (120, 36)):
            lines = step.lines(width, height)
            assert len(lines) <= max(height, 3)
            assert all(sum(len(text) for text, _style in line) <= width for line in lines)


def test_help_leads_back_to_the_search_as_it_was() -> None:
    async def never(_text: str) -> Found:
        raise AssertionError

    step, router = table(never), begun()
    router.present(step)
    typed(router, "two")
    step.found("two", Found([Choice(("two", "1"), "two")]))
    router.found()
    router.feed("f1", None)
    assert typed(router, "4711\r")[-1] == Refused("help_open")
    router.feed("f1", None)
    assert (router.mode, router.entry.text) == (Mode.TASK, "two")
    assert typed(router, "\r") == [Answered(Picked("two", text="two"))]


def test_a_step_that_comes_while_the_help_is_read_is_shown_instead() -> None:
    router = begun()
    router.present(Working("Work"))
    router.feed("f1", None)
    router.present(table())
    assert router.mode is Mode.TASK
    router.feed("f1", None)
    router.end_task()
    assert router.mode is Mode.SALE


async def test_the_help_is_closed_by_what_comes_next(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("/30\r<f1>")
        assert isinstance(walking.app.screen, HelpScreen)
        walking.app._hosting.present(table())
        await walking.rest()
        assert "Table" in walking.lines[0]
        assert "Drop" in walking.lines[-1]
        await walking.press("<f1>")
        walking.app._hosting._showing.answered(None)  # type: ignore[union-attr]
        await walking.rest()
        assert walking.app.router.mode is Mode.SALE
        assert len(walking.app.screen_stack) == 2, "nothing of it is left below"


async def test_an_engine_that_is_gone_ends_the_task_and_not_the_till(shop: Shop) -> None:
    async with till(shop) as walking:
        shop.fails = OSError("gone")
        await walking.press("/30\r")
        assert walking.app.router.mode is Mode.SALE
        assert refusal_sentence("engine_gone", {}, gettext) in walking.text
        shop.fails = None
        await walking.press(f"{BIRD_SEED}\r")
        assert len(shop.session.view().lines) == 1


async def test_a_step_without_actions_shows_no_keys_of_the_sale(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("/30\r")
        walking.app._hosting.present(Sheet("Sheet", "text"))
        await walking.rest()
        assert "8" not in walking.lines[-1]


async def test_a_parked_receipt_is_taken_up_from_the_list(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press(f"{BIRD_SEED}\r<f5>{PEN}\r{PEN}\r<f5>")
        await walking.press("/30\r")
        assert "4,99" in walking.text
        assert "1,78" in walking.text
        await walking.press(f"{PEN}\r")
        assert any(PEN in line for line in walking.lines[-3:-1]), "it is said what was refused"
        await walking.press("2\r")
        assert shop.session.view().total_minor == 178
        assert walking.app.router.mode is Mode.SALE


async def test_a_parked_receipt_is_dropped_with_a_reason_and_esc_leads_back(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press(f"{BIRD_SEED}\r<f5>/30\r<f3>\r")
        assert walking.app.router.step is not None
        await walking.press("Kunde kam nicht wieder\r")
        assert shop.commands[-1].reason == "Kunde kam nicht wieder"  # type: ignore[attr-defined]
        await walking.press("\x1b")
        assert walking.app.router.mode is Mode.SALE
        await walking.press(f"/30\r\x1b{BIRD_SEED}\r")
        assert len(shop.session.view().lines) == 1
