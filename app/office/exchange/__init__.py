"""Files taken over and written: what would change, then only if it still does.

* ``mappings.py``   the mappings of a home
* ``preparing.py``  a file to rows, in the process of whoever asks
* ``exporting.py``  what the books hold to a file, in the process of whoever asks
* ``packing.py``    rows on their way through the control socket
* ``known.py``      how what is known looks in a file's columns, kind by kind
* ``changes.py``    facts against the books: new, changed, unchanged
* ``every.py``      the operations
"""
