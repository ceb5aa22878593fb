"""A network put into a folder or a file for somebody outside, who checks all of it with nothing but the root's
certificate: no home, no key, no network.

The folder is a carrier's (``replication/net/carrier.py``), so a stick can be checked as well, with every member's own
folder on it: what two of them say of one feed must be the same.

* ``checking.py`` the check: manifests, files, documents, chains, every signature, members, roles, authorities
* ``trust.py``    the root that an auditor names
* ``found.py``    what it answers
* ``writing.py``  an export, written
* ``packing.py``  such a folder as one file and back, byte for byte
"""
