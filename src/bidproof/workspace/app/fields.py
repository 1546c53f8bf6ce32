"""A text column that takes any Python string."""

import json
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    # Subscripting works in the type stubs alone.
    _TextField = models.TextField

_ESCAPED = "\ufffe"
"""A code point that is no character: marks a value stored as its JSON form."""


def escape(value: str) -> str:
    """Give a string a form that every database stores.

    File names may hold undecodable bytes (lone surrogates), documents NUL
    characters; SQLite refuses the first, PostgreSQL both. Equal strings stay
    equal, so look-ups work on the escaped form.
    """
    if value.isascii() and "\x00" not in value:
        return value
    is_plain = "\x00" not in value and not value.startswith(_ESCAPED)
    if is_plain and not any("\ud800" <= character <= "\udfff" for character in value):
        return value
    return _ESCAPED + json.dumps(value)


def unescape(value: str) -> str:
    """Undo :func:`escape`."""
    return json.loads(value[1:]) if value.startswith(_ESCAPED) else value


class ExactTextField(_TextField):
    """Text of any length that comes back exactly as it went in."""

    def get_prep_value(self, value: Any) -> Any:
        """Escape on the way in, in rows and in look-ups alike."""
        prepared = super().get_prep_value(value)
        return escape(prepared) if isinstance(prepared, str) else prepared

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """Unescape on the way out."""
        return None if value is None else unescape(value)
