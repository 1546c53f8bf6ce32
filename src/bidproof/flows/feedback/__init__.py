"""Learn from files that came back reviewed.

Start in ``importing.py``.
"""
