"""What the centre and commands do beside selling.

* ``files.py``      which files can be imported and exported: the one list
* ``rows.py``       rows out of CSV files, each a value or a fault; ``mapping`` rows out of all other files
* ``importing.py``  articles, prices and VAT rates out of rows; ``article_files.py`` between files and the books
* ``customers.py``, ``users.py``, ``vouchers.py``, ``orders.py``, ``overdraws.py``  the other CSV files;
  ``order_sync.py`` a web shop's orders: placed, changed, cancelled; ``order_rest.py`` what of them is still to be done
* ``settings.py``   reference data out of JSON and back; ``master_files.py`` users and settings between files and books
* ``reports/``     reports: queries over the books, and what they come out as
* ``master/``      master data: listed, edited, taken back, planned; ``history/`` what they were
* ``catalogues/``  travelling catalogues, and which data go to which till
* ``tills/``       branches, groups, plans of tills, number blocks; how each till is
* ``places.py``     where a home's books are: its file, or a database
* ``backups.py``    a folder of backups; ``generations.py`` which of them stay
* ``whole_file.py`` files that are there whole or not at all
* ``jobs/``         what the office does by itself, and when
* ``interfaces/``  what other programs are given: accounting, merchandise systems, statements
* ``bulk/``         many facts as one deed, such as an import
* ``exchange/``     files taken over and written, with what would change
* ``desk.py``       what operations ask of books and store: files, sync log, checks
* ``tenants.py``    several networks in one office, and where their books are
* ``people.py``     who works in the office, and its log; ``live.py`` the event as it happens
* ``audit/``         what does not look right, with cause and evidence
* ``every.py``      every operation of the office, the one list, and what each needs; ``parts.py`` what they are made of
* ``rights.py``     what an operation may need, and who may write what; ``door.py`` asks it, whoever comes in, and logs
* ``outputs/``      reports as files: text, CSV, JSON, XLSX, PDF, Parquet, with charts
"""
