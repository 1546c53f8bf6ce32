"""What the report shows of a run, prepared for its template: cases with passages, marks and cells."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bidproof.core.records import Citation, Draft, Passage, ScoredPassage
from bidproof.evaluation.records import Cell, CellState, GoldCase, Outcome, Run

_HEADLINES = (
    "choice_accuracy",
    "answer_correctness",
    "answer_recall",
    "faithfulness",
    "context_recall",
    "abstains_rightly",
    "reference_recall",
    "support_overlap",
    "hit_at_3",
)
_MOST_HEADLINES = 4
_MOST_PASSAGES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a passage's text; marked where a citation quotes it."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageView:
    """A passage as shown: its place in the ranking, and its text in stretches."""

    rank: int
    passage: Passage
    stretches: tuple[Stretch, ...]

    @property
    def is_cited(self) -> bool:
        """Whether a citation quotes it."""
        return any(item.is_marked for item in self.stretches)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One case and repeat as shown; ``outcome`` is None where the run did not reach it."""

    anchor: str
    case: GoldCase
    repeat: int
    outcome: Outcome | None
    unplaced: tuple[str, ...]
    passages: tuple[PassageView, ...]
    others: tuple[str, ...]
    cells: tuple[Cell, ...]
    headline: tuple[Cell | None, ...]

    @property
    def draft(self) -> Draft | None:
        """What was drafted."""
        return self.outcome.draft if self.outcome else None

    @property
    def state(self) -> str:
        """The draft's state, or ``not reached``."""
        return str(self.draft.state) if self.draft else "not reached"

    @property
    def cell_states(self) -> str:
        """Distinct cell states, for the filter."""
        return " ".join(sorted({str(cell.state) for cell in self.cells}))

    @property
    def words(self) -> str:
        """What the search looks through."""
        answer = self.draft.text if self.draft else ""
        case = self.case
        return " ".join((case.id, case.group, case.question, answer, case.reference)).lower()


def headline_metrics(run: Run) -> tuple[str, ...]:
    """The few metrics that stand in the case table: those that say most and have values."""
    scored = {item.metric for item in run.summaries if item.estimate.n}
    found = [name for name in _HEADLINES if name in scored]
    found += [item.metric for item in run.summaries if item.metric in scored and item.worst is not None]
    return tuple(dict.fromkeys(found))[:_MOST_HEADLINES]


def case_views(run: Run, headline: Sequence[str]) -> tuple[CaseView, ...]:
    """Every case and repeat, in the order of the set."""
    outcomes = {(item.case_id, item.repeat): item for item in run.outcomes}
    cells: dict[tuple[str, int], list[Cell]] = defaultdict(list)
    for cell in run.cells:
        cells[(cell.case_id, cell.repeat)].append(cell)
    keys = [(case, repeat) for case in run.cases for repeat in range(max(1, run.info.repeats))]
    return tuple(
        _case_view(
            case,
            repeat,
            outcomes.get((case.id, repeat)),
            cells[(case.id, repeat)],
            headline=headline,
            anchor=f"case-{number}",
        )
        for number, (case, repeat) in enumerate(keys, start=1)
    )


def count_states(views: Sequence[CaseView]) -> Mapping[str, int]:
    """Cases by the state of their draft."""
    return dict(sorted(Counter(view.state for view in views).items()))


def count_cell_states(run: Run) -> Mapping[str, int]:
    """Cells by state, all five."""
    counts = Counter(cell.state for cell in run.cells)
    return {str(state): counts[state] for state in CellState}


def _case_view(
    case: GoldCase,
    repeat: int,
    outcome: Outcome | None,
    cells: Sequence[Cell],
    *,
    headline: Sequence[str],
    anchor: str,
) -> CaseView:
    draft = outcome.draft if outcome else None
    citations = [citation for claim in draft.claims for citation in claim.citations] if draft else []
    shown = outcome.context[:_MOST_PASSAGES] if outcome else ()
    seen = {item.passage.id for item in shown}
    by_metric = {cell.metric: cell for cell in cells}
    return CaseView(
        anchor=anchor,
        case=case,
        repeat=repeat,
        outcome=outcome,
        unplaced=tuple(item.quote for item in citations if item.passage_id not in seen),
        passages=tuple(_passage_view(item, citations) for item in shown),
        others=tuple(
            f"{item.rank}. {_place(item.passage)}"
            for item in (outcome.retrieved[len(shown) :] if outcome else ())
        ),
        cells=tuple(cells),
        headline=tuple(by_metric.get(name) for name in headline),
    )


def _passage_view(item: ScoredPassage, citations: Sequence[Citation]) -> PassageView:
    own = [citation for citation in citations if citation.passage_id == item.passage.id]
    return PassageView(rank=item.rank, passage=item.passage, stretches=mark_quotes(item.passage, own))


def mark_quotes(passage: Passage, citations: Sequence[Citation]) -> tuple[Stretch, ...]:
    """Cut a passage's text at the quotes; joined, the stretches give the text again."""
    is_quoted = bytearray(len(passage.text))
    for citation in citations:
        start, end = citation.start - passage.start, citation.end - passage.start
        if passage.text[max(0, start) : end] != citation.quote or start < 0:
            start = passage.text.find(citation.quote)
            end = start + len(citation.quote)
        if start >= 0:
            is_quoted[start:end] = b"\x01" * (end - start)
    stretches: list[Stretch] = []
    begin = 0
    for place in range(1, len(passage.text) + 1):
        if place == len(passage.text) or is_quoted[place] != is_quoted[begin]:
            stretches.append(Stretch(text=passage.text[begin:place], is_marked=bool(is_quoted[begin])))
            begin = place
    return tuple(stretches)


def _place(passage: Passage) -> str:
    pages = f", p. {', '.join(map(str, passage.pages))}" if passage.pages else ""
    return f"{passage.title or passage.path} ({passage.path}{pages})"
