"""What is given back for goods that come back: never more, and in the end exactly, what was paid for them.

A line that was sold for ``gross`` with its discounts comes back in any number of steps. Whoever brings back
``quantity`` of it when ``before`` has come back already, for ``given`` in all, gets

    round_half_up(gross × (before + quantity) / sold) − given

that is, what should have been given back by now, less what has been. So cents that one step
rounds away the next one makes up for, and the step that brings back the last piece gives
exactly what is left, whatever happened in between (returns given up, returns at other tills)::

    3 pieces for 1.00:    0.33 + 0.34 + 0.33
    2 pieces for 0.01:    0.01 + 0.00
"""

from __future__ import annotations

from app.domain.money import divide_half_up


def value_of_return(gross_minor: int, sold_milli: int, before_milli: int, given_minor: int, quantity_milli: int) -> int:
    """Money for so much of a line, of which ``before_milli`` came back for ``given_minor``; at least zero.

    >>> value_of_return(100, 3000, 0, 0, 1000), value_of_return(100, 3000, 1000, 33, 1000)
    (33, 34)
    """
    if quantity_milli <= 0 or before_milli + quantity_milli > sold_milli:
        raise ValueError("only what was sold and has not come back can come back")
    due_by_now = divide_half_up(gross_minor * (before_milli + quantity_milli), sold_milli)
    return max(0, due_by_now - given_minor)
