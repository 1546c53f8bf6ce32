"""Word questionnaires: questions with their slots, answers put back.

Start in ``reader.py`` and ``writer.py``.
"""
