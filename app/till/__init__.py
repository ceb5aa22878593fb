"""What the cashier does.

* ``commands.py``  what a cashier or program can ask for
* ``effects.py``   what the session asks of the world, and the events that answer
* ``views.py``     what a screen needs to draw the open sale
* ``refusals.py``  every refusal: its code and the sentence a cashier understands
* ``typed.py``     typed text into amounts, quantities and codes, or a refusal
* ``session.py``   the whole till as a pure machine: ``handle(now, event) -> effects``
* ``counter.py``   the open sale and the steps that commands share
* ``selling.py``, ``paying.py``, ``redeeming.py``  the commands themselves
* ``completing.py`` a settled sale into its receipt and the facts that go with it
* ``ports.py``     the engine and the books as the runner needs them
* ``runner.py``    carries effects out, one command at a time
* ``queries.py``   commands that only look
* ``drive.py``     JSON lines on the runner (reference: docs/drive.md)
"""
