from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import codes
from app.domain.statement import Statement, written
from app.domain.voucher import code_from
from app.screens.dialogue import Dialogue
from app.screens.functions import Function, Mode
from app.screens.intents import (
    Act,
    Again,
    AskPayment,
    DiscountLast,
    HideHelp,
    Intent,
    LookUp,
    PayQuick,
    PutAside,
    Quit,
    Refused,
    Repeat,
    Settle,
    ShowHelp,
    Start,
    TakeBack,
    TakeUp,
    Turn,
    TurnTraining,
    VoidLast,
)
from app.screens.keys import Keymap
from app.screens.router import HELD_KEYS, Router
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Working
from app.screens.typing_keys import MAX_ENTRY
from app.till.commands import (
    ChooseCustomer,
    ChooseSupply,
    GiveDiscount,
    OpenDrawer,
    Pay,
    Redeem,
    ReturnArticle,
    Scan,
    SellVoucher,
    TakeCoupon,
    VoidLine,
    VoidSale,
    ZReport,
)

EAN = "4006381333931"
VOUCHER = "7K3M9QXA0PWTB"
VOUCHER_CODE = code_from(bytes(range(32)))
NAMED = {"\r": "enter", "\n": "ctrl+j", "\b": "backspace", "\x1b": "escape"}


def strokes(text: str) -> list[tuple[str, str | None]]:
    """Text as keys: F3 as ``<f3>``, other characters as themselves."""
    keys: list[tuple[str, str | None]] = []
    while text:
        if text[0] == "<":
            name, _, text = text[1:].partition(">")
            keys.append((name, None))
        else:
            keys.append((NAMED.get(text[0], text[0]), text[0]))
            text = text[1:]
    return keys


def feed(router: Router, text: str) -> list[Intent]:
    return [intent for key, character in strokes(text) for intent in router.feed(key, character)]


