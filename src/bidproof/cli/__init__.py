"""The command line: click commands, one file a group; prints, never decides.

``main.py`` holds a table of commands and imports a command's file only when it
runs, so ``--help`` starts at once. A command builds one request record, calls
one flow and prints its report.
"""
