"""What commands print: tables, bars, drafts, one file a subject; ``basics.py`` is shared by all.

It shows what flows report and decides nothing.
"""
