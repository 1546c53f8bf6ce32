"""Closed sets of words that people choose from and that several rooms read."""

from typing import Literal

EvidenceMode = Literal["auto", "none", "sheet", "column"]
"""Where citations go. ``auto``: the file's own evidence or comment column, else an added sheet."""
