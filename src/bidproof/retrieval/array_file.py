"""Named arrays in one file: written once, then mapped, so that a reader pays for what it touches.

The file is a length (8 bytes, little-endian), that many bytes of JSON (name, type, shape and place of
each array), and the arrays as they lie in memory, each at a multiple of 64 bytes.
"""

import hashlib
import json
import math
import mmap
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bidproof.core.errors import WriteFailed
from bidproof.core.files import usual_mode
from bidproof.core.next_steps import NextStep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_ALIGNED = 64
_MAX_HEAD = 1 << 20


def write_arrays(path: Path, arrays: "Mapping[str, Array | Sequence[Array]]") -> str:
    """Write arrays to a new file and flush it to disk.

    Args:
        path: A name that nothing reads yet.
        arrays: Each whole, or as parts to be laid one after another (along the first axis),
            which are then never in memory together.

    Returns:
        SHA-256 of the file.

    Raises:
        WriteFailed: Disk full or read-only; nothing half-written is left behind.
    """
    parts = {name: _parts(array) for name, array in arrays.items()}
    head, places = _head(parts)
    state = hashlib.sha256()
    try:
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            with os.fdopen(os.open(path, flags, usual_mode(path.parent)), "wb") as stream:
                at = _put(stream, state, head)
                for name, own in parts.items():
                    at += _put(stream, state, bytes(places[name] - at))
                    for part in own:
                        at += _put(stream, state, _flat(part))
                stream.flush()
                os.fsync(stream.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise WriteFailed(
            f"cannot write {str(path)!r}: {error.strerror or error}; nothing was written",
            hint=NextStep("free some space, or correct the folder's permissions"),
        ) from error
    return state.hexdigest()


def map_arrays(path: Path) -> "dict[str, Array]":
    """Map a file of arrays; nothing is read until it is touched, and nothing can be written.

    Raises:
        OSError: The file is missing.
        ValueError: It is cut short or damaged.
    """
    import numpy as np

    with path.open("rb") as stream:
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    length = int.from_bytes(mapped[:8], "little")
    if not 0 < length <= _MAX_HEAD:
        raise ValueError(f"{path.name} has no head")
    found: dict[str, Array] = {}
    for name, (kind, shape, place) in json.loads(mapped[8 : 8 + length]).items():
        count = math.prod(shape)
        if count:
            found[name] = np.frombuffer(mapped, dtype=kind, count=count, offset=place).reshape(shape)
        else:
            found[name] = np.zeros(shape, dtype=kind)
    return found


def _parts(array: "Array | Sequence[Array]") -> "list[Array]":
    import numpy as np

    if isinstance(array, np.ndarray):
        return [array]
    kind = np.result_type(*array)  # texts of several widths meet in the widest
    return [part.astype(kind, copy=False) for part in array]


def _head(parts: "Mapping[str, Sequence[Array]]") -> tuple[bytes, dict[str, int]]:
    """The head, padded to its final length, and where each array begins."""
    shapes = {
        name: (own[0].dtype.str, [sum(len(part) for part in own), *own[0].shape[1:]], _size(own))
        for name, own in parts.items()
    }
    room = 256 + sum(len(name) + 80 for name in shapes)
    places: dict[str, int] = {}
    at = _aligned(8 + room)
    for name, (_, _, size) in shapes.items():
        places[name] = at
        at = _aligned(at + size)
    said = {name: (kind, shape, places[name]) for name, (kind, shape, _) in shapes.items()}
    head = json.dumps(said).encode().ljust(room)
    return len(head).to_bytes(8, "little") + head, places


def _size(parts: "Sequence[Array]") -> int:
    return sum(part.nbytes for part in parts)


def _aligned(at: int) -> int:
    return -(-at // _ALIGNED) * _ALIGNED


def _flat(array: "Array") -> memoryview:
    """An array as bytes, without a copy where it lies in one piece."""
    import numpy as np

    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def _put(stream: Any, state: Any, content: bytes | memoryview) -> int:
    state.update(content)
    stream.write(content)
    return len(content)
