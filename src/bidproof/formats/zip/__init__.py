"""Zip archives: checked before they are opened, parts replaced without touching the others.

Start in ``checks.py``.
"""
