"""Few-shot candidates: approved answers whose reply would pass every check.

One file, made anew from the stored feedback at every import, in the form that
``bidproof prompts new --examples`` reads.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bidproof.core.files import write_text, writing
from bidproof.core.ids import QuestionId
from bidproof.core.jsonable import json_text
from bidproof.core.records import Draft
from bidproof.optimization.prompts.solved import NO_CITATION, Solved, SolvedExample, solved_example
from bidproof.prompts.program import Example
from bidproof.runtime.session import Session
from bidproof.workspace.question_text import normalize_question
from bidproof.workspace.rows import FeedbackRow

FEEDBACK_FOLDER = "feedback"
EXAMPLES_FILE = "examples.json"
_MOST_PASSAGES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamplesReport:
    """The file of candidates, how many it holds, and why other approved answers are not among them."""

    path: Path
    examples: int
    left_out: Mapping[str, int]


def store_examples(session: Session) -> ExamplesReport:
    """Write the few-shot candidates of all stored feedback; an unchanged file is not touched.

    Raises:
        WriteFailed: Disk full, no permission; what stood there still does.
    """
    folder = session.workspace.folder / FEEDBACK_FOLDER
    path = folder / EXAMPLES_FILE
    examples: dict[str, Example] = {}
    left_out: Counter[str] = Counter()
    # Another import may store feedback meanwhile: the last to write has read it all.
    with writing(folder):
        for row, found in solved_feedback(session):
            if found.example is not None:
                # A later review of the same question says it better.
                examples[normalize_question(row.question)] = found.example
            else:
                left_out[found.problem] += 1
        text = json_text(tuple(examples.values()))
        if not path.exists() or path.read_text("utf-8") != text:
            write_text(path, text)
    return ExamplesReport(path=path, examples=len(examples), left_out=left_out)


def solved_feedback(session: Session) -> list[tuple[FeedbackRow, SolvedExample]]:
    """Every approved answer as an example, or why it can be none, oldest first."""
    drafts: dict[int, dict[QuestionId, Draft]] = {}
    found: list[tuple[FeedbackRow, SolvedExample]] = []
    for row in session.workspace.feedback.all():
        if not row.outcome.is_answer:
            continue
        if row.job_id not in drafts:
            drafts[row.job_id] = session.workspace.jobs.drafts(row.job_id)
        draft = drafts[row.job_id].get(QuestionId(row.question_id))
        if draft is None or not draft.passages:
            found.append((row, SolvedExample(problem=NO_CITATION)))
            continue
        found.append((row, solved_example(_solved(row, draft))))
    return found


def _solved(row: FeedbackRow, draft: Draft) -> Solved:
    cited = {item.passage_id for item in row.citations}
    shown = [item for item in draft.passages if item.passage.id in cited]
    others = [item for item in draft.passages if item.passage.id not in cited]
    room = max(0, _MOST_PASSAGES - len(shown))
    kept = sorted((*shown, *others[:room]), key=lambda item: item.rank)
    return Solved(
        question=row.question,
        options=row.options,
        text=row.new_text,
        choice=row.new_choice,
        citations=row.citations,
        passages=tuple(kept),
    )