def router(mode: Mode = Mode.SALE) -> Router:
    made = Router(Keymap())
    if mode is Mode.TENDER:
        assert feed(made, "+") == [AskPayment()]
        made.resolve(Mode.TENDER)
    assert made.mode is mode
    return made


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        (f"{EAN}\r", [Act(Scan(EAN))]),
        (f"{EAN}\n", [Act(Scan(EAN))]),
        (f"{EAN}\r\n", [Act(Scan(EAN))]),
        ("4711\r", [Act(Scan("4711"))]),
        (f"3*{EAN}\r", [Act(Scan(EAN, quantity="3"))]),
        (f"3x{EAN}\r", [Act(Scan(EAN, quantity="3"))]),
        ("0,5*4711\r", [Act(Scan("4711", quantity="0.5"))]),
        ("3*\r", [Repeat("3")]),
        ("\r", []),
        ("\r\r\n\n", []),
        ("-", [VoidLast()]),
        ("<f3>", [VoidLast()]),
        ("4-", [Act(VoidLine("4"))]),
        ("004<f3>", [Act(VoidLine("4"))]),
        (f"{EAN}-", [Refused("no_line", EAN)]),
        ("+", [AskPayment()]),
        (f"{EAN}<f11>", [Act(ReturnArticle(EAN))]),
        (f"3*199<f4>{EAN}/11\r", [Act(ReturnArticle(EAN, quantity="3", price="1.99"))]),
        ("<f11>", [Start(Function.RETURNS)]),
        ("3*<f11>", [Refused("return_first")]),
        ("<f9>", [AskPayment()]),
        ("2000<f9>", [Settle(Pay(tender="card", amount="20.00"))]),
        (f"{EAN}<f9>", [Refused("scan_is_no_money", EAN)]),
        ("5%", [DiscountLast("5")]),
        ("ABC-7/20\r", [Settle(TakeCoupon("ABC-7"))]),
        ("/20\r", [Start(Function.COUPONS)]),
        ("/21\r", [Act(ChooseSupply("eat_in"))]),
        ("/22\r", [Act(ChooseSupply("take_away"))]),
        ("5/22\r", [Refused("entry_open")]),
        ("7,5%", [DiscountLast("7.5")]),
        ("0%", [DiscountLast("0")]),
        ("5/\r", [DiscountLast("5")]),
        ("5/14\r", [DiscountLast("5")]),
        ("10/15\r", [Act(GiveDiscount(percent="10"))]),
        ("101%", [Refused("no_percent", "101")]),
        ("%", [Refused("no_percent", "")]),
        (f"{EAN}%", [Refused("no_percent", EAN)]),
        ("1000<f7>", [Act(ChooseCustomer("1000"))]),
        ("C1-000012/07\r", [Act(ChooseCustomer("C1-000012"))]),
        ("0<f7>", [Act(ChooseCustomer(None))]),
        ("<f7>", [Start(Function.CUSTOMERS)]),
        ("<f5>", [PutAside()]),
        ("12<f5>", [TakeUp("12")]),
        ("P3-000012<f5>", [TakeUp("P3-000012")]),
        ("12/05\r", [TakeUp("12")]),
        ("/16\r", [Act(OpenDrawer())]),
        ("5/16\r", [Refused("entry_open")]),
        ("/17\r", [Start(Function.X_REPORT)]),
        ("/18\r\r", [Settle(ZReport())]),
        ("/18\r\x1b", []),
        ("/19\r", [TurnTraining()]),
        ("3*<f5>", [Refused("entry_open")]),
        ("<f8>", [AskPayment()]),
        ("2000<f8>", [Settle(Pay(amount="20.00"))]),
        (f"{EAN}<f8>", [Refused("scan_is_no_money", EAN)]),
        (f"199<f4>{EAN}\r", [Act(Scan(EAN, price="1.99"))]),
        (f"2*199<f4>{EAN}\r", [Act(Scan(EAN, quantity="2", price="1.99"))]),
        (f"{EAN}<f4>", [Refused("scan_is_no_money", EAN)]),
        ("<f4>", [Start(Function.CORRECT)]),
        ("3*<f4>", [Refused("price_first")]),
        ("5000<f6>", [Act(SellVoucher("50.00"))]),
        ("5000/6\r", [Act(SellVoucher("50.00"))]),
        ("5000/06\r", [Act(SellVoucher("50.00"))]),
        (f"{EAN}<f6>", [Refused("scan_is_no_money", EAN)]),
        ("<f6>", [Start(Function.VOUCHERS)]),
        (f"{VOUCHER}<f6>", [LookUp(VOUCHER)]),
        ("/6\r", [Start(Function.VOUCHERS)]),
        ("/13\r\r", [Settle(VoidSale())]),
        ("/99\r\r", [Quit()]),
        ("<ctrl+x>\r", [Quit()]),
        ("/13\r\b\r", []),
        ("/13\r7\r", [Refused("answer_first")]),
        ("/77\r", [Refused("function_unknown", "/77")]),
        (f"/{EAN}\r", [Refused("function_unknown", f"/{EAN}")]),
        ("<f2>", [Start(Function.SEARCH)]),
        ("3*199<f4>vogel<f2>", [Start(Function.SEARCH, "vogel", "3", "1.99")]),
        ("2/23\r", [Start(Function.PAGES, "2")]),
        ("*", [Refused("no_quantity")]),
        ("3*3*", [Refused("no_quantity", "3")]),
        (f"{EAN}*", [Refused("no_quantity", EAN)]),
        ("2000+", [Refused("entry_open")]),
        ("3*+", [Refused("entry_open")]),
        ("4712\b\b11\r", [Act(Scan("4711"))]),
        ("3*\b\b4*\r", [Repeat("4")]),
        ("4712\x1b4711\r", [Act(Scan("4711"))]),
        ("<pageup><pagedown>", [Turn(-1), Turn(1)]),
        ("<f1><f1>", [ShowHelp(), HideHelp()]),
        ("<f1>\r", [ShowHelp(), HideHelp()]),
        (f"<f1>{EAN}\r", [ShowHelp(), Refused("help_open")]),
        ("<insert>", [Refused("key_unknown", "insert")]),
        ("01<ctrl+right_square_bracket>10\r", [Act(Scan("01\x1d10"))]),
        ("Box12\r", [Act(Scan("Box12"))]),
        ("x100\r", [Act(Scan("x100"))]),
        ("A%5*7+8-9\r", [Act(Scan("A%5*7+8-9"))]),
        ("3xBox12\r", [Act(Scan("Box12", quantity="3"))]),
    ],
)
def test_in_the_sale(typed: str, wanted: list[Intent]) -> None:
    assert feed(router(), typed) == wanted


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("<f9>", [Settle(Pay(tender="card"))]),
        ("2000<f9>", [Settle(Pay(tender="card", amount="20.00"))]),
        (f"{EAN}/09\r", [Refused("scan_is_no_money", EAN)]),
        ("<f5>", [PutAside()]),
        ("12<f5>", [Refused("amount_open", "12")]),
        ("1000<f7>", [Act(ChooseCustomer("1000"))]),
        ("\r", [Settle(Pay())]),
        ("+", [Settle(Pay())]),
        ("<f8>", [Settle(Pay())]),
        ("2000+", [Settle(Pay(amount="20.00"))]),
        ("2000\r", [Settle(Pay(amount="20.00"))]),
        ("20,\r", [Settle(Pay(amount="20.00"))]),
        ("20.5<f8>", [Settle(Pay(amount="20.50"))]),
        (f"{EAN}\r", [Refused("scan_is_no_money", EAN)]),
        (f"{EAN}\r\n", [Refused("scan_is_no_money", EAN)]),
        (f"2000{EAN}\r", [Refused("no_amount", f"2000{EAN}")]),
        ("3*\r", [Refused("no_amount", "3*")]),
        ("0\r", [Refused("amount_zero", "0")]),
        ("-", [TakeBack()]),
        ("4-", [Refused("amount_open", "4")]),
        (f"{VOUCHER}\r", [Settle(Redeem(VOUCHER))]),
        (f"{VOUCHER}+\r", [Settle(Redeem(f"{VOUCHER}+"))]),
        ("C1+2000\r", [Settle(Redeem("C1+2000"))]),
        (f"{VOUCHER}<f6>", [Settle(Redeem(VOUCHER))]),
        (f"<f6>{VOUCHER}\r", [Settle(Redeem(VOUCHER))]),
        (f"500<f6>{VOUCHER}\r", [Settle(Redeem(VOUCHER, amount="5.00"))]),
        (f"{EAN}<f6>", [Refused("scan_is_no_money", EAN)]),
        ("<f6>\r", [Refused("code_first")]),
        ("<f6>7k3m-9qxa-0pwt-b\r", [Settle(Redeem("7k3m-9qxa-0pwt-b"))]),
        ("/13\r\r", [Settle(VoidSale())]),
        ("*\r", [PayQuick(1)]),
        ("**+", [PayQuick(2)]),
        ("***\b<f8>", [PayQuick(2)]),
        ("**<f9>", [Refused("no_amount", "**")]),
        ("*20\r", [Refused("no_amount", "*20")]),
        (f"*{EAN}\r", [Refused("no_amount", f"*{EAN}")]),
        (f"3*{EAN}\r", [Refused("no_amount", f"3*{EAN}")]),
        ("A*B*\r", [Settle(Redeem("A*B*"))]),
        ("<f10>", [Start(Function.MORE, mode=Mode.TENDER)]),
        ("2000/37\r", [Start(Function.TENDERS, "2000", mode=Mode.TENDER)]),
    ],
)
def test_in_payment(typed: str, wanted: list[Intent]) -> None:
    assert feed(router(Mode.TENDER), typed) == wanted


