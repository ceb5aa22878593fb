"""What the office does by itself: a job is a command of ``tillmesh`` and when it is to run.

``office/jobs.toml`` of the home says which there are, ``office/jobs.sqlite`` how each run went.

* ``definition.py`` what a job is, when it is due, what its placeholders stand for; pure
* ``timing.py``     when a job is due next, by APScheduler's triggers
* ``book.py``       the definitions in their file: read strictly, changed without losing what a person wrote
* ``log.py``        every run: when, how it ended, what it said
* ``running.py``    one run: the command as a process of its own, never two at a time in a home
* ``clock.py``      the scheduler: what is due runs, what was missed runs once, what failed is tried again
* ``beside.py``     the scheduler as a process beside a centre's node or screens
* ``failing.py``    which did not end well, for the live view
* ``listed.py``     the jobs with their next and last runs, for lists
"""
