"""The till's screens in a browser: ``tillmesh serve``.

A tab gets what a terminal gets. The screens run on a pseudo-terminal, with the driver and the router that they have
everywhere, and the bytes of that terminal go to and from the tab. Textual-serve has the client in the tab (xterm.js);
its own way into an app, Textual's web driver, is left aside: it is a second path for keys and for crashes, and none of
the dangers that ``app/screens/driver.py`` mends is mended on it.

* ``program.py`` the screens on a pseudo-terminal
* ``door.py``    pure: which pages may speak to this server
* ``tab.py``     pure: what a tab sends
* ``server.py``  one tab at a time
* ``page/``      the page: nothing in it comes from elsewhere
"""
