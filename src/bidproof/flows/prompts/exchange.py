"""Programs out of the store and into it: a folder to edit, a DSPy state, a chat template."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from bidproof.core.errors import UnreadableFile, UserError, WriteFailed
from bidproof.core.files import make_folder, read_given, write_text, write_whole
from bidproof.core.jsonable import json_text
from bidproof.flows.prompts.change import (
    NewReport,
    find_start,
    new_program,
    read_json,
    store_of,
    store_program,
)
from bidproof.flows.requests.programs import NewRequest
from bidproof.prompts.program import FORMAT
from bidproof.prompts.versions import PROGRAM_FILE, version_files

ExportFormat = Literal["folder", "dspy", "chat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What was written where."""

    digest: str
    format: ExportFormat
    path: Path


def export_program(name: str, *, out: Path, layout: ExportFormat, workspace: Path | None) -> ExportReport:
    """Write a version to a folder, or to a JSON file for other tools.

    Raises:
        UserError: No such version, or one that asks no model (``program-engine``).
        WriteFailed: There is something at that place, or it cannot be written.
    """
    version = store_of(workspace).read(name)
    if layout == "folder":
        _write_folder(out, version_files(version))
        return ExportReport(digest=version.digest, format=layout, path=out)
    if version.program.engine:
        raise UserError(
            f"cannot export {version.digest!r} as {layout}: found the engine {version.program.engine!r}, "
            "which has no prompts",
            hint="export it as a folder",
            code="program-engine",
        )
    if layout == "dspy":
        from bidproof.answering.dspy_state import dump_dspy as dump
    else:
        from bidproof.answering.chat_template import dump_chat as dump
    if out.exists():
        raise _taken(out)
    write_text(out, json_text(dump(version.program)))
    return ExportReport(digest=version.digest, format=layout, path=out)


def import_program(
    path: Path, *, message: str, start: str = "", author: str = "", workspace: Path | None
) -> NewReport:
    """Make a version of a folder, a DSPy state or a chat template; which it is is told by its content.

    Args:
        path: The folder or JSON file.
        message: Why.
        start: The program that gives what the file does not hold, as for ``NewRequest``.
        author: By whom.
        workspace: As everywhere.

    Raises:
        UserError: It is none of these, or does not fit this code (``import-refused``).
    """
    if (path / PROGRAM_FILE).is_file():
        request = NewRequest(message=message, start=str(path), author=author)
        return new_program(request, workspace=workspace)
    content = read_json(path)
    begin = find_start(start, workspace=workspace)
    if begin.program.engine:
        begin = find_start("packaged", workspace=workspace)
    if _is_chat(content):
        from bidproof.answering.chat_template import load_chat as load
    else:
        from bidproof.answering.dspy_state import load_dspy as load
    base = replace(begin.program, format=FORMAT)
    program = load(content, base=base, source=path.name)
    return store_program(store_of(workspace), program, message=message, author=author, parents=begin.parents)


def _is_chat(content: object) -> bool:
    return isinstance(content, list) or "messages" in cast("Mapping[str, Any]", content or {})


def _write_folder(out: Path, files: Mapping[str, bytes]) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise _taken(out)
    try:
        make_folder(out)
    except OSError as error:
        raise WriteFailed(
            f"cannot make the folder {str(out)!r}: {error.strerror or error}",
            hint="name another place with -o",
        ) from error
    for name, content in files.items():
        write_whole(out / name, content)


def _taken(out: Path) -> WriteFailed:
    return WriteFailed(
        f"cannot write to {str(out)!r}: found something there, expected nothing",
        hint="name another place with -o, or remove what is there",
    )


def read_text(path: Path) -> str:
    """A prompt text from a file, without its closing line feeds.

    Raises:
        UnreadableFile: It is not there or not UTF-8.
    """
    try:
        return read_given(path).decode("utf-8").replace("\r\n", "\n").rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"cannot read {str(path)!r}: found {error}, expected text in UTF-8", hint="correct the path"
        ) from error
