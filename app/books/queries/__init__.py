"""Answers to the questions of ``app.books.questions``, one file per subject under the same name.

Each is a function from a connection and a question to a view. ``every.py`` is the list; a file's own list is its
``ANSWERS``. What the books have no question for (turnover, all articles, …) the reader asks directly.
"""
