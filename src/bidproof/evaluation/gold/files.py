"""Gold sets as plain files: one case a line, JSON, in the words of ``GoldCase``."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

from bidproof.core.errors import UnreadableFile
from bidproof.core.files import make_folder, write_whole
from bidproof.core.jsonable import from_json, parse_json, to_json
from bidproof.core.next_steps import Action, NextStep
from bidproof.evaluation.records import GoldCase, GoldSet

CASES_NAME = "cases.jsonl"
_SPLITS = ("", "train", "dev", "test")


def read_gold(path: Path) -> GoldSet:
    """Read a gold set from a folder that holds ``cases.jsonl``, or from such a file.

    Returns:
        The set, named after the folder, or after the file without its ending.

    Raises:
        UnreadableFile: No such file, or a line is no case (``gold-broken``); the
            message names the line.
    """
    is_folder = path.is_dir()
    file = path / CASES_NAME if is_folder else path
    name = path.name if is_folder or file.name != CASES_NAME else path.parent.name
    return GoldSet(name=name if is_folder else Path(name).stem, cases=tuple(_cases(file)))


def write_gold(gold: GoldSet, path: Path) -> None:
    """Write a gold set whole or not at all; ``read_gold`` gives it back.

    Args:
        gold: The set; its name is not written, the place tells it.
        path: A ``.jsonl`` file, or a folder, made where it is missing.

    Raises:
        WriteFailed: Disk full, no permission.
    """
    file = path if path.suffix == ".jsonl" else path / CASES_NAME
    make_folder(file.parent)
    write_whole(file, case_lines(gold.cases).encode("utf-8"))


def case_lines(cases: Sequence[GoldCase]) -> str:
    """Cases as JSON lines."""
    return "".join(json.dumps(to_json(case), ensure_ascii=False) + "\n" for case in cases)


def _cases(file: Path) -> Iterator[GoldCase]:
    try:
        lines = file.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"cannot read the gold set {str(file)!r}: {error}",
            hint=NextStep("look at the list of sets", Action.LIST_GOLD),
        ) from error
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        case = _case(line, file=file, number=number)
        if case.id in seen:
            raise _broken(file, number, f"the id {case.id!r} a second time")
        seen.add(case.id)
        yield case


def _case(line: str, *, file: Path, number: int) -> GoldCase:
    try:
        value: object = parse_json(line)
        if not isinstance(value, dict):
            raise TypeError(f"{type(value).__name__}, not an object")
        record = cast("dict[str, object]", value)
        case = from_json(GoldCase, record)
        texts = (case.id, case.question)
        if not all(isinstance(text, str) and text.strip() for text in cast("tuple[object, ...]", texts)):
            raise ValueError("a case without id or question")
        if case.split not in _SPLITS:
            raise ValueError(f"the split {case.split!r}")
    except (ValueError, TypeError, AttributeError) as error:
        raise _broken(file, number, str(error)) from error
    return case


def _broken(file: Path, number: int, found: str) -> UnreadableFile:
    return UnreadableFile(
        f"cannot read the gold set {str(file)!r}: line {number}: found {found}, expected one case",
        hint=NextStep("correct that line, or import the cases anew", Action.IMPORT_GOLD),
        code="gold-broken",
    )
