"""Say what a model file is before a server is asked to load it."""

import hashlib
from pathlib import Path

from bidproof.core.errors import InvalidSetting

_MAGIC = b"GGUF"
_LEAST_BYTES = 1024
_SAMPLE_BYTES = 4 * 1024 * 1024


def identify_gguf(path: Path) -> str:
    """Name a GGUF file by its content.

    Returns:
        The file's stem and a digest of its size, first and last 4 MiB: enough to
        tell models and quantisations apart without reading gigabytes.

    Raises:
        InvalidSetting: The file is missing, unreadable, or no GGUF file.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_SAMPLE_BYTES)
            file.seek(max(0, size - _SAMPLE_BYTES))
            tail = file.read(_SAMPLE_BYTES)
    except FileNotFoundError as error:
        raise InvalidSetting(
            f"no model file at {str(path)!r}: found nothing, expected a GGUF file",
            hint="set model.model to local:/path/to/model.gguf",
        ) from error
    except OSError as error:
        raise InvalidSetting(
            f"cannot read the model file {str(path)!r}: {error.strerror}",
            hint="check the path and its permissions",
        ) from error
    if head[:4] != _MAGIC or size < _LEAST_BYTES:
        raise InvalidSetting(
            f"cannot use the model file {str(path)!r}: found {head[:4]!r} and {size} bytes, "
            "expected a GGUF file",
            hint="download the file again, or convert the model to GGUF",
        )
    state = hashlib.sha256(str(size).encode())
    state.update(head)
    state.update(tail)
    return f"{path.stem}-{state.hexdigest()[:12]}"
