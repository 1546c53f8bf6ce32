"""The Django app ``workspace``: table definitions and their migrations."""
