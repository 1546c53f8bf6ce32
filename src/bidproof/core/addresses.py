"""Addresses of endpoints: which host one means, and how one may be shown."""

from urllib.parse import urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443}


def host_of(address: str) -> str:
    """Scheme, host and port: what a key is given for; empty where the address names no host.

    ``https://api.example.org/v1`` and ``HTTPS://api.example.org:443`` are one.
    """
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.scheme}://{host}:{port}" if host and port else ""


def without_secrets(address: str) -> str:
    """The address without user, password and query, to show and to store."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
