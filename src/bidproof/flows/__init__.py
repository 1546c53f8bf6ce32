"""Use cases: what a user asks Bidproof to do, from files in to files out.

Composes the rooms below and holds no rule of theirs. Nothing here prints: a
flow takes a request record and a progress callback and returns a report
record. ``session.py`` is the composition root: the one place that reads the
environment and opens a workspace. Start reading at ``answer.py``.
"""
