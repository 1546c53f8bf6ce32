"""The version of what parsing and splitting make of a file."""

PARSER_VERSION = "9"
"""Raise it when readers or passages change: stored documents are then read again."""
