"""The store of programs from the outside: make, label, promote, roll back, merge."""

import getpass
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bidproof.core.errors import UnreadableFile, UserError
from bidproof.core.files import read_given
from bidproof.core.jsonable import parse_json, to_json
from bidproof.core.next_steps import NextStep
from bidproof.flows.prompts.proof import find_proof
from bidproof.flows.requests.programs import NewRequest, PromoteRequest
from bidproof.prompts.fields import fields_of, program_of
from bidproof.prompts.labels import EXTRACTIVE, PACKAGED, PRODUCTION, LogEntry
from bidproof.prompts.program import FORMAT, Program, default_program, fitted
from bidproof.prompts.store import ProgramStore
from bidproof.prompts.versions import PROGRAM_FILE, Version, read_content
from bidproof.runtime.program_choice import AUTHOR, PACKAGED_MESSAGE, open_store
from bidproof.runtime.session import SessionRequest, find_workspace, load_configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """The version made; ``is_new`` is False where the same program was stored already."""

    version: Version
    is_new: bool
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A program to begin with, and the versions it comes from."""

    program: Program
    parents: tuple[str, ...]


def new_program(request: NewRequest, *, workspace: Path | None) -> NewReport:
    """Make a version from another with some fields changed.

    Raises:
        UserError: The start is unknown, a field is, or texts cannot be composed.
    """
    store = store_of(workspace)
    start = find_start(request.start, workspace=workspace)
    fields = fields_of(start.program)
    fields |= {f"texts.{name}": text for name, text in request.texts.items()}
    fields |= {f"variables.{name}": text for name, text in request.variables.items()}
    fields = {
        name: value for name, value in fields.items() if not (name.startswith("variables.") and not value)
    }
    if request.examples is not None:
        fields["examples"] = read_json(request.examples)
    program = program_of({**fields, **request.values}, origin="the new program")
    report = store_program(
        store,
        _for_this_code(program),
        message=request.message,
        author=request.author,
        parents=start.parents,
    )
    if request.label:
        store.label(
            request.label, report.version.digest, author=author(request.author), reason=request.message
        )
    return replace(report, label=request.label)


def find_start(name: str, *, workspace: Path | None) -> Start:
    """The program that a name, a folder or nothing stands for; packaged ones are stored as parents.

    Raises:
        UserError: There is none.
    """
    store = store_of(workspace)
    if not name:
        name = PRODUCTION if PRODUCTION in store.labels() else PACKAGED
    if (Path(name) / PROGRAM_FILE).is_file():
        content = read_content(Path(name))
        origin = str(content.about.get("digest") or "")
        return Start(
            program=program_of(content.fields, origin=str(Path(name) / PROGRAM_FILE)),
            parents=(origin,) if origin and store.place(origin).is_dir() else (),
        )
    if name in (PACKAGED, EXTRACTIVE):
        program = _packaged(name, workspace)
        version = store.add(program, message=PACKAGED_MESSAGE, author=AUTHOR)
        return Start(program=program, parents=(version.digest,))
    version = store.read(name)
    return Start(program=version.program, parents=(version.digest,))


def store_program(
    store: ProgramStore, program: Program, *, message: str, author: str, parents: tuple[str, ...]
) -> NewReport:
    """Add a program and say whether it was there already."""
    digest = program.digest()
    is_new = not store.place(digest).is_dir()
    ancestors = tuple(parent for parent in parents if parent != digest)
    version = store.add(program, message=message, author=author or _user(), parents=ancestors)
    return NewReport(version=version, is_new=is_new)


def promote_program(request: PromoteRequest, *, workspace: Path | None) -> LogEntry:
    """Move a protected label on proof, or by force with a reason.

    Raises:
        UserError: No proof, or one that does not hold; see ``ProgramStore.promote``.
    """
    store, folder = store_of(workspace), find_workspace(workspace)
    proof = find_proof(request, store=store, workspace=folder) if request.proof else None
    return store.promote(
        request.program,
        to=request.label,
        proof=proof,
        author=author(request.author),
        reason=request.reason,
        force=request.force,
    )


def store_of(workspace: Path | None) -> ProgramStore:
    """The programs of the workspace that is named or found upward."""
    return open_store(find_workspace(workspace))


def author(named: str) -> str:
    """Who does it: as named, else the user of this machine."""
    return named or _user()


def read_json(path: Path) -> Any:
    """Parse a JSON file.

    Raises:
        UnreadableFile: It is not there or no JSON.
    """
    try:
        return parse_json(read_given(path))
    except (OSError, ValueError) as error:
        raise UnreadableFile(
            f"cannot read {str(path)!r}: found {error}, expected JSON",
            hint="correct the file, or name another",
        ) from error


def as_json(version: Version) -> dict[str, Any]:
    """A version as plain JSON; of its model what is stored, no more."""
    return {**to_json(replace(version, program=Program(texts={}))), "program": fields_of(version.program)}


def _packaged(name: str, workspace: Path | None) -> Program:
    # The packaged program is asked for: no stored one may lend it settings.
    asked = SessionRequest(workspace=workspace, flags={"prompts.program": PACKAGED})
    settings = load_configuration(asked).settings
    if name == PACKAGED:
        return default_program(settings)
    from bidproof.answering.extractive import extractive_program

    return extractive_program(settings)


def _for_this_code(program: Program) -> Program:
    if not program.engine:
        return fitted(replace(program, format=FORMAT))
    from bidproof.answering.extractive import VERSION

    if program.texts or program.examples:
        raise UserError(
            f"cannot make a program: found texts for the engine {program.engine!r}, which has no model",
            hint=NextStep("begin with a program that asks a model, for example packaged", options=("from",)),
            code="program-invalid",
        )
    return replace(program, engine=VERSION)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
