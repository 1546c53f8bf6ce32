"""The store of programs: versions that never change, labels that move, and a log of every movement.

```text
prompts/
  versions/<digest>/   program.json, one .md a text, examples.json
  labels.json          where each label is, and which are protected
  log.jsonl            every movement of a label, appended
```
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bidproof.core.errors import BidproofError, UserError
from bidproof.core.files import clear_unfinished, make_folder, write_folder, write_whole, writing
from bidproof.core.next_steps import Action, NextStep
from bidproof.prompts.fields import fields_of, program_of
from bidproof.prompts.labels import (
    PACKAGED,
    PRODUCTION,
    Labels,
    LogEntry,
    Movement,
    Proof,
    check_label,
    new_id,
    places,
    read_labels,
    read_log,
    write_move,
)
from bidproof.prompts.merging import Merge, Side, common_ancestor, merge_fields
from bidproof.prompts.program import FORMAT, Program, steps_of
from bidproof.prompts.proofs import check_proof
from bidproof.prompts.templates import check_templates, invalid
from bidproof.prompts.versions import Version, newer, read_version, schema_hash, version_files

FOLDER = "prompts"
"""The store's place in a workspace."""

Schemas = Callable[[Program], Mapping[str, Any]]
"""Gives the reply schemas that the code at hand enforces for a program, by step."""

_SHORTEST = 4
# Histories of two Git branches are joined line by line; entries are put in order when read.
_GIT = b"log.jsonl merge=union\n"


