"""The report of an answered questionnaire, as HTML and as JSON.

Start in ``page.py``.
"""
