"""How well past answers are found for another buyer's questions, and near misses kept from being written.

    BIDPROOF_DATA=../shared/data python benchmarks/reuse_quality.py [PAIRS.csv ...]

Without a model and without a workspace: the completed questionnaire is read as ``bidproof library import``
does, and each row of ``whitepact/reuse.csv`` is held against it. Pairs of one's own (past_question,
past_choice, past_answer, asked, kind, expected_choice) default to ``reuse_pairs.csv``, twenty of another
style. The last line of a table names what the same words alone would reuse.
"""

import argparse
import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from measuring_sets import data_folder

from bidproof.answering.past.direction import is_opposite
from bidproof.answering.past.search import PastAnswer, PastAnswers
from bidproof.core.records import Likeness
from bidproof.questionnaires.read import read_questionnaire
from bidproof.questionnaires.read_back import standing_answer
from bidproof.retrieval.minilm import MiniLmEmbedder
from bidproof.workspace.question_text import normalize_question
from bidproof.workspace.rows import LibraryEntry

PAIRS = Path(__file__).with_name("reuse_pairs.csv")
PARAPHRASE, COMPOUND, NEAR_MISS, UNRELATED = "paraphrase", "compound", "near_miss", "unrelated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question, the numbers of the entries that answer it, and whether it asks the other way round."""

    text: str
    kind: str
    right: frozenset[int]
    is_inverted: bool


def entry(number: int, question: str, answer: str, choice: str) -> LibraryEntry:
    """A past answer as the library holds it."""
    return LibraryEntry(
        id=number,
        question=" ".join(question.split()),
        answer=answer,
        choice=choice or None,
        approver="benchmark",
        approved=date(2026, 1, 1),
    )


def whitepact() -> tuple[list[LibraryEntry], list[Row]]:
    """The completed questionnaire and the questions of another buyer."""
    home = data_folder() / "whitepact"
    entries: list[LibraryEntry] = []
    numbers: dict[str, int] = {}
    for question in read_questionnaire(home / "completed.xlsx").questions:
        found = standing_answer(question)
        numbers[question.buyer_id] = len(entries)
        entries.append(entry(len(entries), question.text, found.text, found.choice))
    with (home / "reuse.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Row(
                text=row["question"],
                kind=row["kind"],
                right=frozenset(numbers[name] for name in row["past_ids"].split(";") if name),
                is_inverted=row["note"].startswith("inverted:"),
            )
            for row in csv.DictReader(file)
        ]
    return entries, rows


def pairs(path: Path) -> tuple[list[LibraryEntry], list[Row]]:
    """A table of past answers, each with one question asked anew."""
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    entries = [
        entry(number, row["past_question"], row["past_answer"], row["past_choice"])
        for number, row in enumerate(table)
    ]
    rows = [
        Row(
            text=row["asked"],
            kind=row["kind"],
            right=frozenset({number} if row["kind"] in (PARAPHRASE, COMPOUND) else ()),
            is_inverted=row["expected_choice"] not in ("", row["past_choice"]),
        )
        for number, row in enumerate(table)
    ]
    return entries, rows


def measure(name: str, entries: Sequence[LibraryEntry], rows: Sequence[Row]) -> None:
    """Print the figures of one set."""
    embedder = MiniLmEmbedder(threads=1)
    found = PastAnswers(entries, embedder).closest([row.text for row in rows])
    held = list(zip(rows, found, strict=True))
    print(f"\n{name}: {len(entries)} past answers, {len(rows)} questions")
    _order(entries, rows, held, embedder)
    first = [(row, best[0]) for row, best in held if best]
    right = [best for row, best in first if row.kind == PARAPHRASE and best.entry.id in row.right]
    missed = [best for row, best in first if row.kind == NEAR_MISS]
    near = sum(row.kind == NEAR_MISS for row in rows)
    print(f"near misses flagged        {sum(map(_is_flagged, missed)) + near - len(missed)} of {near}")
    print(f"right rows flagged         {sum(map(_is_flagged, right))} of {len(right)}")
    likely = [(row, best) for row, best in first if best.likeness is not Likeness.RELATED]
    good = sum(best.entry.id in row.right for row, best in likely)
    answerable = sum(bool(row.right) for row in rows)
    print(
        f"likely                     precision {_share(good, len(likely))} for {_share(good, answerable)} "
        f"of the answerable; unrelated {sum(row.kind == UNRELATED for row, _ in likely)}"
    )
    _directions(entries, rows)
    words = {normalize_question(item.question) for item in entries}
    same = sum(normalize_question(row.text) in words for row in rows)
    print(f"same words (reused before) {same} of {len(rows)}")


def _order(
    entries: Sequence[LibraryEntry],
    rows: Sequence[Row],
    held: Iterable[tuple[Row, tuple[PastAnswer, ...]]],
    embedder: MiniLmEmbedder,
) -> None:
    asked = [row for row in rows if row.kind == PARAPHRASE]
    plain = (
        embedder.embed_queries([row.text for row in asked])
        @ embedder.embed_passages([item.question for item in entries]).T
    )
    orders = {
        "plain cosine (before)": [line.argsort()[::-1][:3].tolist() for line in plain],
        "this order": [[item.entry.id for item in best] for row, best in held if row.kind == PARAPHRASE],
    }
    for label, order in orders.items():
        first = sum(best[:1] != [] and best[0] in row.right for row, best in zip(asked, order, strict=True))
        three = sum(bool(row.right & set(best)) for row, best in zip(asked, order, strict=True))
        total = len(asked)
        print(
            f"{label:26} right row first {_share(first, total)}, in three {_share(three, total)} of {total}"
        )


def _directions(entries: Sequence[LibraryEntry], rows: Sequence[Row]) -> None:
    asked = [row for row in rows if row.kind == PARAPHRASE]
    held = [
        row for row in asked if any(is_opposite(row.text, entries[number].question) for number in row.right)
    ]
    inverted = sum(row.is_inverted for row in asked)
    print(
        f"inverted held              {sum(row.is_inverted for row in held)} of {inverted}; falsely held "
        f"{sum(not row.is_inverted for row in held)} of {len(asked) - inverted}"
    )


def _is_flagged(found: PastAnswer) -> bool:
    return bool(found.flags)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def main() -> None:
    """Measure on the given tables, else on the set that stands in the data folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", type=Path, nargs="*", default=[PAIRS])
    chosen = parser.parse_args()
    if (data_folder() / "whitepact" / "reuse.csv").exists():
        measure("whitepact", *whitepact())
    for path in chosen.pairs:
        measure(path.stem, *pairs(path))


if __name__ == "__main__":
    main()
