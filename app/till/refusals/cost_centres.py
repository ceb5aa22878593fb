"""Cost centres."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "unknown_cost_centre": mark("There is no cost centre {no}; check the number."),
    "cost_centre_closed": mark("The cost centre {no} is closed; choose another."),
    "cost_centre_needed": mark("Say first which cost centre bears this sale."),
    "cost_centre_pays": mark("The cost centre has paid already; take that payment back first."),
    "bad_cost_centre": mark("Numbers, profit centre and company have {limit} characters at most."),
    "bad_guests": mark("{text} is no number of guests; 1 to {limit}."),
}
