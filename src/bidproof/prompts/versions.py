"""One version of a program as a folder of plain files, checked against its name when read.

``program.json`` holds settings, reply schemas, message, author and parents; every
prompt text is a Markdown file; ``examples.json`` holds the few-shot examples. A
text file ends with one line feed that is no part of the text; carriage returns
that Git may have added are ignored.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from bidproof.core.errors import InvalidSetting, UserError
from bidproof.core.ids import digest
from bidproof.core.jsonable import json_text
from bidproof.core.next_steps import Action, NextStep
from bidproof.prompts.fields import fields_of, nested, program_of
from bidproof.prompts.program import FORMAT, SWITCHES, Program, deciding_values, digest_of

STORE_FORMAT = 1
"""Raised when older code could not read what is written."""

PROGRAM_FILE = "program.json"
EXAMPLES_FILE = "examples.json"

# Values that are written only where they say something.
_OPTIONAL = ("variables", "engine", *SWITCHES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A stored program; it never changes.

    Attributes:
        digest: The program's own digest, which every draft and run made with it names.
        program: Its model's name and address, prices and patience are not stored.
        message: Why it was made.
        author: By whom.
        parents: Digests of the versions it was made from: none, one, or two for a merge.
        created: ISO time, UTC.
        schemas: JSON Schema of the reply to each step, as the code enforced it.
        schema_hash: Names them; empty where they were not known.
    """

    digest: str
    program: Program
    message: str
    author: str
    parents: tuple[str, ...] = ()
    created: str = ""
    schemas: Mapping[str, Any] = field(default_factory=dict[str, Any])
    schema_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderContent:
    """A version's folder as it lies there, unchecked.

    ``values`` are what the digest is over; ``about`` is the rest of ``program.json``.
    """

    values: Mapping[str, Any]
    about: Mapping[str, Any]

    @property
    def fields(self) -> dict[str, Any]:
        """The program's fields, for ``fields.program_of``."""
        found: dict[str, Any] = {}
        for name, value in self.values.items():
            if isinstance(value, Mapping):
                named = cast("Mapping[str, Any]", value)
                found |= {f"{name}.{key}": item for key, item in named.items()}
            else:
                found[name] = value
        return found


def schema_hash(schemas: Mapping[str, Any]) -> str:
    """Name reply schemas; empty for none."""
    return digest("schemas", json.dumps(schemas, sort_keys=True)) if schemas else ""


def version_files(version: Version) -> dict[str, bytes]:
    """The files of a version's folder by name."""
    values = deciding_values(version.program)
    texts: dict[str, str] = values.pop("texts", {})
    examples: list[Any] | None = values.pop("examples", None)
    about = {
        "store_format": STORE_FORMAT,
        "digest": version.digest,
        "created": version.created,
        "author": version.author,
        "message": version.message,
        "parents": list(version.parents),
        "program": values,
        "schema_hash": version.schema_hash,
        "schemas": version.schemas,
    }
    files = {PROGRAM_FILE: json_text(about).encode()}
    if examples is not None:
        files[EXAMPLES_FILE] = json_text(examples).encode()
    return files | {f"{name}.md": f"{text}\n".encode() for name, text in sorted(texts.items())}


def read_version(folder: Path) -> Version:
    """Read a version and check that its content gives the digest that it is named by.

    Raises:
        UserError: It was changed by hand or damaged (``program-damaged``), written
            by a newer program (``program-newer``), or its settings are of an older
            one (``program-outdated``).
    """
    content = read_content(folder)
    name = folder.name
    known = {*nested(fields_of(Program(texts={})).items()), *_OPTIONAL, "texts", "examples"}
    unknown = sorted(set(content.values) - known)
    if unknown or int(content.values.get("format", FORMAT)) > FORMAT:
        raise newer(f"the program {name!r}", f"fields {unknown}" if unknown else "a later format")
    found = digest_of(content.values)
    if found != name or content.about.get("digest") != name:
        raise UserError(
            f"cannot use the program {name!r}: found content that gives {found!r}, expected what was "
            f"stored: its files in {str(folder)!r} were changed",
            hint=NextStep(
                "make a new version of them; then restore the old files from Git or a backup, or remove them",
                Action.NEW_PROGRAM,
                start=str(folder),
            ),
            code="program-damaged",
        )
    return _version(content, folder)


def read_content(folder: Path) -> FolderContent:
    """Read a folder of this layout as it lies there, whatever it holds.

    Raises:
        UserError: Files are missing or no JSON (``program-damaged``), or of a newer
            store (``program-newer``).
    """
    try:
        about: Any = json.loads((folder / PROGRAM_FILE).read_text("utf-8"))
        if int(about["store_format"]) > STORE_FORMAT:
            raise newer(f"{str(folder)!r}", f"store format {about['store_format']}")
        values: dict[str, Any] = dict(about["program"])
        if "engine" not in values:
            values["texts"] = {path.stem: _text(path) for path in sorted(folder.glob("*.md"))}
            values["examples"] = json.loads((folder / EXAMPLES_FILE).read_text("utf-8"))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(
            f"cannot read a program from {str(folder)!r}: {error}, expected {PROGRAM_FILE}, "
            f"{EXAMPLES_FILE} and texts as .md",
            hint="restore its files from Git or a backup, or remove the folder",
            code="program-damaged",
        ) from error
    return FolderContent(values=values, about={key: about[key] for key in about if key != "program"})


def newer(what: str, found: str) -> UserError:
    """The error for what a later version of this product wrote."""
    return UserError(
        f"cannot read {what}: found {found}, expected what this version of bidproof writes or older",
        hint="upgrade bidproof; nothing was changed",
        code="program-newer",
    )


def _version(content: FolderContent, folder: Path) -> Version:
    about = content.about
    try:
        program = program_of(content.fields, origin=str(folder / PROGRAM_FILE))
    except InvalidSetting as error:
        raise UserError(
            f"cannot use the program {folder.name!r}: found settings of an older bidproof: {error.message}",
            hint=NextStep(
                f"export it, correct {PROGRAM_FILE}, then make a version of that folder",
                Action.NEW_PROGRAM,
                start="FOLDER",
            ),
            code="program-outdated",
        ) from error
    schemas = cast("Mapping[str, Any]", about.get("schemas") or {})
    return Version(
        digest=folder.name,
        program=program,
        message=str(about.get("message", "")),
        author=str(about.get("author", "")),
        parents=tuple(str(item) for item in cast("list[object]", about.get("parents") or [])),
        created=str(about.get("created", "")),
        schemas=schemas,
        schema_hash=schema_hash(schemas),
    )


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8").replace("\r\n", "\n").removesuffix("\n")
