"""The one registry: function -> keys, number, texts and the modes it works in. A new function is a row here.

Router, footer and help read this table and no other, so a function cannot exist without
its key, its number and its help. ``keys.py`` puts a till's own bindings over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from app.text import mark


class Mode(StrEnum):
    """What the entry line is for. The prompt names it; the router alone changes it."""

    SALE = "sale"
    TENDER = "tender"
    REDEEM = "redeem"
    """A voucher's code to pay with."""
    CONFIRM = "confirm"
    QUESTION = "question"
    """Not every till confirmed a claim (``dialogue.py``)."""
    HELP = "help"
    TASK = "task"
    """A step of a task (``tasks/``): a list, a form, something to read."""


class Function(StrEnum):
    """What a key can be for; the names are those of the configuration."""

    HELP = "help"
    SEARCH = "search"
    VOID = "void"
    PRICE = "price"
    PARK = "park"
    VOUCHER = "voucher"
    CUSTOMER = "customer"
    CASH = "cash"
    CARD = "card"
    MORE = "more"
    RETURN = "return"
    LOCK = "lock"
    VOID_SALE = "void_sale"
    DISCOUNT = "discount"
    RECEIPT_DISCOUNT = "receipt_discount"
    DRAWER = "drawer"
    X_REPORT = "x_report"
    Z_REPORT = "z_report"
    TRAINING = "training"
    COUPON = "coupon"
    EAT_IN = "eat_in"
    TAKE_AWAY = "take_away"
    NETWORK = "network"
    RELEASE = "release"
    QUIT = "quit"
    QUICK = "quick"
    SUBTOTAL = "subtotal"
    MULTIPLY = "multiply"
    BY_NUMBER = "by_number"
    ENTER = "enter"
    ERASE = "erase"
    CLEAR = "clear"
    PAGE_UP = "page_up"
    PAGE_DOWN = "page_down"
    UP = "up"
    DOWN = "down"
    LOGIN = "login"
    APPROVE = "approve"
    PAGES = "pages"
    PARKED = "parked"
    COUPONS = "coupons"
    CORRECT = "correct"
    TARE = "tare"
    SPLIT = "split"
    CUSTOMERS = "customers"
    VOUCHERS = "vouchers"
    ORDERS = "orders"
    DELIVERY_NOTE = "delivery_note"
    INVOICE = "invoice"
    COST_CENTRE = "cost_centre"
    RETURNS = "returns"
    CASH_MOVEMENTS = "cash_movements"
    COUNT = "count"
    DIGITAL = "digital"
    REPORTS = "reports"
    TENDERS = "tenders"
    USERS = "users"
    SETTINGS = "settings"
    DEVICES = "devices"
    GATE = "gate"
    KEYBOARD = "keyboard"
    LANGUAGE = "language"
    THEME = "theme"
    ACTION_2 = "action_2"
    ACTION_3 = "action_3"
    ACTION_4 = "action_4"
    ACTION_5 = "action_5"
    ACTION_6 = "action_6"
    ACTION_7 = "action_7"
    ACTION_8 = "action_8"
    ACTION_9 = "action_9"


ALL_MODES = frozenset(Mode)
SELLING = frozenset({Mode.SALE})
AT_WORK = frozenset({Mode.SALE, Mode.TENDER})
CODES = frozenset({Mode.REDEEM})
IN_TASK = frozenset({Mode.TASK})


class KeyFunction(msgspec.Struct, frozen=True):
    """One row of the registry. ``label`` fits the footer (8 characters), ``help`` one line of the help."""

    function: Function
    keys: tuple[str, ...]
    label: str
    help: str
    modes: frozenset[Mode]
    number: int | None = None


