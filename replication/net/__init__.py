"""The shells around sockets and sticks; nothing here decides who belongs or what is true.

* ``addresses.py``  ``HOST:PORT`` as people write it, and the sockets that belong to it
* ``tls.py``        contexts: members to members, and newcomers with a bootstrap certificate
* ``doorkeeper.py`` who may try a handshake: guessing is limited
* ``websocket.py``  links: accept, dial, send, close; certificates become ``Connected``
* ``outbox.py``     what waits to be sent on one link, bounded; ``deflate.py`` compresses large messages
* ``discovery.py``  mDNS: who of this network is on the LAN
* ``observer.py``   a read-only door for automerge-repo clients on this machine
* ``carrier.py``    the network in a folder: ``carrier_files.py`` what lies there, ``carrier_folder.py`` opened so that
  nothing leads out of it, ``carrier_write.py`` and ``carrier_read.py`` the two ways
"""
