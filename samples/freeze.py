"""Office packages without the moment they were made, so that two builds are byte for byte the same."""

import re
import zipfile
from datetime import date
from pathlib import Path

_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def freeze(path: Path, *, written: date) -> None:
    """Rewrite a zip package with one date on every part and in its properties."""
    stamp = f"{written.isoformat()}T09:00:00Z".encode()
    with zipfile.ZipFile(path) as package:
        parts = [(item.filename, package.read(item)) for item in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            if name == "docProps/core.xml":
                content = _DATES.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            item = zipfile.ZipInfo(name, date_time=(written.year, written.month, written.day, 9, 0, 0))
            item.compress_type = zipfile.ZIP_DEFLATED
            item.external_attr = 0o600 << 16
            package.writestr(item, content)
