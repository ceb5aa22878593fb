"""From one version of the books to the next, with Alembic.

* ``running.py``   brings books that are open to the version of this program, in the transaction that opens them
* ``versions/``    one file a version: ``v0014`` brings version 13 to 14

Whoever changes tables or folds adds one to ``SCHEMA_VERSION`` and writes the file of that version, with

    revision, down_revision = "14", "13"
    FOLD_ANEW = False

    def upgrade() -> None:
        op.add_column("receipts", sa.Column("shift", sa.Text(), nullable=False, server_default=""))

``FOLD_ANEW`` is for what rows alone do not tell (a fold reads more of a fact than before): then the books are emptied
first, and folded anew from the feeds. There is no way back: older programs refuse newer books, and an older copy of
them can be folded on.

Then ``python -m tests.app.books.freezing`` keeps books of the new version: the tests bring frozen books of every
version to this one, and look at what is in them.
"""
