"""Every task: which function of the registry begins it."""

from __future__ import annotations

from collections.abc import Mapping

from app.screens.functions import Function
from app.screens.tasks.appearance import colours, language
from app.screens.tasks.articles import search
from app.screens.tasks.cash import cash
from app.screens.tasks.correcting import correct
from app.screens.tasks.cost_centres import cost_centre
from app.screens.tasks.counting import count
from app.screens.tasks.coupons import coupons
from app.screens.tasks.customers import customers
from app.screens.tasks.desk import Task
from app.screens.tasks.devices import devices
from app.screens.tasks.digital import digital
from app.screens.tasks.gates import gate
from app.screens.tasks.invoices import invoice
from app.screens.tasks.keyboard import keyboard
from app.screens.tasks.login import approve, lock, login
from app.screens.tasks.more import more
from app.screens.tasks.network import network
from app.screens.tasks.orders import orders
from app.screens.tasks.pages import pages
from app.screens.tasks.parked import parked, split
from app.screens.tasks.receivables import delivery_notes
from app.screens.tasks.releasing import release
from app.screens.tasks.reports import reports, x_report
from app.screens.tasks.returns import returns
from app.screens.tasks.settings import settings
from app.screens.tasks.tare import tare
from app.screens.tasks.tenders import tenders
from app.screens.tasks.users import users
from app.screens.tasks.vouchers import vouchers

EVERY: Mapping[Function, Task] = {
    Function.LANGUAGE: language,
    Function.THEME: colours,
    Function.LOGIN: login,
    Function.LOCK: lock,
    Function.APPROVE: approve,
    Function.PARKED: parked,
    Function.CASH_MOVEMENTS: cash,
    Function.COUNT: count,
    Function.DIGITAL: digital,
    Function.RETURNS: returns,
    Function.SPLIT: split,
    Function.X_REPORT: x_report,
    Function.REPORTS: reports,
    Function.CUSTOMERS: customers,
    Function.MORE: more,
    Function.NETWORK: network,
    Function.RELEASE: release,
    Function.TENDERS: tenders,
    Function.USERS: users,
    Function.ORDERS: orders,
    Function.DELIVERY_NOTE: delivery_notes,
    Function.INVOICE: invoice,
    Function.COST_CENTRE: cost_centre,
    Function.SEARCH: search,
    Function.PAGES: pages,
    Function.VOUCHERS: vouchers,
    Function.COUPONS: coupons,
    Function.CORRECT: correct,
    Function.TARE: tare,
    Function.DEVICES: devices,
    Function.GATE: gate,
    Function.SETTINGS: settings,
    Function.KEYBOARD: keyboard,
}