def test_escape_and_erase_lead_back_one_step_at_a_time() -> None:
    till = router(Mode.TENDER)
    feed(till, "<f6>12")
    assert till.mode is Mode.REDEEM
    modes = []
    for _ in range(3):
        feed(till, "\x1b")
        modes.append(till.mode)
    assert modes == [Mode.REDEEM, Mode.TENDER, Mode.SALE]
    feed(till, "/13\r\x1b")
    assert till.mode is Mode.SALE


def test_the_question_names_what_it_asks() -> None:
    till = router()
    feed(till, "/99\r")
    assert (till.mode, till.asked) == (Mode.CONFIRM, Function.QUIT)


def test_a_refused_entry_is_gone_so_that_the_next_scan_starts_clean() -> None:
    till = router(Mode.TENDER)
    feed(till, f"{EAN}\r")
    assert till.entry.empty
    assert till.mode is Mode.TENDER


def test_an_unreadable_character_refuses_the_whole_entry() -> None:
    for key, junk in (("junk", "\ufffd"), ("junk", "\x00"), ("\x00", "\x00"), ("\x7f", "\x7f")):
        till = router()
        feed(till, "400638")
        assert till.feed(key, junk) == []
        assert feed(till, "1333931\r") == [Refused("unreadable")]
        assert feed(till, f"{EAN}\r") == [Act(Scan(EAN))]


