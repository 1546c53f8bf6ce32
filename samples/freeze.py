"""Office packages without the moment they were made, so that two builds are byte for byte the same."""

import re
import zipfile
from pathlib import Path

_STAMP = b"2026-04-20T09:00:00Z"
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def freeze(path: Path) -> None:
    """Rewrite a zip package with one fixed date on every part and in its properties."""
    with zipfile.ZipFile(path) as package:
        parts = [(item.filename, package.read(item)) for item in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            if name == "docProps/core.xml":
                content = _DATES.sub(rb"\g<1>" + _STAMP + rb"\g<2>", content)
            item = zipfile.ZipInfo(name, date_time=(2026, 4, 20, 9, 0, 0))
            item.compress_type = zipfile.ZIP_DEFLATED
            item.external_attr = 0o600 << 16
            package.writestr(item, content)
