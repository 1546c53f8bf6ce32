"""Put all files of a run in place together, and never over what a person changed."""

import hashlib
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bidproof.core.errors import WriteFailed
from bidproof.core.files import make_folder, writing
from bidproof.questionnaires.protocol import WriteReport
from bidproof.workspace.outputs import OutputTable

_NUMBER = re.compile(r"-\d+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where the files of a run stand.

    Attributes:
        out: The answered file as asked for; numbered where others stand in the way.
        written: What the writer reports, with the files at their final places.
        left_alone: Files in the way: changed since they were written, or somebody else's.
    """

    out: Path
    written: WriteReport
    left_alone: tuple[Path, ...]


def place_outputs(
    out: Path, write: Callable[[Path], WriteReport], *, outputs: OutputTable, original: Path
) -> Placed:
    """Write a set of files beside each other: all of them or none.

    The names are those of ``out``, or, where a file of that name is not as this
    workspace wrote it, ``NAME-2`` and so on: the latest numbered set, unless that was
    changed, too. Each content is noted before it is put in place, so that what a kill
    leaves half-placed is known, and completed by the next run. Runs into one folder
    wait for each other.

    Args:
        out: The answered file.
        write: Writes all files beside the path that it is given, their names starting
            with that path's stem; called once more where a file got in the way meanwhile.
        outputs: What this workspace wrote.
        original: The buyer's file, which is never written to.

    Raises:
        WriteFailed: Disk full, no permission; whatever stood there still does.
    """
    room = _Room(out=out.absolute(), outputs=outputs, original=original)
    staging = room.out.with_name(f".{room.out.stem[:60]}.unfinished")
    with writing(room.out.parent):
        try:
            placed = _place(room, write, staging=staging)
            return replace(placed, out=out.with_name(placed.out.name))
        except WriteFailed as error:
            message = error.message.replace(str(staging), str(out.parent))
            raise WriteFailed(message, hint=error.hint, code=error.code) from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _place(room: "_Room", write: Callable[[Path], WriteReport], *, staging: Path) -> Placed:
    number = room.first_number()
    while True:
        path = numbered(room.out, number)
        shutil.rmtree(staging, ignore_errors=True)
        make_folder(staging)
        report = write(staging / path.name)
        # The answered file last: it never stands there without its companions.
        files = sorted(staging.iterdir(), key=lambda file: (file.name == path.name, file))
        targets = {file: path.with_name(file.name) for file in files}
        if all(map(room.is_free, targets.values())):
            break
        number += 1
    room.outputs.record({target: _sha256(file) for file, target in targets.items()})
    for file, target in targets.items():
        if target.exists():
            file.chmod(target.stat().st_mode & 0o777)
        file.replace(target)
    files = tuple(path.with_name(file.name) for file in report.files)
    return Placed(
        out=path,
        written=replace(report, files=files),
        left_alone=room.taken(number, [file.name.removeprefix(path.stem) for file in targets]),
    )


def numbered(path: Path, number: int) -> Path:
    """``NAME-2.xlsx`` for ``NAME.xlsx`` and 2; the path itself for 1."""
    return path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")


def unnumbered(path: Path) -> Path:
    """``NAME.xlsx`` for ``NAME-2.xlsx``."""
    return path.with_name(_NUMBER.sub("", path.stem) + path.suffix)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """The places that a run may take."""

    out: Path
    outputs: OutputTable
    original: Path

    def is_free(self, path: Path) -> bool:
        """Whether nothing stands there, or what this workspace wrote."""
        if not path.exists() and not path.is_symlink():
            return True
        if not path.is_file() or (self.original.exists() and path.samefile(self.original)):
            return False
        return self.outputs.is_ours(path, sha256=_sha256(path))

    def first_number(self) -> int:
        """1 where its files are free; else the last number that files stand at, or 2."""
        if all(map(self.is_free, self._main(1))):
            return 1
        number = 2
        while any(path.exists() for path in self._main(number + 1)):
            number += 1
        return number

    def taken(self, number: int, ends: Sequence[str]) -> tuple[Path, ...]:
        """What stands in the way of the numbers before; ``ends`` follow the stem in the names of a set."""
        lower = [numbered(self.out, n) for n in range(1, number)]
        names = [path.with_name(path.stem + end) for path in lower for end in ends]
        return tuple(name for name in names if not self.is_free(name))

    def _main(self, number: int) -> tuple[Path, ...]:
        path = numbered(self.out, number)
        return (path, path.with_suffix(".json"), path.with_suffix(".html"))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