REGISTRY: tuple[KeyFunction, ...] = (
    KeyFunction(Function.HELP, ("f1",), mark("Help"), mark("This help"), ALL_MODES, 1),
    KeyFunction(
        Function.SEARCH,
        ("f2",),
        mark("Search"),
        mark("Search articles by any part of them or by price; 3* and a price before it"),
        SELLING,
        2,
    ),
    KeyFunction(
        Function.VOID,
        ("f3", "-"),
        mark("Void"),
        mark("Void the last line; 4- voids line 4; in payment: take the last payment back"),
        AT_WORK,
        3,
    ),
    KeyFunction(
        Function.PRICE,
        ("f4",),
        mark("Price"),
        mark("199 F4: the next article costs 1.99; F4: price or discount of a line"),
        SELLING,
        4,
    ),
    KeyFunction(
        Function.PARK,
        ("f5",),
        mark("Park"),
        mark("Park the sale, with a name before it; no sale: take one up; 12 F5: number 12"),
        AT_WORK,
        5,
    ),
    KeyFunction(
        Function.VOUCHER,
        ("f6",),
        mark("Vouch."),
        mark("F6: sell, look up, ...; 5000 F6: sell one of 50.00; in payment: pay with one"),
        AT_WORK | CODES,
        6,
    ),
    KeyFunction(
        Function.CUSTOMER,
        ("f7",),
        mark("Cust."),
        mark("F7: search a customer; 1000 F7: the sale is customer 1000's; 0 F7: nobody's any more"),
        AT_WORK,
        7,
    ),
    KeyFunction(
        Function.CASH, ("f8",), mark("CASH"), mark("To payment; in payment: exact, or 2000 F8: 20.00"), AT_WORK, 8
    ),
    KeyFunction(
        Function.CARD, ("f9",), mark("Card"), mark("To payment; in payment: all by card, or 2000 F9: 20.00"), AT_WORK, 9
    ),
    KeyFunction(
        Function.MORE,
        ("f10",),
        mark("More"),
        mark("Every function that works now; in payment all ways to pay first"),
        AT_WORK,
        10,
    ),
    KeyFunction(
        Function.RETURN,
        ("f11",),
        mark("Return"),
        mark("F11: with receipt; article, then F11: without one; 3* and a price before it"),
        SELLING,
        11,
    ),
    KeyFunction(
        Function.LOCK, ("f12",), mark("Lock"), mark("Lock the till until somebody logs in; the sale waits"), AT_WORK, 12
    ),
    KeyFunction(Function.VOID_SALE, (), mark("Void all"), mark("Void the whole sale (asks first)"), AT_WORK, 13),
    KeyFunction(
        Function.DISCOUNT,
        ("%",),
        mark("Discount"),
        mark("5% or 5/ Enter: 5 % off the last line; 0% takes it back"),
        SELLING,
        14,
    ),
    KeyFunction(
        Function.RECEIPT_DISCOUNT,
        (),
        mark("Disc.all"),
        mark("5/15 Enter: 5 % off the whole receipt; 0/15 takes it back"),
        SELLING,
        15,
    ),
    KeyFunction(Function.DRAWER, (), mark("Drawer"), mark("Open the drawer without a sale"), SELLING, 16),
    KeyFunction(Function.X_REPORT, (), mark("X report"), mark("The day's figures so far"), SELLING, 17),
    KeyFunction(Function.Z_REPORT, (), mark("Day end"), mark("Day end without a count (asks first)"), SELLING, 18),
    KeyFunction(Function.TRAINING, (), mark("Training"), mark("Training on or off, between two sales"), SELLING, 19),
    KeyFunction(
        Function.COUPON,
        (),
        mark("Coupon"),
        mark("The coupon's code, then /20 Enter; without a code: choose"),
        SELLING,
        20,
    ),
    KeyFunction(Function.EAT_IN, (), mark("Eat in"), mark("The sale is eaten in the house"), SELLING, 21),
    KeyFunction(Function.TAKE_AWAY, (), mark("Away"), mark("The sale is taken away"), SELLING, 22),
    KeyFunction(
        Function.PAGES,
        (),
        mark("Pages"),
        mark("Pages of the assortment: articles by number; 2/23 Enter: page 2"),
        SELLING,
        23,
    ),
    KeyFunction(Function.APPROVE, (), mark("Approve"), mark("A supervisor approves the next thing"), AT_WORK, 50),
    KeyFunction(Function.LANGUAGE, (), mark("Language"), mark("Deutsch or English"), SELLING, 63),
    KeyFunction(Function.THEME, (), mark("Colours"), mark("Dark, light, high contrast"), SELLING, 64),
    KeyFunction(Function.LOGIN, (), mark("Log in"), mark("Log in, if nobody has"), AT_WORK, 52),
    KeyFunction(Function.PARKED, (), mark("Parked"), mark("Parked receipts of all tills"), SELLING, 30),
    KeyFunction(
        Function.CASH_MOVEMENTS, (), mark("Cashbook"), mark("Float, cash in, cash out, to the safe"), SELLING, 40
    ),
    KeyFunction(Function.COUNT, (), mark("Count"), mark("Count the cash by denomination"), SELLING, 41),
    KeyFunction(
        Function.DIGITAL,
        (),
        mark("QR slip"),
        mark("The last receipt, or another, as a QR code for a customer who wants no paper"),
        SELLING,
        43,
    ),
    KeyFunction(
        Function.CORRECT,
        (),
        mark("Adjust"),
        mark("Another price or a discount, with the reason; 4/24: line 4; without: choose it"),
        SELLING,
        24,
    ),
    KeyFunction(
        Function.TARE,
        (),
        mark("Tare"),
        mark("120/25 Enter: 120 g of packing; without: choose; 0/25: none"),
        SELLING,
        25,
    ),
    KeyFunction(
        Function.VOUCHERS, (), mark("Vouch.+"), mark("Vouchers: sell, look up, reload, block, replace"), AT_WORK, 31
    ),
    KeyFunction(Function.COUPONS, (), mark("Coupons"), mark("Coupons: look up, take, campaigns, issue"), AT_WORK, 39),
    KeyFunction(
        Function.QUICK,
        ("*",),
        mark("Amounts"),
        mark("In payment: * Enter, ** Enter, ...: the amounts at the right are given in cash"),
        frozenset({Mode.TENDER}),
    ),
    KeyFunction(
        Function.TENDERS,
        (),
        mark("Tenders"),
        mark("In payment F10 too: all tenders, foreign cash, tips, take payments back"),
        AT_WORK,
        37,
    ),
    KeyFunction(Function.SPLIT, (), mark("Split"), mark("Park some lines of the sale"), SELLING, 29),
    KeyFunction(Function.RETURNS, (), mark("Returns"), mark("Return with receipt; void a receipt"), SELLING, 36),
    KeyFunction(Function.KEYBOARD, (), mark("Keyboard"), mark("Keyboard test: what arrives of each key"), SELLING, 62),
    KeyFunction(Function.SETTINGS, (), mark("Settings"), mark("Settings of this till"), SELLING, 60),
    KeyFunction(Function.DEVICES, (), mark("Devices"), mark("Devices, their state, a test of each"), AT_WORK, 61),
    KeyFunction(Function.GATE, (), mark("Gate"), mark("Open a gate without a ticket; why, before it"), SELLING, 28),
    KeyFunction(Function.USERS, (), mark("Users"), mark("Users, PINs and badges"), SELLING, 51),
    KeyFunction(Function.REPORTS, (), mark("Reports"), mark("X and Z reports, earlier ones too"), SELLING, 42),
    KeyFunction(Function.ORDERS, (), mark("Orders"), mark("Orders and deposits"), AT_WORK, 32),
    KeyFunction(Function.DELIVERY_NOTE, (), mark("Del.note"), mark("Delivery notes: issue, collect, pay"), AT_WORK, 33),
    KeyFunction(
        Function.INVOICE,
        (),
        mark("Invoice"),
        mark("The sale gets an invoice; without a sale: look at one"),
        AT_WORK,
        34,
    ),
    KeyFunction(Function.COST_CENTRE, (), mark("CostCtr."), mark("The sale is booked to a cost centre"), AT_WORK, 35),
    KeyFunction(
        Function.CUSTOMERS,
        (),
        mark("Cust.all"),
        mark("Customers: search, choose, new, account, credit, purse"),
        AT_WORK,
        38,
    ),
    KeyFunction(
        Function.NETWORK,
        ("ctrl+n",),
        mark("Network"),
        mark("Members, peers, what is still to be sent, the sync protocol, overdraws"),
        AT_WORK,
        90,
    ),
    KeyFunction(Function.RELEASE, (), mark("Let in"), mark("Release tills: the code by which they join"), SELLING, 91),
    KeyFunction(
        Function.QUIT, ("ctrl+x",), mark("Quit"), mark("Close the till (asks first; an open sale is kept)"), AT_WORK, 99
    ),
    KeyFunction(
        Function.SUBTOTAL,
        ("+",),
        mark("Total"),
        mark("Subtotal, then payment; in payment: exact, or 2000+: 20.00"),
        AT_WORK,
    ),
    KeyFunction(
        Function.MULTIPLY,
        ("*", "x"),
        mark("Qty"),
        mark("3* before an article: three of it; 3* Enter: the last again, 3 times"),
        SELLING,
    ),
    KeyFunction(
        Function.BY_NUMBER, ("/",), mark("Fn."), mark("/13 Enter: function 13; 5000/6 Enter: 5000 F6"), ALL_MODES
    ),
    KeyFunction(
        Function.ENTER,
        ("enter", "ctrl+j"),
        mark("Enter"),
        mark("Take the entry; empty in payment: exact cash"),
        ALL_MODES,
    ),
    KeyFunction(
        Function.ERASE,
        ("backspace", "ctrl+h"),
        mark("Erase"),
        mark("Erase the last character; empty: one step back"),
        ALL_MODES,
    ),
    KeyFunction(
        Function.CLEAR, ("escape", "delete"), mark("Clear"), mark("Clear the entry; empty: one step back"), ALL_MODES
    ),
    KeyFunction(Function.PAGE_UP, ("pageup",), mark("Earlier"), mark("Earlier lines"), ALL_MODES),
    KeyFunction(Function.PAGE_DOWN, ("pagedown",), mark("Later"), mark("Later lines"), ALL_MODES),
    KeyFunction(
        Function.UP, ("up", "shift+tab"), mark("Up"), mark("In lists and forms one up; else earlier lines"), ALL_MODES
    ),
    KeyFunction(
        Function.DOWN, ("down", "tab"), mark("Down"), mark("In lists and forms one down; else later lines"), ALL_MODES
    ),
    *(
        KeyFunction(
            Function(f"action_{slot}"),
            (f"f{slot}",),
            mark("Action"),
            mark("In lists and forms: what the lowest line says"),
            IN_TASK,
            slot,
        )
        for slot in range(2, 10)
    ),
)

