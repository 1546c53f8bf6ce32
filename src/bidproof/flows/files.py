"""Write a file whole or not at all."""

import os
import tempfile
from pathlib import Path

from bidproof.core.errors import WriteFailed


def write_text(path: Path, text: str) -> None:
    """Write text through a temporary file in the same folder, then rename.

    Raises:
        WriteFailed: Disk full, no permission, no such folder; what stood there still does.
    """
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise WriteFailed(
            f"cannot write {str(path)!r}: {error.strerror or error}",
            hint="free some space or name another place with -o, then run the same command again",
        ) from error
