"""What the centre and commands do beside selling.

* ``importing.py``  articles out of CSV files
* ``desk.py``       what operations ask of books and store: export, sync log, checks
"""
