"""What a cashier does besides ringing up: search, customers, orders, counting, settings. One subject a file.

A *task* is an async function of a ``Desk``: it shows one step after the other and gets the answers back; Esc answers
None. It knows neither keys nor Textual, so a task reads like what happens at the till.

How tasks are made:

* ``every.py``    function of the registry -> task; a new task is a file, a line there and its row in the registry
* ``showing.py``  show a step and wait for its answer, tell; the setup assistant does no more
* ``desk.py``     what a task may do besides: carry out a command, ask, look
* ``steps.py``    pure: what all steps have in common; ``Sheet`` (something to read), ``Question``, ``Working``
* ``choosing.py`` pure: ``Choose``: one of many, by number, arrows or a live search
* ``form.py``     pure: ``Form``: several things typed one after the other
* ``fields.py``   pure: one field: what may be typed, and what it means
* ``pieces.py``   pure: notes and coins counted; ``keys_of_page.py`` a page of articles with their numbers

The tasks:

* ``more.py``       every function that works now, found by a word
* ``articles.py``, ``pages.py``  articles by a search, and by the pages of the assortment
* ``correcting.py``, ``returns.py``, ``parked.py``  another price or discount; what comes back; what waits
* ``customers.py``, ``accounts.py``  customers, and what they owe; ``known_customers.py`` is their search
* ``orders.py``, ``receivables.py``, ``invoices.py``  orders and deposits; delivery notes and open items; invoices
* ``cost_centres.py``, ``tenders.py``  who bears the sale; all ways to pay
* ``vouchers.py``, ``coupons.py``  sell, look up, issue
* ``tare.py``       the packing of the next weighing
* ``cash.py``, ``counting.py``, ``reports.py``  the drawer, its count, X and Z reports (``figures.py``: as sheets)
* ``digital.py``    a receipt as a QR code
* ``login.py``, ``users.py``  who stands at the till; who may
* ``card_payments.py``  card payments of which a person has to say what became of them
* ``network.py``    members, peers, what is pending, the sync protocol, overdraws
* ``releasing.py``  numbers released to new tills, and the code that lets them in
* ``settings.py``, ``reference.py``, ``appearance.py``, ``devices.py``, ``keyboard.py``  the till itself;
  ``device_tests.py`` tries a device out, ``practising.py`` tells a simulated one what to do, ``gates.py`` opens one

Steps hold no key and lose none: the router feeds them what was typed, in order, and holds back later keys until the
next step is there. A barcode that arrives where none belongs is refused and never ends up in a field.
"""
