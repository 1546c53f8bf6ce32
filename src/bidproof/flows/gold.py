"""Gold sets of a workspace: bring in, show, check, split, give out, accept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from bidproof.core.errors import InvalidSetting, UserError
from bidproof.core.next_steps import Action, NextStep
from bidproof.evaluation.gold.check import GoldCheck, check_gold
from bidproof.evaluation.gold.exporting import export_gold
from bidproof.evaluation.gold.importing import ImportedGold, check_strict, choice_counts, import_gold
from bidproof.evaluation.gold.questionnaire import library_gold, questionnaire_gold
from bidproof.evaluation.gold.questions import case_kind, case_options
from bidproof.evaluation.gold.relevance import PathChange, resolve_paths
from bidproof.evaluation.gold.split import SplitGold, split_gold
from bidproof.evaluation.gold.store import GoldStore, Opening, check_name
from bidproof.evaluation.records import GoldCase, GoldSet, Split
from bidproof.flows.inspect import load_mapping
from bidproof.flows.requests.gold import ImportRequest
from bidproof.questionnaires.read import read_questionnaire
from bidproof.runtime.session import Session
from bidproof.workspace.rows import DocumentRow

_EXAMPLES = 3
_SPLITS: tuple[Split, ...] = ("train", "dev", "test", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """An import, the counts of its cases, and how many the set holds now."""

    imported: ImportedGold
    cases: int
    counts: "GoldCounts"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldCounts:
    """Cases of a set, counted."""

    cases: int
    splits: Mapping[str, int]
    kinds: Mapping[str, int]
    choices: Mapping[str, int]
    answerable: Mapping[str, int]
    tags: Mapping[str, int]
    groups: Mapping[str, int]
    with_reference: int
    with_documents: int
    unverified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldReport:
    """A set as shown; test cases are counted, and never among the examples unless opened."""

    name: str
    digest: str
    counts: GoldCounts
    examples: tuple[GoldCase, ...]
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """The findings on a set, and paths that were or could be rewritten."""

    check: GoldCheck
    resolvable: tuple[PathChange, ...]
    is_fixed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What was written; ``sealed`` test cases were left out, or opened and counted."""

    out: Path
    cases: int
    left_out: int
    openings: int


def import_set(request: ImportRequest, *, session: Session) -> ImportReport:
    """Bring cases in as a set of the workspace.

    A case whose id the set already holds keeps its split where the new one names none.

    Raises:
        UserError: The name is taken (``gold-exists``), a row is left out under
            ``is_strict`` (``gold-rows``), or there is no case (``gold-empty``).
        UnreadableFile: The file cannot be read.
        UnsureMapping: Columns or questionnaire layout are not clear.
    """
    store = GoldStore(session.workspace.folder)
    name = request.name or _name_of(request)
    check_name(name)
    with store.changing():
        is_taken = name in store.names()
        if is_taken and not (request.is_replaced or request.is_added):
            raise UserError(
                f"cannot import as {name!r}: found a gold set of that name",
                hint=NextStep(
                    "choose another name, or replace the set, or add to it",
                    options=("name", "replace", "add"),
                ),
                code="gold-exists",
            )
        imported = _read(request, name=name, session=session)
        if request.is_strict:
            check_strict(imported, source=str(request.source or "the answer library"))
        gold = imported.gold
        if is_taken:
            gold = _merged(store.load(name), gold, keep=request.is_added)
        store.save(gold)
    return ImportReport(imported=imported, cases=len(gold.cases), counts=count_cases(imported.gold.cases))


def _name_of(request: ImportRequest) -> str:
    if request.source is None:
        return "library"
    plain = "".join(char if char.isalnum() and char.isascii() else "-" for char in request.source.stem)
    return plain.strip("-").lower() or "gold"


def _read(request: ImportRequest, *, name: str, session: Session) -> ImportedGold:
    documents = frozenset(session.workspace.documents.known())
    if request.is_library:
        entries = session.workspace.library.all()
        return library_gold(entries, name=name, group_by=request.group_by, documents=documents)
    if request.source is None:
        raise InvalidSetting(
            "cannot import: found no file",
            hint=NextStep(
                "name a file, or take the approved answers of the library", options=("from_library",)
            ),
        )
    if request.is_questionnaire:
        found = read_questionnaire(request.source, mapping=load_mapping(request.mapping))
        return questionnaire_gold(found, name=name, group_by=request.group_by, documents=documents)
    return import_gold(
        request.source, name=name, columns=request.columns, group_by=request.group_by, documents=documents
    )


def _merged(old: GoldSet, new: GoldSet, *, keep: bool) -> GoldSet:
    before = {case.id: case for case in old.cases}
    fresh = {
        case.id: replace(case, split=before[case.id].split) if case.id in before and not case.split else case
        for case in new.cases
    }
    if not keep:
        return replace(new, cases=tuple(fresh.values()))
    return replace(new, cases=tuple((before | fresh).values()))


def show_sets(session: Session) -> tuple[GoldReport, ...]:
    """Every set of the workspace, counted, without examples."""
    store = GoldStore(session.workspace.folder)
    return tuple(_report(store.load(name), store=store, examples=()) for name in store.names())


