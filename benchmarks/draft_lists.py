"""What lists of drafts cost beside reading the drafts whole: CPU milliseconds and ratios, one run.

python benchmarks/draft_lists.py [--drafts 5000]
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bidproof.core.ids import DocumentId, PassageId, QuestionId
from bidproof.core.records import Draft, DraftState, Passage, ScoredPassage
from bidproof.workspace.store import Workspace

TURNS = 5


def make_draft(number: int) -> Draft:
    """A draft whose record is some 11 KB of JSON, as real ones are."""
    passage = Passage(
        id=PassageId("p"),
        document_id=DocumentId("d"),
        path="policy.pdf",
        title="Policy",
        start=0,
        end=3000,
        text="word " * 600,
    )
    passages = tuple(ScoredPassage(passage=passage, score=0.5, rank=rank) for rank in (1, 2, 3))
    return Draft(
        question_id=QuestionId(str(number)), state=DraftState.DRAFTED, text="answer " * 70, passages=passages
    )


def least_ms(work: Callable[[], object], *, turns: int = TURNS) -> float:
    """CPU milliseconds of the quickest of several turns, after one that is not counted."""
    work()
    found: list[float] = []
    for _ in range(turns):
        began = time.process_time()
        work()
        found.append(1000 * (time.process_time() - began))
    return min(found)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--drafts", type=int, default=5000)
    count = parser.parse_args().drafts
    with tempfile.TemporaryDirectory() as folder, Workspace.open(Path(folder)) as workspace:
        jobs = workspace.jobs
        job = jobs.start(kind="answer", key="k", total=count, detail={})
        for number in range(count):
            jobs.save_draft(job.id, make_draft(number))
        whole = least_ms(lambda: jobs.drafts(job.id), turns=1)
        print(f"{count} drafts read whole: {whole:.0f} ms CPU")
        for name, work in (
            ("a page of 50", lambda: jobs.draft_rows(job.id, after=count // 2, limit=50)),
            ("a count by status", lambda: jobs.count_drafts(job.id)),
        ):
            spent = least_ms(work)
            print(f"{name}: {spent:.2f} ms CPU, 1/{whole / spent:.0f} of that")


if __name__ == "__main__":
    main()
