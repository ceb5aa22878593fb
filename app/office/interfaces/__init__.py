"""What other programs are given, and what they give: accounting, merchandise systems, web shops, statements.

* ``booking.py``    a Z report as bookings between accounts, and whether it ties out; pure
* ``datev_batch.py``, ``datev_cash_book.py``  bookings as DATEV reads them; pure
* ``statement.py`` a customer's account of a period; pure
* ``sales_lines.py`` a receipt as a merchandise system takes it; pure
* ``deliveries.py`` each receipt in one numbered delivery and in no other; a second copy of them
* ``accounting.py`` the bookings of many Z reports out of the books, and the files
"""
