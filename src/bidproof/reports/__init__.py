"""Every page and file that a person reads: answers with their proof, runs with their figures.

It renders records and neither asks nor scores. Start in ``answers/page.py``.
"""
