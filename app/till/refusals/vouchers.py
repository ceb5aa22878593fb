"""Vouchers and tokens."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "mistyped_voucher": mark("{code} is no voucher code: a character is wrong or missing."),
    "unknown_voucher": mark("No till knows the voucher {code}."),
    "voucher_used_up": mark("The voucher {code} is used up; its balance is {balance}."),
    "voucher_expired": mark("The voucher {code} was valid until {expires}."),
    "voucher_balance": mark("The voucher {code} holds {balance}, which is less than {amount}."),
    "voucher_busy": mark("Another till is using the voucher {code}; try again in a moment."),
    "voucher_unconfirmed": mark("Not every till could confirm {code}; try again when they are there."),
    "voucher_other_currency": mark("The voucher {code} is in {currency}; this till cannot take it."),
    "voucher_other_goods": mark("The single-purpose voucher {code} pays for none of these goods."),
    "voucher_on_sale": mark("{code} is being sold on this very receipt; finish the sale first."),
    "unknown_voucher_kind": mark("There is no kind of voucher called {kind}; use multi_purpose or single_purpose."),
    "vat_key_needed": mark("A single-purpose voucher needs a VAT key."),
    "unknown_vat_key": mark("VAT key {vat_key} has no rate on {day}."),
    "bad_date": mark("{text} is no date; write it like 2026-12-31."),
    "date_passed": mark("{text} has already passed."),
    "nothing_due": mark("Nothing is due."),
    "voucher_blocked": mark("The voucher {code} is blocked."),
    "date_too_far": mark("{text} is too far ahead; check the year."),
    "reload_multi_purpose": mark("Only a multi-purpose voucher can be reloadable."),
    "voucher_not_reloadable": mark("The voucher {code} cannot be reloaded; sell a new one."),
    "voucher_needs_code": mark("To pay with a voucher or token, scan or type its code."),
    "token_needs_price": mark("{name} has no fixed price, so there are no tokens for it."),
    "token_count": mark("The number of tokens must be 1 to {limit}."),
    "token_whole": mark("A token pays for one piece; leave the amount out."),
    "reason_needed": mark("Say why; a reason is needed here."),
    "reason_too_long": mark("The reason is too long; use at most {limit} characters."),
}