def show_set(
    name: str, *, session: Session, examples: int = _EXAMPLES, open_test: bool = False
) -> GoldReport:
    """Count a set's cases and give a few, spread over the set.

    Test cases are shown only with ``open_test``, which counts as an opening.

    Raises:
        UserError: No such set (``gold-unknown``).
    """
    store = GoldStore(session.workspace.folder)
    gold = store.load(name)
    cases = (
        store.open_split(name, "", purpose="show", has_unverified=True)
        if open_test
        else _unsealed(gold.cases)
    )
    step = max(1, len(cases) // max(examples, 1))
    return _report(gold, store=store, examples=cases[::step][:examples])


def _report(gold: GoldSet, *, store: GoldStore, examples: Sequence[GoldCase]) -> GoldReport:
    return GoldReport(
        name=gold.name,
        digest=gold.digest(),
        counts=count_cases(gold.cases),
        examples=tuple(examples),
        openings=store.opening_log(gold.name),
    )


def _unsealed(cases: Sequence[GoldCase]) -> tuple[GoldCase, ...]:
    return tuple(case for case in cases if case.split != "test")


def count_cases(cases: Sequence[GoldCase]) -> GoldCounts:
    """Count cases by everything that slices them."""
    splits = Counter(case.split for case in cases)
    answerable = {True: "answerable", False: "unanswerable", None: "unknown"}
    return GoldCounts(
        cases=len(cases),
        splits={name or "unsplit": splits[name] for name in _SPLITS if splits[name]},
        kinds=Counter(str(case_kind(case.question, case_options(case))) for case in cases),
        choices=choice_counts(cases),
        answerable=Counter(answerable[case.is_answerable] for case in cases),
        tags=Counter(tag for case in cases for tag in case.tags),
        groups=Counter(case.group for case in cases if case.group),
        with_reference=sum(bool(case.reference) for case in cases),
        with_documents=sum(bool(case.relevant) for case in cases),
        unverified=sum(not case.is_verified for case in cases),
    )


def check_set(name: str, *, session: Session, fix_paths: bool = False) -> CheckReport:
    """Look for what would make a result on the set wrong, and say what it can resolve.

    Args:
        name: The set.
        session: Its workspace; without documents in it, paths, pages and quotes are not checked.
        fix_paths: Rewrite gold paths that can only mean one stored document.

    Raises:
        UserError: No such set (``gold-unknown``).
    """
    store = GoldStore(session.workspace.folder)
    table = session.workspace.documents
    known = table.known()
    with store.changing() if fix_paths else nullcontext():
        gold = store.load(name)
        resolved = resolve_paths(gold.cases, known)
        if fix_paths and resolved.changed:
            gold = replace(gold, cases=resolved.cases)
            store.save(gold)

    def text_of(row: DocumentRow) -> str:
        return table.load(row.id).text

    found = check_gold(gold, documents=known, text_of=text_of)
    return CheckReport(check=found, resolvable=resolved.changed, is_fixed=fix_paths)


def split_set(
    name: str, *, session: Session, shares: Mapping[Split, float], seed: int, is_forced: bool
) -> SplitGold:
    """Deal a set's cases to train, dev and test, and save it.

    Raises:
        UserError: No such set (``gold-unknown``); a sealed test split is there (``gold-sealed``).
    """
    store = GoldStore(session.workspace.folder)
    with store.changing():
        found = split_gold(store.load(name), shares=shares, seed=seed, is_forced=is_forced)
        store.save(found.gold)
    return found


def export_set(
    name: str, *, session: Session, out: Path, split: Split = "", open_test: bool = False
) -> ExportReport:
    """Write a set, or one split of it, to a file; test cases only when opened, which is counted.

    Raises:
        UserError: No such set or split; the test split without ``open_test`` (``gold-sealed``).
        WriteFailed: The file cannot be written.
    """
    store = GoldStore(session.workspace.folder)
    gold = store.load(name)
    if split == "test" and not open_test:
        raise UserError(
            f"cannot export the test split of {name!r}: it is sealed",
            hint=NextStep("open the test split, which is written down and counted", options=("open_test",)),
            code="gold-sealed",
        )
    if open_test:
        cases = store.open_split(name, split, purpose=f"export to {out.name}", has_unverified=True)
    else:
        kept = _unsealed(gold.cases)
        if split:
            kept = store.open_split(name, split, purpose="export", has_unverified=True)
        cases = kept
    export_gold(cases, out)
    sealed = sum(case.split == "test" for case in gold.cases)
    left_out = 0 if open_test or split else sealed
    return ExportReport(out=out, cases=len(cases), left_out=left_out, openings=store.openings(name))


def accept_cases(name: str, *, session: Session, ids: Sequence[str], is_all: bool) -> tuple[str, ...]:
    """Mark proposed cases as accepted by a person.

    Returns:
        The ids that were waiting and are accepted now.

    Raises:
        UserError: No such set; or an id is not in it (``gold-case``).
        InvalidSetting: Neither ids nor all.
    """
    store = GoldStore(session.workspace.folder)
    with store.changing():
        gold = store.load(name)
        if not ids and not is_all:
            raise InvalidSetting(
                "cannot accept: found no case named",
                hint=NextStep("name case ids, or accept all that wait", options=("all",)),
            )
        missing = set(ids) - {case.id for case in gold.cases}
        if missing:
            raise UserError(
                f"cannot accept {', '.join(map(repr, sorted(missing)))}: found no such case in {name!r}",
                hint=NextStep("an export lists the ids", Action.EXPORT_GOLD, name=name),
                code="gold-case",
            )
        wanted = {case.id for case in gold.cases if not case.is_verified and (is_all or case.id in ids)}
        cases = tuple(replace(case, is_verified=True) if case.id in wanted else case for case in gold.cases)
        store.save(replace(gold, cases=cases))
    return tuple(case.id for case in gold.cases if case.id in wanted)
