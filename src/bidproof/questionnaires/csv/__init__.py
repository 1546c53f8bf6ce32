"""CSV questionnaires.

Start in ``reader.py`` and ``writer.py``.
"""
