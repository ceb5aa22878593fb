"""One file a version, named by it; ``app.books.migrations`` says what is in it.

Version 13 is the first that Alembic knows; books of before it are folded anew.
"""
