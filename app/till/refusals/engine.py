"""Engine and disk."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "disk_full": mark("The disk is full: nothing was booked. Free some space and try again."),
    "books_failed": mark("The till's books cannot be written; open the till again or call for help."),
    "claim_expired": mark("The confirmation took too long and nothing was booked; try again."),
    "provisioning": mark("This till is still fetching data ({done} of {of}); then it can sell."),
    "recovering": mark("This till is still fetching its own past records; try again shortly."),
    "not_assigned": mark("This goes only to tills that the office assigns it to: do it there."),
    "cloned": mark("This till exists twice: nothing is booked until that is settled (status)."),
    "not_a_writer": mark("A node books nothing of its own; sell at a till."),
    "engine_gone": mark("The till's engine has ended; close the till and open it again."),
}
