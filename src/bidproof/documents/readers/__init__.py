"""One file for each kind of document; each turns bytes into a ``Reading``.

Owns every third-party parser. Readers are found through
``documents.protocol.open_reader`` and run inside the guarded child only.
"""