def test_an_entry_has_an_end() -> None:
    till = router()
    assert feed(till, "7" * 10_000 + "\r") == [Refused("unreadable")]
    feed(till, "7" * 10_000)
    assert len(till.entry.text) == MAX_ENTRY


def test_keys_after_a_payment_wait_for_its_outcome_and_are_then_taken_in_order() -> None:
    till = router()
    assert feed(till, f"<f8>2000\r{EAN}\r3*4711\r") == [AskPayment()]
    assert till.resolve(Mode.TENDER) == [Settle(Pay(amount="20.00"))]
    assert till.waiting
    assert till.resolve(Mode.SALE) == [Act(Scan(EAN)), Act(Scan("4711", quantity="3"))]


def test_the_same_keys_after_too_little_money_are_refused_as_money() -> None:
    till = router()
    feed(till, f"<f8>2000\r{EAN}\r")
    till.resolve(Mode.TENDER)
    assert till.resolve(Mode.TENDER) == [Refused("scan_is_no_money", EAN)]


def test_a_refused_way_to_payment_leaves_the_mode() -> None:
    till = router()
    feed(till, "+4711\r")
    assert till.resolve() == [Act(Scan("4711"))]
    assert till.mode is Mode.SALE


def test_held_keys_are_bounded_and_the_rest_is_refused_aloud() -> None:
    till = router()
    feed(till, "+")
    wanted = feed(till, "1" * (HELD_KEYS + 3))
    assert wanted == [Refused("too_fast")] * 3


@pytest.mark.parametrize("kept", range(14))
def test_what_too_many_keys_left_of_a_scan_is_neither_money_nor_another_code(kept: int) -> None:
    till = router()
    feed(till, "+")
    fills = HELD_KEYS - kept
    feed(till, "<pageup>" * fills + f"{EAN}\r{EAN[:6]}")
    feed_after = till.resolve(Mode.TENDER)
    assert not any(isinstance(intent, Act) for intent in feed_after)
    assert feed(till, f"{EAN[6:]}\r") == [Refused("unreadable")]
    assert feed(till, f"{EAN}\r") == [Refused("scan_is_no_money", EAN)]


@pytest.mark.parametrize("stage", ["user", "reason"])
@pytest.mark.parametrize("code", [EAN, VOUCHER_CODE])
def test_a_scan_is_nobodys_name_and_no_reason(stage: str, code: str) -> None:
    till = router()
    feed(till, "+")
    till.question(Dialogue(override=True, login=stage == "user"))
    assert feed(till, f"{code}\r") == [Refused("answer_first")]
    assert till.dialogue is not None
    assert till.dialogue.stage == stage


def test_the_lf_of_the_scan_that_is_asked_about_neither_answers_nor_pays() -> None:
    for ending in ("\x1b", "\r"):
        till = router(Mode.TENDER)
        assert feed(till, f"{VOUCHER}\r") == [Settle(Redeem(VOUCHER))]
        assert feed(till, "\n") == []
        till.question(Dialogue(override=False, login=False))
        assert till.mode is Mode.QUESTION
        assert feed(till, ending) == ([Again()] if ending == "\r" else [])
        assert till.mode is Mode.TENDER