TASKS = frozenset(
    {
        Function.APPROVE,
        Function.LANGUAGE,
        Function.LOCK,
        Function.LOGIN,
        Function.THEME,
        Function.PARKED,
        Function.CASH_MOVEMENTS,
        Function.COUNT,
        Function.DIGITAL,
        Function.RETURNS,
        Function.SPLIT,
        Function.X_REPORT,
        Function.REPORTS,
        Function.CUSTOMERS,
        Function.MORE,
        Function.NETWORK,
        Function.RELEASE,
        Function.TENDERS,
        Function.USERS,
        Function.ORDERS,
        Function.DELIVERY_NOTE,
        Function.INVOICE,
        Function.COST_CENTRE,
        Function.SEARCH,
        Function.PAGES,
        Function.VOUCHERS,
        Function.COUPONS,
        Function.CORRECT,
        Function.TARE,
        Function.DEVICES,
        Function.GATE,
        Function.SETTINGS,
        Function.KEYBOARD,
    }
)
"""Functions that begin a task (``tasks/every.py``)."""

ANSWERS: Mapping[Mode, str] = {
    Mode.REDEEM: mark("Redeem"),
    Mode.CONFIRM: mark("Yes"),
    Mode.QUESTION: mark("Go on"),
}
"""Modes in which something is asked, and what Enter does there."""

FOOTER = (
    Function.HELP,
    Function.SEARCH,
    Function.VOID,
    Function.PRICE,
    Function.PARK,
    Function.VOUCHER,
    Function.CUSTOMER,
    Function.CASH,
    Function.CARD,
    Function.MORE,
    Function.SUBTOTAL,
    Function.BY_NUMBER,
)
"""What the footer shows, in the same order everywhere."""
