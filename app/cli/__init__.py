"""The commands of ``tillmesh``, one file a group; each reads options, asks wiring for what it needs and prints.

* ``options.py``     what all commands share: common options, output, one-line failures
* ``lines.py``       lines of input as they come, for commands that run on
* ``ask.py``         an operation, carried out by the till that has the home open, or by us
* ``till.py``        no command: the screens; ``till_screens.py`` is imported while the engine starts
* ``serve.py``       the screens in a browser
* ``importing.py``   importing what a process that runs on is made of
* ``drive.py``       the till as JSON lines
* ``tills.py``       plans of tills, branches, groups, number pools; ``app/till_words.py`` says them
* ``master.py``      master data: list, set, history, undo, plan; ``app/master_words.py`` says them
* ``catalogues.py``  catalogues that go only to some tills
* ``office.py``      the centre's screens; ``office_books.py`` what commands share that ask the books themselves
* ``books.py``       where the books are and of which version; brings them to this one
* ``tenants.py``     further networks of one office
* ``accounting.py``  Z reports for the accountant; ``sales.py`` what was sold, for others;
  ``statement.py`` customers' accounts; ``orders.py`` a web shop's orders;
  ``jobs.py`` what the office does by itself
* ``engine.py``      ``node`` and the screens' ``engine``
* ``network.py``     found, release, slots, members, rename, replace, revoke, hand-over, sign-off; ``joining.py`` join
* ``progress.py``    how far long work is, told on a terminal
* ``carrier.py``     the network by folder or stick; ``observe.py`` a door for automerge-repo clients
* ``exporting.py``   everything for an outside auditor, and its check
* ``report.py``      reports; ``report_files.py`` one as a file; ``audit.py`` what does not look right
* ``backup.py``      backup, restore
* ``files.py``       import, export; ``mappings.py`` how other programs' files are laid out
* ``overdraws.py``   what was used beyond its value, and its settlement
* ``receipt.py``     documents as text, PDF and picture; is a receipt's text genuine?
* ``state.py``       status, log, verify, rebuild
* ``simulators.py``  devices to practise with
* ``practice.py``    the practice network
* ``simulate.py``    whole networks by seed
"""
