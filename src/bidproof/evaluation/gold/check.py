"""What is wrong with a gold set, and what it can show."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bidproof.evaluation.gold.duplicates import DuplicatePair, find_duplicates
from bidproof.evaluation.gold.relevance import path_matches
from bidproof.evaluation.records import GoldCase, GoldSet, Relevant
from bidproof.language.choices import match_option
from bidproof.workspace.rows import DocumentRow

_WHOLE = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheld:
    """Something a case points at that the documents do not hold; ``problem`` says what is missing."""

    case_id: str
    relevant: Relevant
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What one split can tell.

    Attributes:
        split: ``train``, ``dev``, ``test``, ``unsplit`` or ``all``.
        cases: Cases in it, unverified ones left out.
        groups: Independent clusters: distinct groups, and each case without one.
        design_effect: Kish's bound on what grouping costs, were answers within a
            group all alike; between 1 and this lies the truth.
        minimum_difference: Least true difference between two programs that a
            paired test finds with 80% power at 5%, when every case counts as
            independent. None for fewer than two.
        cautious_difference: The same with the design effect.
        certifiable_error_rate: Upper 95% bound on the error rate when all cases are right.
    """

    split: str
    cases: int
    groups: int
    design_effect: float
    minimum_difference: float | None
    cautious_difference: float | None
    certifiable_error_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldCheck:
    """The findings on one set.

    Attributes:
        name: The set's.
        duplicates: Pairs of cases that ask the same or nearly the same.
        leaks: Those pairs that lie in different splits, and groups that do.
        straddling_groups: Groups with cases in more than one split.
        unheld: Documents, pages and quotes that are not there; empty without documents.
        bad_choices: Cases whose choice is none of their options.
        without_answer: Cases with neither reference, choice nor documents, and
            not marked unanswerable: nothing can be scored on them.
        unverified: Cases that no person has accepted.
        resolution: What each split can tell.
        documents: Stored documents that were compared with; 0 when there are none.
    """

    name: str
    duplicates: tuple[DuplicatePair, ...]
    leaks: tuple[DuplicatePair, ...]
    straddling_groups: tuple[str, ...]
    unheld: tuple[Unheld, ...]
    bad_choices: tuple[str, ...]
    without_answer: tuple[str, ...]
    unverified: int
    resolution: tuple[Resolution, ...]
    documents: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing has to be corrected."""
        findings = (self.duplicates, self.leaks, self.straddling_groups, self.unheld, self.bad_choices)
        return not any(findings) and not self.without_answer


def check_gold(
    gold: GoldSet,
    *,
    documents: Mapping[str, DocumentRow],
    text_of: Callable[[DocumentRow], str],
) -> GoldCheck:
    """Look for what would make a result on this set wrong or worthless.

    Args:
        gold: The set.
        documents: Stored documents by path; empty skips what needs them.
        text_of: Reads a document's text; called only for documents that are quoted.
    """
    split_of = {case.id: case.split for case in gold.cases}
    duplicates = find_duplicates(gold.cases)
    splits: dict[str, set[str]] = {}
    for case in gold.cases:
        if case.group:
            splits.setdefault(case.group, set()).add(case.split)
    return GoldCheck(
        name=gold.name,
        duplicates=duplicates,
        leaks=tuple(pair for pair in duplicates if split_of[pair.first] != split_of[pair.second]),
        straddling_groups=tuple(group for group, found in splits.items() if len(found) > 1),
        unheld=_unheld(gold.cases, documents, text_of) if documents else (),
        bad_choices=tuple(case.id for case in gold.cases if _is_bad_choice(case)),
        without_answer=tuple(case.id for case in gold.cases if _has_no_answer(case)),
        unverified=sum(not case.is_verified for case in gold.cases),
        resolution=resolutions(gold.cases),
        documents=len(documents),
    )


def _is_bad_choice(case: GoldCase) -> bool:
    return bool(case.choice and case.options) and match_option(case.choice, case.options) is None


def _has_no_answer(case: GoldCase) -> bool:
    return not (case.reference or case.choice or case.relevant) and case.is_answerable is not False


def _unheld(
    cases: Sequence[GoldCase], documents: Mapping[str, DocumentRow], text_of: Callable[[DocumentRow], str]
) -> tuple[Unheld, ...]:
    rows_of: dict[str, list[DocumentRow]] = {}
    texts: dict[str, str] = {}

    def text(row: DocumentRow) -> str:
        if row.path not in texts:
            texts[row.path] = " ".join(text_of(row).split())
        return texts[row.path]

    found: list[Unheld] = []
    for case in cases:
        for item in case.relevant:
            if item.path not in rows_of:
                rows_of[item.path] = [row for path, row in documents.items() if path_matches(item.path, path)]
            problem = _problem(item, rows_of[item.path], text)
            if problem:
                found.append(Unheld(case_id=case.id, relevant=item, problem=problem))
    return tuple(found)


def _problem(item: Relevant, rows: Sequence[DocumentRow], text: Callable[[DocumentRow], str]) -> str:
    if not rows:
        return f"no document {item.path!r}"
    if item.page is not None and not any(not row.page_count or item.page <= row.page_count for row in rows):
        most = max(row.page_count for row in rows)
        return f"no page {item.page} in {item.path!r}, which has {most}"
    quote = " ".join(item.quote.split())
    if quote and not any(quote in text(row) for row in rows):
        return f"{item.path!r} does not say {quote[:60]!r}"
    return ""


def resolutions(cases: Sequence[GoldCase]) -> tuple[Resolution, ...]:
    """What each split and the whole set can tell; unverified cases do not count."""
    verified = [case for case in cases if case.is_verified]
    parts: dict[str, list[GoldCase]] = {}
    for case in verified:
        parts.setdefault(case.split or "unsplit", []).append(case)
    if len(parts) != 1 or "unsplit" not in parts:
        parts = {name: parts[name] for name in ("train", "dev", "test", "unsplit") if name in parts}
    found = [_resolution(name, part) for name, part in parts.items()]
    return tuple(found) if len(found) == 1 else (*found, _resolution(_WHOLE, verified))


def _resolution(name: str, cases: Sequence[GoldCase]) -> Resolution:
    from bidproof.evaluation.statistics.power import certifiable_error_rate, minimum_detectable_difference

    sizes = Counter(case.group for case in cases if case.group)
    alone = sum(not case.group for case in cases)
    count = len(cases)
    effect = (sum(size * size for size in sizes.values()) + alone) / count if count else 1.0
    return Resolution(
        split=name,
        cases=count,
        groups=len(sizes) + alone,
        design_effect=round(effect, 3),
        minimum_difference=minimum_detectable_difference(count) if count > 1 else None,
        cautious_difference=minimum_detectable_difference(count, design_effect=effect) if count > 1 else None,
        certifiable_error_rate=certifiable_error_rate(count) if count else None,
    )
