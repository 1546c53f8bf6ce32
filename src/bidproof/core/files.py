"""Put an output file in place whole or not at all."""

import os
import tempfile
from pathlib import Path

from bidproof.core.errors import WriteFailed


def write_whole(out: Path, content: bytes) -> None:
    """Write a file beside its target, flush it to disk, then rename it over the target.

    Raises:
        WriteFailed: Disk full, read-only or no such folder; whatever stood at
            the target still does, and nothing half-written is left behind.
    """
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name[:60]}.", suffix=".part")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(_mode_for(out))
        temporary.replace(out)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise WriteFailed(
            f"cannot write {str(out)!r}: {error.strerror or error}; nothing was written",
            hint="free some space or choose another place with --out, and close the file in other programs",
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all.

    Raises:
        WriteFailed: See :func:`write_whole`.
    """
    write_whole(path, text.encode("utf-8"))


def _mode_for(out: Path) -> int:
    """The permissions that a newly made file gets here, or those of the file that is replaced."""
    if out.exists():
        return out.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def check_unchanged(path: Path, *, content_hash: str, digest: str) -> None:
    """Refuse to write into a file that is no longer the one that was read.

    Raises:
        WriteFailed: The file changed since.
    """
    if digest != content_hash:
        raise WriteFailed(
            f"cannot write answers into {path.name!r}: it changed since it was read",
            hint="read it again, so that answers meet the cells they belong to",
        )
