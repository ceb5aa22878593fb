"""What the centre and commands do beside selling.

* ``files.py``      which files can be imported and exported: the one list
* ``rows.py``       rows out of CSV files, each a value or a fault
* ``importing.py``  articles, prices and VAT rates out of rows; ``article_files.py`` between files and the books
* ``customers.py``, ``users.py``, ``vouchers.py``, ``orders.py``  the other CSV files
* ``settings.py``   reference data out of JSON and back; ``master_files.py`` users and settings between files and books
* ``desk.py``       what operations ask of books and store: files, sync log, checks
"""