@pytest.mark.parametrize("code", [EAN, "Box+5"])
def test_a_scan_that_a_question_tears_is_neither_an_answer_nor_money(code: str) -> None:
    for at in range(1, len(code)):
        till = router(Mode.TENDER)
        feed(till, f"{VOUCHER}\r{code[:at]}")
        till.question(Dialogue(override=True, login=False))
        assert feed(till, f"{code[at:]}\r") == [Refused("unreadable")]
        assert feed(till, "\x1b") == []
        assert till.entry.empty


def test_a_scan_that_a_step_tears_is_not_taken_by_it() -> None:
    till = router()
    assert feed(till, "/30\r")[0].waits
    till.present(Working("Long work"))
    feed(till, EAN[:6])
    till.present(Form("Money", [Field("amount", "Amount", Kind.AMOUNT)]))
    assert feed(till, f"{EAN[6:]}\r")[0] == Refused("unreadable")
    feed(till, EAN[:6])
    till.end_task()
    assert feed(till, f"{EAN[6:]}\r{EAN}\r") == [Refused("unreadable"), Act(Scan(EAN))]


# -- fuzz: no scan lost, doubled, reordered or taken for money

scan = st.integers(min_value=0, max_value=10**12 - 1).map(
    lambda number: f"{number:012d}" + codes.gtin_check_digit(f"{number:012d}")
)
action = st.one_of(
    scan.map(lambda code: ("scan", code)),
    st.tuples(st.just("quantity"), st.integers(1, 999).map(str)),
    st.sampled_from(
        [(key, "") for key in ("+", "<f8>", "-", "*", "<f4>", "<f6>", "<f5>", "<f7>", "<f10>", "<f11>", "%", "\x1b")]
        + [("pay", "2000"), ("junk", "\ufffd")]
    ),
)
suffix = st.sampled_from(["\r", "\n", "\r\n"])


class Shop:
    """Takes intents in order as the session would; outcomes of barriers come out of a list."""

    def __init__(self, outcomes: Iterable[bool]) -> None:
        self.router = Router(Keymap())
        self.outcomes = list(outcomes)
        self.pending: list[Intent] = []
        self.scans: list[str] = []
        self.money: list[str] = []
        self.quick: list[int] = []
        self.refused: list[Refused] = []

    def take(self, intents: list[Intent]) -> None:
        for intent in intents:
            if intent.waits:
                self.pending.append(intent)
            self.note(intent)

    def note(self, intent: Intent) -> None:
        match intent:
            case Refused():
                self.refused.append(intent)
            case Act(command=Scan(code=code)):
                self.scans.append(code)
            case Act(command=Pay(amount=str(amount))) | Act(command=SellVoucher(value=amount)):
                self.money.append(amount)
            case PayQuick(number=number):
                self.quick.append(number)
            case Act(command=Redeem(code=code)) | LookUp(code=code):
                self.scans.append(code)

    def settle(self) -> None:
        while self.pending:
            intent = self.pending.pop(0)
            good = self.outcomes.pop() if self.outcomes else True
            if isinstance(intent, AskPayment):
                mode = Mode.TENDER if good else None
            else:
                mode = Mode.SALE if good else Mode.TENDER
            self.take(self.router.resolve(mode))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(action, suffix, st.booleans()), max_size=60),
    st.lists(st.booleans(), max_size=30),
)
def test_no_scan_is_lost_doubled_reordered_or_taken_for_money(
    actions: list[tuple[tuple[str, str], str, bool]], outcomes: list[bool]
) -> None:
    shop = Shop(outcomes)
    scanned: list[str] = []
    for (kind, value), ending, settle_now in actions:
        match kind:
            case "scan":
                scanned.append(value)
                shop.take(feed(shop.router, value + ending))
            case "quantity":
                shop.take(feed(shop.router, f"{value}*"))
            case "pay":
                shop.take(feed(shop.router, f"{value}+"))
            case "junk":
                shop.take(shop.router.feed("junk", value))
            case key:
                shop.take(feed(shop.router, key))
        if settle_now:
            shop.settle()
    shop.settle()
    assert all(len(amount.replace(".", "")) <= 7 for amount in shop.money)
    assert len(shop.money) <= sum(kind == "pay" for (kind, _value), _ending, _now in actions)
    assert sum(shop.quick) <= sum(kind == "*" for (kind, _value), _ending, _now in actions)
    whole = [code for code in shop.scans if code in set(scanned)]
    position = iter(scanned)
    assert all(code in position for code in whole), "a scan was doubled or overtook another"
    merged = [code for code in shop.scans if code not in set(scanned)]  # no such code: the session refuses it aloud
    assert len(whole) + len(merged) + len(shop.refused) >= len(scanned), "a scan was lost without a word"


