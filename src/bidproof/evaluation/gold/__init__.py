"""Gold sets: bring in, check, split, propose and keep cases with known answers.

Start in ``store.py``.
"""
