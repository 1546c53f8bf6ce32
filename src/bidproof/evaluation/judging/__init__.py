"""Judges: models and code that say whether an answer holds, and how far they are to be believed.

Start in ``judges.py``; ``calibration.py`` holds a judge against people.
"""
