"""Users, rights, training."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "login_needed": mark("Please log in first: user and PIN, or badge."),
    "login_refused": mark("This user and this PIN do not belong together."),
    "login_locked": mark("Too many wrong PINs; try again in {seconds} seconds."),
    "badge_unknown": mark("Nobody has this badge; log in with user and PIN."),
    "no_users": mark("There are no users yet, so nobody needs to log in."),
    "user_expired": mark("{user} could work here until {day}; the office can change that."),
    "pin_unset": mark("{user} has no PIN yet; set one first."),
    "first_pin_own": mark("Log out first: the first PIN of {user} is set by {user} alone."),
    "bad_pin": mark("A PIN has 4 to 12 digits, a password 8 to 64 characters."),
    "unknown_user": mark("There is no user {user}."),
    "user_id_bad": mark("{user} is no user: 1 to 40 letters, digits and . _ @ - are."),
    "user_name_bad": mark("A user's name has 1 to 60 characters that can be printed."),
    "unknown_role": mark("There is no role {text}; known are {known}."),
    "unknown_right": mark("There is no right called {text}."),
    "badge_bad": mark("A badge's number has at most 64 characters."),
    "badge_taken": mark("{user} has this badge already."),
    "nobody_manages_users": mark("Somebody must be left who may manage users: make a supervisor first."),
    "cannot_approve": mark("{user} may not approve anything."),
    "right_missing": mark("Not allowed here: {right}. A supervisor can approve it."),
    "discount_limit": mark("Discounts above {limit} % need a supervisor's approval."),
    "not_in_training": mark("This is not possible in training; end the training first."),
    "sale_open": mark("Finish or void the open sale first."),
}

RIGHTS: dict[str, str] = {
    "sell": mark("selling"),
    "price_change": mark("changing prices"),
    "discount": mark("giving discounts"),
    "void_line": mark("voiding lines"),
    "void_receipt": mark("voiding receipts"),
    "void_sale": mark("voiding the sale"),
    "return": mark("taking goods back"),
    "return_without_receipt": mark("returns without receipt"),
    "open_drawer": mark("opening the drawer"),
    "cash_movement": mark("moving cash"),
    "x_report": mark("X reports"),
    "z_report": mark("the day end"),
    "voucher_manage": mark("managing vouchers"),
    "voucher_refund": mark("paying out vouchers"),
    "customers": mark("managing customers"),
    "credit": mark("customers' credit"),
    "training": mark("training"),
    "settings": mark("settings"),
    "users": mark("managing users"),
    "override_limit": mark("going beyond a limit"),
    "override_coverage": mark("use without confirmation"),
    "settle_overdraw": mark("settling overdraws"),
    "open_gate": mark("opening gates"),
    "office_live": mark("the office's live view"),
    "office_tills": mark("the office's tills"),
    "office_master": mark("the office's master data"),
    "office_reports": mark("the office's reports"),
    "office_audit": mark("the office's audit"),
    "office_jobs": mark("the office's jobs"),
    "office_tenants": mark("the office's other networks"),
}
"""What each right is called in a sentence."""
