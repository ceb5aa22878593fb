"""The parts of the sale screen, each a plain widget that draws lines itself and repaints only what changed.

* ``painting.py``  cells: text cut and padded to columns
* ``lines.py``     the receipt's lines, paged by halves
* ``totals.py``    sum, due, change in large digits
* ``status.py``    till, receipt, cashier, network, clock
* ``message.py``   what just happened; errors stay
* ``entry.py``     what is being typed, and what for
* ``footer.py``    the function keys
* ``paper.py``     the receipt as printed
* ``customer_display.py`` what the customer sees, beside it on a wide terminal
* ``canvas.py``    the body of a task
* ``training.py``  that nothing counts, as long as it is so
* ``digits.py``    large digits out of reversed blanks, which every terminal can show
"""
