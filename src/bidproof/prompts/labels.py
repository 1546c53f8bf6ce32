"""Labels of a store and their history.

``labels.json`` says where each label is and which are protected; it is replaced
whole. ``log.jsonl`` is appended to afterwards. ``labels.json`` repeats the last
entry, so that a kill between the two loses none.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from uuid import uuid4

from bidproof.core.errors import UserError
from bidproof.core.files import append_line, write_text
from bidproof.core.jsonable import from_json, json_text, to_json
from bidproof.prompts.versions import STORE_FORMAT, newer

LABELS_FILE = "labels.json"
LOG_FILE = "log.jsonl"
PRODUCTION = "production"
PACKAGED = "packaged"
"""Not a label: names the program that ships with the package, and where a label is on no other."""
EXTRACTIVE = "extractive"
"""Not a label: names the engine without a model, under the settings of the moment."""

Movement = Literal["label", "promote", "rollback", "remove", "protect", "unprotect"]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Why a program may take a protected label.

    Attributes:
        passed: Whether the gate opened.
        program: Digest of the program that was measured.
        baseline: Digest of the one it was held against.
        source: The run or file it comes from.
        summary: What was found, one line each.
    """

    passed: bool
    program: str
    baseline: str = ""
    source: str = ""
    summary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One movement of a label; ``digest`` is where it went, ``previous`` where it was, empty for nowhere."""

    id: str
    at: str
    action: Movement
    label: str
    digest: str = ""
    previous: str = ""
    author: str = ""
    reason: str = ""
    forced: bool = False
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Where every label is; ``last`` is the entry that made it so."""

    digests: Mapping[str, str] = field(default_factory=dict[str, str])
    protected: tuple[str, ...] = (PRODUCTION,)
    last: LogEntry | None = None


def read_labels(folder: Path) -> Labels:
    """The labels now; without ``labels.json`` they are rebuilt from the log.

    Raises:
        UserError: The file is broken (``prompt-labels-damaged``) or newer (``program-newer``).
    """
    path = folder / LABELS_FILE
    try:
        values = json.loads(path.read_text("utf-8"))
        if int(values["store_format"]) > STORE_FORMAT:
            raise newer(repr(str(path)), f"store format {values['store_format']}")
        digests = {str(name): str(digest) for name, digest in values["labels"].items()}
        return Labels(
            digests=digests,
            protected=tuple(str(name) for name in values["protected"]),
            last=from_json(LogEntry, values["last"]) if values.get("last") else None,
        )
    except FileNotFoundError:
        return _rebuilt(read_log(folder, None))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(
            f"cannot read the labels in {str(path)!r}: {error}",
            hint=f"restore the file from Git, or remove it: labels are then rebuilt from {LOG_FILE}",
            code="prompt-labels-damaged",
        ) from error


def read_log(folder: Path, labels: Labels | None) -> tuple[LogEntry, ...]:
    """Every movement, oldest first; a line that a crash or an editor broke is left out.

    Args:
        folder: The store's.
        labels: Adds the entry that a kill kept out of the log, if there is one.
    """
    try:
        lines = (folder / LOG_FILE).read_bytes().decode("utf-8", "replace").split("\n")
    except FileNotFoundError:
        lines = []
    found = {entry.id: entry for entry in map(_entry, lines) if entry is not None}
    if labels is not None and labels.last is not None:
        found.setdefault(labels.last.id, labels.last)
    # Two branches of a Git history may have been joined in any order.
    return tuple(sorted(found.values(), key=lambda entry: entry.at))


def write_move(folder: Path, labels: Labels, entry: LogEntry) -> Labels:
    """Make one movement happen: first the labels, which is the moment it counts, then the log."""
    if labels.last is not None and labels.last.id not in {item.id for item in read_log(folder, None)}:
        append_line(folder / LOG_FILE, _line(labels.last))
    moved = _after(labels, entry)
    content = {
        "store_format": STORE_FORMAT,
        "protected": sorted(moved.protected),
        "labels": dict(sorted(moved.digests.items())),
        "last": to_json(entry),
    }
    write_text(folder / LABELS_FILE, json_text(content))
    append_line(folder / LOG_FILE, _line(entry))
    return moved


def places(entries: tuple[LogEntry, ...], label: str) -> tuple[str, ...]:
    """Where a label was before and is now, oldest first, what was rolled back left out.

    The first place is ``PACKAGED``: the packaged program stands where a label is on none.
    """
    stack = [PACKAGED]
    for entry in entries:
        if entry.label != label or entry.action in ("protect", "unprotect"):
            continue
        if entry.action == "rollback":
            while stack and stack[-1] != (entry.digest or PACKAGED):
                stack.pop()
        elif entry.digest and stack[-1:] != [entry.digest]:
            stack.append(entry.digest)
    return tuple(stack)


def new_id() -> str:
    """An id for a log entry, unique over machines."""
    return uuid4().hex[:12]


def check_label(name: str) -> None:
    """Refuse names that cannot be told from digests or do not stand well in a command.

    Raises:
        UserError: With code ``label-name``.
    """
    if not _NAME.fullmatch(name) or _DIGEST.fullmatch(name) or name in (PACKAGED, EXTRACTIVE):
        raise UserError(
            f"cannot name a label {name!r}: expected letters, digits, '.', '_' or '-', and neither a digest "
            f"nor {PACKAGED!r} or {EXTRACTIVE!r}",
            hint="for example staging, or audit-2026",
            code="label-name",
        )


def _after(labels: Labels, entry: LogEntry) -> Labels:
    if entry.action == "protect":
        return replace(labels, protected=tuple({*labels.protected, entry.label}), last=entry)
    if entry.action == "unprotect":
        kept = tuple(name for name in labels.protected if name != entry.label)
        return replace(labels, protected=kept, last=entry)
    digests = {name: digest for name, digest in labels.digests.items() if name != entry.label}
    if entry.digest:
        digests[entry.label] = entry.digest
    return replace(labels, digests=digests, last=entry)


def _rebuilt(entries: tuple[LogEntry, ...]) -> Labels:
    labels = Labels()
    for entry in entries:
        labels = _after(labels, entry)
    return labels


def _line(entry: LogEntry) -> str:
    return json.dumps(to_json(entry), ensure_ascii=False)


def _entry(line: str) -> LogEntry | None:
    try:
        return from_json(LogEntry, json.loads(line)) if line.strip() else None
    except (ValueError, TypeError, AttributeError, KeyError):
        return None
