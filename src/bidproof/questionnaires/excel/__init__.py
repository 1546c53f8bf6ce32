"""Excel questionnaires: grids read, cells patched inside the original package.

Start in ``reader.py`` and ``writer.py``.
"""
