"""Coupons: take one, look one up, see the campaigns, and issue coupons of one."""

from __future__ import annotations

from typing import Any

from app.books.questions.reference import AskReference
from app.domain.coupon import Campaign, fault_of
from app.domain.money import format_minor
from app.domain.vat import format_rate
from app.screens import wording
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import local, mark
from app.till.commands import IssueCoupons, TakeCoupon
from app.till.queries.coupons import AskCoupon

TAKE, ISSUE = "take", "issue"

STATES = {
    "open": mark("good"),
    "held": mark("held by an open sale"),
    "used": mark("used up"),
    "overdrawn": mark("used more than once"),
    "not_yet": mark("not valid yet"),
    "expired": mark("expired"),
    "ended": mark("its campaign is over"),
}


async def coupons(desk: Desk, given: Given) -> None:
    """The campaigns; a code looks a coupon up, F2 takes it, F4 issues coupons of the marked campaign."""
    if given.text:
        await _look_up(desk, given.text)
        return
    while True:
        known = await desk.look(AskReference(), fresh=True)
        picked = await desk.choose(_choice(desk, list(known.all(Campaign).values())))
        if picked is None:
            return
        if picked.value is None:
            if picked.name == TAKE:
                if await _take(desk, picked.text):
                    return
            elif await _look_up(desk, picked.text):
                return
        elif picked.name == ISSUE:
            await _issue(desk, picked.value)
        elif picked.name == TAKE:
            if await _take(desk, picked.value.code):
                return
        else:
            await _show(desk, picked.value)


def _choice(desk: Desk, campaigns: list[Campaign]) -> Choose:
    day = desk.services.clock().date().isoformat()
    return Choose(
        _("Coupons and their campaigns"),
        (
            Column(_("Campaign"), 0),
            Column(_("Code"), 12),
            Column(_("Gives"), 14),
            Column(_("Until"), 10),
            Column(_("Now"), 8),
        ),
        [Choice(_cells(campaign, desk.view.currency, day), campaign) for campaign in campaigns],
        prompt=_("Number, or scan or type the coupon's code"),
        actions=(Action(2, TAKE, _("Take")), Action(4, ISSUE, _("Issue"))),
        empty=_("There is no campaign; a coupon's code can be typed."),
        coded=True,
    )


def _cells(campaign: Campaign, currency: str, day: str) -> tuple[str, ...]:
    fault = fault_of(campaign, day, "", "")
    now = {"campaign_ended": _("over"), "coupon_not_yet_valid": _("not yet")}.get(fault, _("on"))
    code = campaign.code or _("single use")
    return campaign.name, code, _gives(campaign, currency), wording.date(campaign.valid_until), now


def _gives(campaign: Campaign, currency: str) -> str:
    match campaign.gives:
        case "percent":
            return f"{local(format_rate(campaign.percent_bp))} %"
        case "amount":
            return f"{wording.money(campaign.amount_minor, currency)} {currency}"
    return _("an article")


async def _show(desk: Desk, campaign: Campaign) -> None:
    """One campaign's conditions."""
    currency = desk.view.currency
    rows = [
        (_("Gives"), _gives(campaign, currency)),
        (_("Code"), campaign.code or _("single use")),
        (_("Valid from"), wording.date(campaign.valid_from)),
        (_("Valid until"), wording.date(campaign.valid_until)),
        (_("From"), _money(campaign.minimum_minor, currency)),
        (_("Articles"), ", ".join((*campaign.articles, *campaign.article_groups))),
        (_("Customers"), ", ".join((*campaign.customers, *campaign.customer_groups))),
        (_("Issued from"), _money(campaign.issue_from_minor, currency)),
        (_("With others"), _("yes") if campaign.stackable else _("no")),
    ]
    text = "\n".join(f"{label:16} {value}" for label, value in rows if value)
    actions = () if campaign.code else (Action(4, ISSUE, _("Issue")),)
    if await desk.read(Sheet(campaign.name, f"{text}\n\n{campaign.terms}".rstrip(), actions)) == ISSUE:
        await _issue(desk, campaign)


def _money(minor: int, currency: str) -> str:
    return f"{local(format_minor(minor, currency))} {currency}" if minor else ""


async def _issue(desk: Desk, campaign: Campaign) -> None:
    title = _("Issue coupons of {name}").format(name=campaign.name)
    field = Field("count", _("How many"), Kind.COUNT, value="1", required=True)
    filled = await desk.fill(Form(title, [field], finish=_("Issue")))
    if filled is None:
        return
    done = await desk.do(IssueCoupons(campaign.campaign_id, filled["count"]))
    if done is not None:
        codes = done.fields["codes"]
        first = wording.voucher_code(str(codes[0]))
        desk.tell(_("{count} coupons are printed: {first} ...").format(count=len(codes), first=first))


async def _look_up(desk: Desk, code: str) -> bool:
    """Show a coupon; True if it is on the sale now."""
    fields = await desk.ask(AskCoupon(code))
    if fields is None:
        return False
    title = _("Coupon {code}: {state}").format(code=wording.voucher_code(fields["code"]), state=_state(fields))
    if await desk.read(Sheet(title, _text(fields), (Action(2, TAKE, _("Take")),))) == TAKE:
        return await _take(desk, code)
    return False


def _state(fields: dict[str, Any]) -> str:
    return _(STATES[fields["state"]])


def _text(fields: dict[str, Any]) -> str:
    till = _("till {no}").format(no=fields["till_no"]) if fields["till_no"] else ""
    rows = [
        (_("Campaign"), fields["name"] or fields["campaign"]),
        (_("State"), _state(fields)),
        (_("Use"), _("as often as you like") if fields["reusable"] else _("once")),
        (_("Valid from"), wording.date(fields["valid_from"] or "")),
        (_("Valid until"), wording.date(fields["valid_until"] or "")),
        (_("Customer"), fields["customer"] or ""),
        (_("Issued"), ", ".join(part for part in (till, fields["receipt_no"]) if part)),
    ]
    return "\n".join(f"{label:16} {value}" for label, value in rows if value)


async def _take(desk: Desk, code: str) -> bool:
    if not code:
        desk.refuse("coupon_by_code")
        return False
    done = await desk.do(TakeCoupon(code))
    if done is None:
        return False
    off, total = (local(str(done.fields[name])) for name in ("discount", "total"))
    desk.tell(_("{name}: {off} off, total {total}").format(name=done.fields["name"], off=off, total=total))
    return True
