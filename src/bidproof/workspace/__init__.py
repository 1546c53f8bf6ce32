"""The folder that holds one tenant's state, and the only room that writes SQL.

Owns ``bidproof.db`` (documents, jobs, drafts, the journal of paid calls, the
answer library, facts), its migrations, and the lock that keeps two writers
apart. Django's ORM does the work and stays inside this room: what leaves it are
frozen records (``rows.py``, ``core.records``) and errors of ``core.errors``.

It must not know what a prompt, a passage index or a questionnaire format is,
and it never shares anything between two folders.

Start reading at ``store.py``, then ``database.py`` (one thread owns the
connection) and ``calls.py`` (intent before a call, outcome after).
"""
