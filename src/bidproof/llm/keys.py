"""Which key goes to which address."""

from collections.abc import Callable
from typing import TypeAlias

from bidproof.core.addresses import host_of

DEFAULT_BASE_URL = "https://api.openai.com/v1"
"""Where a model lives whose address nobody named."""

Keys: TypeAlias = Callable[[str], str | None]
"""Gives the key for an address, or None where it has none; raises where nothing may be sent there."""


def as_keys(api_key: Keys | str | None, *, base_url: str) -> Keys:
    """Who gives out keys: as said, or a single key for the host of ``base_url`` alone."""
    if callable(api_key):
        return api_key
    host = host_of(base_url or DEFAULT_BASE_URL)
    return lambda address: api_key if host_of(address) == host else None
