"""The pages of every HTML report: one template engine, one stylesheet, one place that escapes and cleans."""

import base64
import hashlib
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_ASSETS = Path(__file__).parent / "assets"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def render_page(template: str, *, script: str = "", now: datetime | None = None, **values: object) -> str:
    """One page as HTML text, complete in itself.

    A value that the template names and nobody gives is an error. Text that is put in
    is inert: escaped, without control or direction-override characters. The page's own
    policy lets no other script run than the one named.

    Args:
        template: A file among the assets.
        script: Another one, put in; empty for a page without a script.
        now: The time stated in the page; None means the present.
        values: What the template shows.
    """
    code = _asset(script) if script else ""
    return (
        _engine()
        .get_template(template)
        .render(
            styles=Markup(_asset("style.css")),  # noqa: S704 - our own file
            script=Markup(code),  # noqa: S704 - our own file
            script_hash=_hash(code),
            now=(now or datetime.now(UTC)).strftime("%d %B %Y, %H:%M UTC").lstrip("0"),
            **values,
        )
    )


@cache
def _engine() -> Environment:
    return Environment(
        loader=FileSystemLoader(_ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_plain,
    )


@cache
def _asset(name: str) -> str:
    return (_ASSETS / name).read_text("utf-8")


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def _plain(value: object) -> object:
    """Drop control and direction-override characters from every text that is put in."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _CONTROLS.sub("", value)
    return value
