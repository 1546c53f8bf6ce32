"""Words, sentences, numbers, dates, polarity: what prose says, by rules and data files per language.

It knows texts alone, no documents and no questions. Start in ``words.py``.
"""
