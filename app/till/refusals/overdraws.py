"""Overdraws and their settlement."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "no_overdraw": mark("{resource} is not overdrawn; overdraws lists what is."),
    "overdraw_settled": mark("What {resource} was overdrawn by is settled already."),
    "overdraw_held": mark("An open sale holds {resource}; settle it when that is finished."),
    "overdraw_amount": mark("Only {amount} of {resource} can be settled."),
    "overdraw_how": mark("{text} is no way to settle an overdraw; use {known}."),
    "overdraw_count": mark("{text} is no whole number from 1 to {limit}."),
    "overdraw_busy": mark("Another till is using or settling {resource}; try again in a moment."),
    "overdraw_unconfirmed": mark("The other tills could not be asked about {resource}; try again."),
}
