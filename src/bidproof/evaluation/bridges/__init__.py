"""Bridges: other libraries' own metrics on the same run, by the same judge model.

They keep their prompts and formulas; the calls go through our gateway, so the
endpoint, the journal, the budget and the limits are the same, and nothing else is
reached. The libraries are slow to import: only :func:`open.open_bridge` does.
"""
