"""Reports (Auswertungen): what the books say about a period, as a table.

* ``table.py``        what comes out: columns, rows with their sums, plain data that every output is made of
* ``definition.py``   what a report is: query, layout, form; ``checking.py`` what is wrong with one
* ``predefined.py``   those that every office has; ``own.py`` those in files; ``periods.py`` words like "last month"
* ``dimensions.py``   what reports are grouped and chosen by; ``measures.py`` what they count and sum up
* ``surroundings.py`` what is known beside the books: the day, the time zone, names, where tills belong
* ``sources/``        what is summed up, as Ibis expressions; ``tables.py`` the books' tables as Ibis sees them
* ``choosing.py``     what was chosen, as the books compare it; ``asking.py`` the one question to the books
* ``engines.py``      SQLite, PostgreSQL, DuckDB, read only; ``copies.py`` the Parquet files that DuckDB answers from
* ``figures.py``      answers put together; ``columns.py``, ``laying_out.py`` figures into rows
* ``running.py``      all of it, for one network or several; ``making.py`` by name, for whoever asks
"""
