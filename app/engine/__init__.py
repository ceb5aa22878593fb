"""What runs without a screen.

* ``lock.py``        one process a home
* ``local.py``       the till's engine in this process: node, books' writer, spool behind one port
* ``spool.py``       the durable print queue (``print_jobs.py`` its values); ``printing.py`` pages as printers take them
* ``strips.py``      sales that are printed while they are rung; ``ringer.py`` what of a sale is printed next;
  ``head_ahead.py`` the head that hangs out of the printer before that
* ``statements.py``  what slips and digital receipts say, signed and examined with this home's keys
* ``documents.py``   documents once more by number, receipts as signed text
* ``customer_side.py`` what the customer sees, and ``gates.py`` for whom gates open, told by what is kept and journalled
* ``catching_up.py`` books that lack what they had get it again; ``late_books.py`` waits for those whose server is away
* ``vault.py``       the network's person keys in the home; ``forgetting.py`` erases those of the forgotten
* ``beginning.py``   where this hardware's numbers begin
* ``operations.py``  what a command may ask of a running till (status, import, ...); some are in ``members.py`` (what
  is done to the membership), ``carrying.py`` (the network in a folder), ``confirming.py`` (a restored till may write),
  ``settling.py`` (overdraws)
* ``practising.py``  the simulated machines of a till that practises, and what they can be told
* ``devices.py``     the devices beside the printer, by their stable names
* ``charging.py``    money by card: durable before the terminal hears of it, and until it is booked
* ``vouching.py``    who decides as a supervisor where no till session is: user and PIN, or badge
* ``frames.py``      length-prefixed MessagePack, bounded
* ``control.py``     the socket in the home that serves engine and operations
* ``remote.py``      the same port on the other side of that socket
* ``launch.py``      starts the engine as a process of its own; ``detached.py`` joins it;
  ``notify.py`` tells systemd how it is doing
"""
