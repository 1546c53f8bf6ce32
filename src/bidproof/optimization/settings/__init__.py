"""Searches for better settings: space, sampling, halving, stages shared between candidates.

Start in ``search.py``. It measures programs and never promotes one.
"""
