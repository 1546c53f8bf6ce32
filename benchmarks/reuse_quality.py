"""How well past answers are found for another buyer's questions, and near misses kept from being written.

    BIDPROOF_DATA=../shared/data python benchmarks/reuse_quality.py [PAIRS.csv ...] [--model model.gguf]

Without a model and without a workspace: the completed questionnaire is read as ``bidproof library import``
does, and each row of ``whitepact/reuse.csv`` is held against it. Pairs of one's own (past_question,
past_choice, past_answer, asked, kind, expected_choice) default to ``reuse_pairs.csv``, twenty of another
style. The last line of a table names what the same words alone would reuse.

``--model`` asks a local model, as ``bidproof answer`` does, about the near past answers of each question
that nothing speaks against, takes the one that it is surest of, and says what would be written: at the
threshold that ``bidproof library calibrate`` finds where the same answer counts as right, and at one found on
the other groups of sections alone. Its replies stay in a journal below ``--cache``: a run that is cut short
goes on where it stopped.
"""

import argparse
import asyncio
import csv
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from pathlib import Path

from measuring_sets import data_folder

from bidproof.answering.past.direction import is_opposite
from bidproof.answering.past.search import PastAnswer, PastAnswers
from bidproof.answering.past.verifier import lean, threshold_for
from bidproof.core.records import Likeness
from bidproof.core.settings import ModelSettings
from bidproof.llm.open import open_model
from bidproof.questionnaires.read import read_questionnaire
from bidproof.questionnaires.read_back import standing_answer
from bidproof.retrieval.minilm import MiniLmEmbedder
from bidproof.workspace.question_text import normalize_question
from bidproof.workspace.rows import LibraryEntry
from bidproof.workspace.store import Workspace

PAIRS = Path(__file__).with_name("reuse_pairs.csv")
_FOLDS = 5
PARAPHRASE, COMPOUND, NEAR_MISS, UNRELATED = "paraphrase", "compound", "near_miss", "unrelated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question, the numbers of the entries that answer it, and whether it asks the other way round."""

    text: str
    kind: str
    right: frozenset[int]
    is_inverted: bool


def entry(number: int, question: str, answer: str, choice: str, *, section: str = "") -> LibraryEntry:
    """A past answer as the library holds it."""
    return LibraryEntry(
        id=number,
        section=section,
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
        domain = question.buyer_id.partition("-")[0]
        entries.append(entry(len(entries), question.text, found.text, found.choice, section=domain))
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


def measure(
    name: str, entries: Sequence[LibraryEntry], rows: Sequence[Row]
) -> list[tuple[Row, tuple[PastAnswer, ...]]]:
    """Print the figures of one set.

    Returns:
        Each question with the past answers that come near it.
    """
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
    return held


@dataclass(frozen=True, slots=True, kw_only=True)
class Leant:
    """A question with the past answer that the model is surest of; another row may say the same."""

    row: Row
    group: str
    log_odds: float
    is_right: bool
    is_same: bool


async def ask(
    held: Sequence[tuple[Row, tuple[PastAnswer, ...]]],
    entries: Sequence[LibraryEntry],
    *,
    settings: ModelSettings,
    cache: Path,
) -> list[Leant]:
    """Ask the model about each candidate; replies of an earlier run are taken from the journal."""
    workspace = Workspace.open(cache / "reuse-journal")
    leant: list[Leant] = []
    async with open_model(settings, journal=workspace.calls, job_id=None, api_key=None) as model:
        for row, near in held:
            if not near or not near[0].is_unopposed:
                continue
            sure: list[tuple[float, LibraryEntry]] = []
            for found in (item for item in near if item.is_unopposed):
                log_odds = (await lean(row.text, found.entry, model=model, settings=settings)).log_odds
                if log_odds is None:
                    raise SystemExit(f"{settings.model}: no probabilities at the field")
                sure.append((log_odds, found.entry))
            if sure:
                leant.append(_leant(row, *max(sure, key=itemgetter(0)), entries))
                print(
                    f"  {leant[-1].log_odds:6.2f} {row.kind:10} {leant[-1].is_right!s:5} {row.text}",
                    flush=True,
                )
    return leant


def _leant(row: Row, log_odds: float, best: LibraryEntry, entries: Sequence[LibraryEntry]) -> Leant:
    said = {(entries[number].choice, entries[number].answer) for number in row.right}
    return Leant(
        row=row,
        group=best.section,
        log_odds=log_odds,
        is_right=best.id in row.right,
        is_same=(best.choice, best.answer) in said,
    )


def tell(leant: Sequence[Leant], rows: Sequence[Row], *, precision: float) -> None:
    """Print what would be written, by the one threshold and with each group of sections left out in turn."""
    whole = threshold_for([(item.log_odds, item.is_same) for item in leant], precision=precision)
    print(f"candidates                 {sum(item.is_right for item in leant)} right of {len(leant)}")
    if whole is None:
        print(f"written                    none: no threshold is right for {precision:g}")
        return
    _written(f"written from {whole.log_odds:.2f} on", leant, rows, [whole.log_odds] * len(leant))
    fold = {group: number % _FOLDS for number, group in enumerate(sorted({item.group for item in leant}))}
    left_out = {
        number: threshold_for(
            [(item.log_odds, item.is_same) for item in leant if fold[item.group] != number],
            precision=precision,
        )
        for number in range(_FOLDS)
    }
    bounds = [found.log_odds if (found := left_out[fold[item.group]]) else math.inf for item in leant]
    _written("written, left out", leant, rows, bounds)


def _written(label: str, leant: Sequence[Leant], rows: Sequence[Row], bounds: Sequence[float]) -> None:
    written = [item for item, bound in zip(leant, bounds, strict=True) if item.log_odds >= bound]
    right = sum(item.is_right for item in written)
    answerable = sum(bool(row.right) for row in rows)
    kinds = Counter(item.row.kind for item in written if not item.is_right)
    print(
        f"{label:26} precision {_share(right, len(written))} for {_share(right, answerable)} of the "
        f"answerable ({right} of {len(written)} right, {sum(item.is_same for item in written)} the same "
        f"answer); near misses written {kinds[NEAR_MISS]} of "
        f"{sum(row.kind == NEAR_MISS for row in rows)}, unrelated {kinds[UNRELATED]}"
    )


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
    parser.add_argument("--model", type=Path, help="a GGUF file")
    parser.add_argument("--precision", type=float, default=0.9)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    chosen = parser.parse_args()
    sets = [(path.stem, *pairs(path)) for path in chosen.pairs]
    if (data_folder() / "whitepact" / "reuse.csv").exists():
        sets.insert(0, ("whitepact", *whitepact()))
    for name, entries, rows in sets:
        held = measure(name, entries, rows)
        if chosen.model:
            settings = ModelSettings(model=f"local:{chosen.model}", timeout_s=600)
            leant = asyncio.run(ask(held, entries, settings=settings, cache=chosen.cache))
            tell(leant, rows, precision=chosen.precision)


if __name__ == "__main__":
    main()