@settings(max_examples=50, deadline=None)
@given(st.lists(scan, min_size=200, max_size=400), suffix)
def test_ten_thousands_of_keys_at_once_are_the_scans_in_order(scans: list[str], ending: str) -> None:
    till = router()
    assert feed(till, "".join(code + ending for code in scans)) == [Act(Scan(code)) for code in scans]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from([key for row in Keymap().rows() for key in row.keys if len(key) > 1]), st.none()),
            st.characters().map(lambda character: (character, character)),
            st.sampled_from(list("0123456789*x+-/,.%P")).map(lambda character: (character, character)),
            st.sampled_from([("enter", "\r"), ("resolve", None)]),
        ),
        max_size=200,
    )
)
def test_any_keys_at_all_leave_the_router_in_order(keys: list[tuple[str, str | None]]) -> None:
    till = router()
    for key, character in keys:
        intents = till.resolve(None) if key == "resolve" else till.feed(key, character)
        assert sum(intent.waits for intent in intents) <= 1
        assert till.waiting or not any(intent.waits for intent in intents)
        assert len(till.entry.text) <= MAX_ENTRY
        for intent in intents:
            if isinstance(intent, Act) and isinstance(intent.command, Pay) and intent.command.amount is not None:
                assert len(intent.command.amount.replace(".", "")) <= 7


# -- slips -----------------------------------------------------------------------------------------


def slip_of(kind: str) -> str:
    coupon = kind == "coupon"
    said = Statement(kind, VOUCHER_CODE, "2026-11-22T09:32:11.000Z", 0 if coupon else 2500, "" if coupon else "EUR")
    return written(said, lambda _: b"\xa5" * 200)


@pytest.mark.parametrize("spelt", [str, str.lower])
def test_a_vouchers_slip_is_looked_up_in_the_sale_and_redeemed_in_payment(spelt: Callable[[str], str]) -> None:
    slip = spelt(slip_of("multi_purpose"))
    assert len(slip) > 256
    assert feed(router(), f"{slip}\r") == [LookUp(slip)]
    assert feed(router(Mode.TENDER), f"{slip}\r") == [Settle(Redeem(code=slip))]
    assert feed(router(Mode.TENDER), f"<f6>{slip}\r") == [Settle(Redeem(code=slip))]


@pytest.mark.parametrize("mode", [Mode.SALE, Mode.TENDER])
def test_a_coupons_slip_takes_something_off_and_a_tokens_pays_wherever_they_are_scanned(mode: Mode) -> None:
    coupon, token = slip_of("coupon"), slip_of("token")
    assert feed(router(mode), f"{coupon}\r\n") == [Settle(TakeCoupon(code=coupon))]
    assert feed(router(mode), f"{token}\r") == [Settle(Redeem(code=token))]


def test_a_slip_is_no_number_of_pieces_and_a_damaged_one_is_told_by_whoever_looks_it_up() -> None:
    slip = slip_of("multi_purpose")
    assert feed(router(), f"3*{slip}\r") == [Refused("entry_open")]
    damaged = slip[:100] + slip[101:]
    assert feed(router(), f"{damaged}\r") == [LookUp(damaged)]
    assert feed(router(Mode.TENDER), f"{damaged}\r") == [Settle(Redeem(code=damaged))]
