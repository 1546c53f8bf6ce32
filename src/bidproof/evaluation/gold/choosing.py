"""Which cases of which gold set a command means: a stored set by name, or any file that can be imported."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from bidproof.core.errors import UnreadableFile, UserError
from bidproof.core.next_steps import Action, NextStep
from bidproof.evaluation.gold.files import CASES_NAME, read_gold
from bidproof.evaluation.gold.importing import import_gold
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldCase, GoldSet, Split
from bidproof.workspace.store import Workspace

SPLIT_ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenCases:
    """The whole gold set, and the cases of it that are to be run."""

    gold: GoldSet
    split: Split
    cases: tuple[GoldCase, ...]


def choose_cases(
    name: str,
    *,
    split: str,
    limit: int | None,
    program_digest: str,
    workspace: Workspace,
) -> ChosenCases:
    """Load a gold set by name or path, and take one split of it.

    Without a split named, a set that is split gives its ``dev`` cases, so that the
    sealed test cases are not looked at by accident; any other set gives all.

    Args:
        name: Of a stored set, or a path.
        split: ``train``, ``dev``, ``test``, ``all``, or empty.
        limit: Only so many cases, the first ones.
        program_digest: What is measured, for the log of a sealed split's openings.
        workspace: Holds the stored sets, and the documents that a file's cases may name.

    Raises:
        UserError: No such set, file or split.
    """
    store = GoldStore(workspace.folder)
    is_stored = name in store.names()
    gold = store.load(name) if is_stored else _read_file(Path(name), workspace)
    wanted = _split_of(split, gold)
    if is_stored:
        cases = store.open_split(name, wanted, purpose="eval run", program_digest=program_digest)
    else:
        cases = tuple(case for case in gold.cases if not wanted or case.split == wanted)
    if not cases:
        raise UserError(
            f"cannot run {name!r}: found no cases of the split {wanted!r}, expected some",
            hint=NextStep("leave the split out, or split the set", Action.SPLIT_GOLD, options=("split",)),
            code="gold-split",
        )
    return ChosenCases(gold=gold, split=wanted, cases=cases[:limit])


def _split_of(split: str, gold: GoldSet) -> Split:
    if split == SPLIT_ALL:
        return ""
    if split:
        return cast("Split", split)
    return "dev" if any(case.split == "dev" for case in gold.cases) else ""


def require_gold(name: str, *, workspace: Workspace) -> None:
    """Refuse a gold set that is nowhere, before documents are read for it.

    Raises:
        UserError: There is no set of this name and no such file (``gold-unknown``).
    """
    names = GoldStore(workspace.folder).names()
    if name not in names and not Path(name).exists():
        raise UserError(
            f"cannot find the gold set {name!r}: found {', '.join(names) or 'no sets'}, and no such file",
            hint=NextStep("name a file, or import the set", Action.IMPORT_GOLD),
            code="gold-unknown",
        )


def _read_file(path: Path, workspace: Workspace) -> GoldSet:
    """Our own format, or any file that can be imported."""
    if path.is_dir() or path.name == CASES_NAME:
        return read_gold(path)
    if path.suffix == ".jsonl":
        try:
            return read_gold(path)
        except UnreadableFile:
            pass  # not our own format; the importer knows others, and says what is wrong with none
    documents = [row.path for row in workspace.documents.known().values()]
    return import_gold(path, name=path.stem, documents=documents).gold
