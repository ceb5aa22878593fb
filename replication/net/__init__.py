"""The shells around sockets; nothing here decides anything.

* ``tls.py``        contexts: members to members, and newcomers with a bootstrap certificate
* ``outbox.py``     what waits to be sent on one link, bounded
* ``websocket.py``  links: accept, dial, send, close; certificates become ``Connected``
* ``discovery.py``  mDNS: who of this network is on the LAN
"""
