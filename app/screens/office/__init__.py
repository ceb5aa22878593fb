"""The centre's screens: a menu of tasks, each an async function of an ``OfficeDesk``; no sale and no session.

* ``services.py``  what wiring gives them
* ``desk.py``      what a task may do beside showing steps: ask the engine, look into the books, work off the loop
* ``menu.py``      every task, its right and its place: the one list
* ``log.py``       who was here, and what was done
* ``login.py``     who sits there; ``live.py`` the event as it happens
* ``master/``       master data, their past, taken back and planned
* ``reports/``       reports: asked, shown, saved as files, made
* ``tills/``        tills, their plans, branches, groups, number pools, catalogues
* ``files/``        files of other programs in and out, mappings
* ``tenants.py``   going over to another network
* ``jobs.py``      what the office does by itself; ``backups.py`` a backup by a key
* ``handing_over.py`` accounting, sales, statements; ``attempts.py`` what may be refused, off the loop
* ``audit.py``     what does not look right, its evidence, and the documents behind that; ``auditor.py``
  everything for an outside auditor
* ``shop_orders.py`` a web shop's orders, in and out
* ``carrying.py``  the network by stick or folder
* ``members.py``   who belongs to the network, how far known
* ``app.py``       the app: keys to the router, steps on the screen
"""
