"""What runs without a screen.

* ``lock.py``        one process a home
* ``local.py``       the till's engine in this process: node, books' writer, spool behind one port
* ``spool.py``       the durable print queue; ``printing.py`` pages as printers take them
* ``vault.py``       the network's person keys in the home; ``forgetting.py`` erases those of the forgotten
* ``beginning.py``   where this hardware's numbers begin
* ``operations.py``  what a command may ask of a running till (status, import, ...); some are in ``members.py`` (what
  is done to the membership), ``carrying.py`` (the network in a folder), ``confirming.py`` (a restored till may write)
* ``frames.py``      length-prefixed JSON, bounded
* ``control.py``     the socket in the home that serves engine and operations
* ``remote.py``      the same port on the other side of that socket
* ``detached.py``    starts the engine as a process of its own; ``notify.py`` tells systemd how it is doing
"""