class ProgramStore:
    """The programs of one workspace.

    Args:
        folder: The store's own folder (``<workspace>/prompts``); made with the first version.
        schemas: What the code enforces; without it no version is checked against the code.
    """

    def __init__(self, folder: Path, *, schemas: Schemas | None = None) -> None:
        self._folder = folder
        self._versions = folder / "versions"
        self._schemas = schemas

    def place(self, digest: str) -> Path:
        """The folder of a version; it need not exist."""
        return self._versions / digest

    def add(self, program: Program, *, message: str, author: str, parents: tuple[str, ...] = ()) -> Version:
        """Store a program; one that is stored already is given back as it is, with its first message.

        Raises:
            UserError: The texts cannot be composed (``program-invalid``); the version
                is there and damaged, or no longer fits the code.
            WriteFailed: Disk full or no permission.
        """
        digest = program.digest()
        if not self.place(digest).is_dir():
            self._write(program, message=message, author=author, parents=parents)
        return self.load(digest)

    def find(self, name: str) -> str:
        """The digest that a label, a digest or the beginning of one stands for.

        Raises:
            UserError: None or several (``unknown-program``), or unreadable labels.
        """
        digests = self._digests()
        labelled = self.labels().get(name)
        if labelled is not None:
            return labelled
        fits = [digest for digest in digests if len(name) >= _SHORTEST and digest.startswith(name)]
        if len(fits) == 1:
            return fits[0]
        known = ", ".join([*self.labels(), *digests[:4]]) or "none at all"
        raise UserError(
            f"cannot find the program {name!r}: found {', '.join(fits) or known}, expected one of that name",
            hint=NextStep("name a program by label, digest, or its first letters", Action.LIST_PROGRAMS),
            code="unknown-program",
        )

    def read(self, name: str) -> Version:
        """A version as stored, for looking at it; whether the code can still run it is not asked.

        Raises:
            UserError: Unknown, damaged, or written by a newer program.
        """
        digest = self.find(name)
        if not self.place(digest).is_dir():
            raise UserError(
                f"cannot find the program {digest!r}: {name!r} names it, its folder is not there",
                hint=f"restore {str(self.place(digest))!r} from Git or a backup, or move the label",
                code="unknown-program",
            )
        return read_version(self.place(digest))

    def load(self, name: str) -> Version:
        """A version that the code at hand can run.

        Raises:
            UserError: See :meth:`read`; or it was made for other code (``program-outdated``).
        """
        version = self.read(name)
        self.check_fit(version)
        return version

    def check_fit(self, version: Version) -> None:
        """Refuse a version whose prompts or replies this code would treat otherwise than when it was made.

        Raises:
            UserError: With code ``program-outdated``, or ``program-newer``.
        """
        program = version.program
        found = expected = ""
        if not program.engine and program.format != FORMAT:
            found, expected = f"program format {program.format}", str(FORMAT)
        elif self._schemas is not None:
            now = schema_hash(self._schemas(program))
            if now != version.schema_hash:
                found, expected = f"reply schema {version.schema_hash or 'unknown'!r}", repr(now)
        if found:
            raise UserError(
                f"cannot run the program {version.digest!r}: found {found}, expected {expected}: it was made "
                "for other code",
                hint=NextStep(
                    "make a version for this code, and evaluate it before you promote it",
                    Action.NEW_PROGRAM,
                    start=version.digest,
                ),
                code="program-outdated",
            )

    def versions(self) -> tuple[Version, ...]:
        """Every version that can be read, oldest first, parents before their children."""
        return self._scan()[0]

    def damaged(self) -> tuple[BidproofError, ...]:
        """Why other versions cannot be read, one error each."""
        return self._scan()[1]

    def labels(self) -> Mapping[str, str]:
        """Digests by label."""
        return read_labels(self._folder).digests

    def protected(self) -> tuple[str, ...]:
        """Labels that need a proof to be moved."""
        return read_labels(self._folder).protected

    def history(self, label: str) -> tuple[LogEntry, ...]:
        """Every movement of a label, oldest first; of all labels when it is empty."""
        log = read_log(self._folder, read_labels(self._folder))
        return tuple(entry for entry in log if not label or entry.label == label)

    def label(self, name: str, digest: str, *, author: str, reason: str = "") -> LogEntry:
        """Put a label of one's own on a version, or take it away with an empty ``digest``.

        Raises:
            UserError: The label is protected (``label-protected``) or no valid name, or
                there is no such version.
        """
        check_label(name)
        with writing(self._folder):
            labels = read_labels(self._folder)
            if name in labels.protected:
                raise UserError(
                    f"cannot move the label {name!r}: it is protected, expected a proof",
                    hint=NextStep("promote a program to it, with a proof", Action.PROMOTE, label=name),
                    code="label-protected",
                )
            target = self.read(digest).digest if digest else ""
            return self._move(labels, "label" if target else "remove", name, target, author, reason)

    def protect(self, name: str, *, is_protected: bool, author: str, reason: str) -> LogEntry:
        """Ask for a proof from now on before a label moves, or no longer."""
        check_label(name)
        with writing(self._folder):
            labels = read_labels(self._folder)
            action: Movement = "protect" if is_protected else "unprotect"
            return self._move(labels, action, name, labels.digests.get(name, ""), author, reason)

    def promote(
        self,
        digest: str,
        *,
        to: str = PRODUCTION,
        proof: Proof | None = None,
        author: str,
        reason: str = "",
        force: bool = False,
    ) -> LogEntry:
        """Put a label on a version that has earned it; logged with its proof.

        Args:
            digest: The version, by any name.
            to: The label.
            proof: That it may replace what is there; only a protected label asks for it.
            author: Who does it.
            reason: Why; needed with ``force``.
            force: Move it without a proof.

        Raises:
            UserError: No proof, or one that failed, is of another program or was held
                against another one than the label is on now (``proof-missing``,
                ``proof-failed``); forced without a reason; the version cannot run.
        """
        check_label(to)
        with writing(self._folder):
            labels = read_labels(self._folder)
            version = self.load(digest)
            now = labels.digests.get(to, "")
            if to in labels.protected and not force:
                check_proof(proof, version.digest, label=to, now=now)
            if force and not reason.strip():
                raise UserError(
                    f"cannot force {to!r} onto {version.digest!r}: found no reason, expected one for the log",
                    hint=NextStep("say why", options=("reason",)),
                    code="proof-missing",
                )
            return self._move(
                labels, "promote", to, version.digest, author, reason, proof=proof, forced=force
            )

    def rollback(self, name: str, *, author: str, reason: str, to: str = "") -> LogEntry:
        """Move a label back to where it was before; once more goes further back.

        Before its first program a label was on none: back there it is taken away, and
        ``production`` is the packaged program again.

        Args:
            name: The label, protected or not.
            author: Who does it.
            reason: Why, for the log.
            to: One of its earlier places, ``packaged`` for none; empty for the last one.

        Raises:
            UserError: It was nowhere else before (``no-earlier-program``), or the
                earlier version is damaged or no longer runs.
        """
        with writing(self._folder):
            labels = read_labels(self._folder)
            before = places(read_log(self._folder, labels), name)
            now = labels.digests.get(name, PACKAGED)
            earlier = before[:-1] if before[-1:] == (now,) else before
            wanted = self.find(to) if to and to != PACKAGED else to
            if not earlier or (wanted and wanted not in earlier):
                raise UserError(
                    f"cannot roll {name!r} back: found {', '.join(earlier) or 'no earlier program'}, "
                    f"expected {wanted or 'one'}",
                    hint=NextStep("its log shows where it was", Action.SHOW_LABEL, label=name),
                    code="no-earlier-program",
                )
            target = wanted or earlier[-1]
            digest = "" if target == PACKAGED else self.load(target).digest
            return self._move(labels, "rollback", name, digest, author, reason)

    def merge(
        self,
        ours: str,
        theirs: str,
        *,
        message: str,
        author: str,
        take: Mapping[str, Side] | None = None,
    ) -> Merge:
        """Join two versions that come from one; with conflicts nothing is stored.

        Args:
            ours: The version merged into, by any name.
            theirs: The other one.
            message: Of the new version.
            author: Of the new version.
            take: Which side's value a field in conflict takes.

        Raises:
            UserError: A version is unknown or damaged, or the result is no program.
        """
        mine, other = self.read(ours), self.read(theirs)
        known = {version.digest: version for version in self.versions()}
        base = common_ancestor(mine.digest, other.digest, {name: v.parents for name, v in known.items()})
        start = known[base].program if base in known else None
        merged = merge_fields(start, mine.program, other.program, take=take)
        if merged.conflicts:
            return Merge(version=None, base=base, conflicts=merged.conflicts, theirs=merged.theirs)
        program = program_of(merged.fields, origin="the merge")
        version = self.add(program, message=message, author=author, parents=(mine.digest, other.digest))
        return Merge(version=version, base=base, conflicts=(), theirs=merged.theirs)

    def _write(self, program: Program, *, message: str, author: str, parents: tuple[str, ...]) -> None:
        if not program.engine:
            check_templates(program.texts, program.variables, steps=steps_of(program))
        # What cannot be read back as it was must not be written: hand-made records may hold anything.
        stored = program_of(fields_of(program), origin="the program")
        if stored.digest() != program.digest():
            raise invalid(
                f"found {_unlike(program, stored)} of another type than the setting's", "give it that type"
            )
        program = stored
        if program.format > FORMAT:
            raise newer("the program", f"format {program.format}")
        schemas: Mapping[str, Any] = self._schemas(program) if self._schemas is not None else {}
        version = Version(
            digest=program.digest(),
            program=program,
            message=message,
            author=author,
            parents=parents,
            created=_now(),
            schemas=json.loads(json.dumps(schemas)),
            schema_hash=schema_hash(schemas),
        )
        with writing(self._folder):
            make_folder(self._versions)
            clear_unfinished(self._versions)
            clear_unfinished(self._folder)
            if not (self._folder / ".gitattributes").exists():
                write_whole(self._folder / ".gitattributes", _GIT)
            if not self.place(version.digest).is_dir():
                write_folder(self.place(version.digest), version_files(version))

    def _move(
        self,
        labels: Labels,
        action: Movement,
        name: str,
        digest: str,
        author: str,
        reason: str,
        *,
        proof: Proof | None = None,
        forced: bool = False,
    ) -> LogEntry:
        entry = LogEntry(
            id=new_id(),
            at=_now(),
            action=action,
            label=name,
            digest=digest,
            previous=labels.digests.get(name, ""),
            author=author,
            reason=reason,
            forced=forced,
            proof=proof,
        )
        write_move(self._folder, labels, entry)
        return entry

    def _digests(self) -> list[str]:
        return sorted(path.parent.name for path in self._versions.glob("[0-9a-f]*/program.json"))

    def _scan(self) -> tuple[tuple[Version, ...], tuple[BidproofError, ...]]:
        found: list[Version] = []
        wrong: list[BidproofError] = []
        for path in sorted(self._versions.glob("[0-9a-f]*")):
            try:
                found.append(read_version(path))
            except BidproofError as error:
                wrong.append(error)
        return _in_order(found), tuple(wrong)


def _unlike(program: Program, stored: Program) -> str:
    first, second = fields_of(program), fields_of(stored)
    names = [name for name in first if json.dumps(first[name]) != json.dumps(second.get(name))]
    return ", ".join(names) or "a value"


def _in_order(versions: list[Version]) -> tuple[Version, ...]:
    waiting = sorted(versions, key=lambda version: (version.created, version.digest))
    known, done, ordered = {version.digest for version in versions}, set[str](), list[Version]()
    while waiting:
        free = (v for v in waiting if all(p in done or p not in known for p in v.parents))
        chosen = next(free, waiting[0])
        waiting.remove(chosen)
        done.add(chosen.digest)
        ordered.append(chosen)
    return tuple(ordered)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
