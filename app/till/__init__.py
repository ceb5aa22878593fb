"""What the cashier does.

* ``commands.py``, ``handlers.py``  what a cashier or program can ask for, and which generator carries it out
* ``effects.py``, ``steps.py``      what the session asks of the world, the events that answer, and asking as a call
* ``session.py``   the whole till as a pure machine: ``handle(now, event) -> effects``
* ``counter.py``   the open sale and the steps that commands share; ``keeping.py`` writes and reads it
* ``standing.py``  what holds for every command: rights, audit, approval; ``rehearsing.py`` training
* ``refusals/``    every refusal: its code and the sentence a cashier understands
* ``typed.py``     typed text into amounts, quantities and codes, or a refusal
* one file per subject: ``selling``, ``paying``, ``redeeming``, ``returning``, ``voiding``, ``parking`` …
* ``holding.py``   using something up that may be used only once or up to a balance
* ``completing.py``, ``contributions.py``  a settled sale into its receipt and the facts that go with it
* ``views.py``     what a screen needs to draw the open sale
* ``ports.py``     the engine and the books as the runner needs them
* ``runner.py``    carries effects out, one command at a time
* ``queries/``     commands that only look
* ``drive.py``     JSON lines on the runner (reference: docs/drive.md)
"""
