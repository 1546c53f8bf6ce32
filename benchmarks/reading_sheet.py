"""A sheet of drafts and suggestions for a person to read, and the shares of what was read.

    BIDPROOF_DATA=../shared/data python benchmarks/reading_sheet.py --seed 3 --out /tmp/reading
    python benchmarks/reading_sheet.py --score benchmarks/results/reading_3.csv

Sixty that show evidence, fifteen of each set (``--each``), are drawn by the seed; ``--without`` leaves out
what an earlier sheet held. The sheet has the question, the reference, what would be written or offered, and
the passages that stand beside it as the report shows them; it holds the sets' own text and so stays out of
the repository.
Beside it goes ``reading_SEED.csv`` with one line for each (id, state, verdict, in_sight, reason) to fill in:

- verdict: ``as is``, ``edit`` (sent after changing or cutting a few words), ``useless`` (deleted), ``wrong``
  (says of the thing asked about what is not so, or answers about another thing as if it were this one);
- in_sight: ``yes`` where the text or a passage beside it holds what an answer needs.
"""

import argparse
import csv
import random
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from answer_quality import Case, load_cases, share
from retrieval_corpus import open_corpus

from bidproof.answering.extractive import ExtractiveEngine
from bidproof.core.records import Draft, DraftState
from bidproof.core.settings import Settings
from bidproof.retrieval.search import Retriever

SETS = ("aws", "k8gb", "whitepact", "sec10q")
EACH = 15
COLUMNS = ("id", "state", "verdict", "in_sight", "reason")
VERDICTS = ("as is", "edit", "useless", "wrong")
IN_SIGHT = 3  # passages that the report shows beside a draft
SILENT = frozenset({DraftState.NOT_FOUND, DraftState.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question of a set with its draft."""

    id: str
    case: Case
    draft: Draft


def draw(name: str, *, seed: int, each: int, cache: Path, without: Collection[str]) -> list[Item]:
    """The first drafts of a shuffled set that show evidence; prints how many were silent on the way."""
    corpus = open_corpus(name, cache=cache)
    if corpus is None:
        print(f"{name}: skipped: not in the data folder")
        return []
    settings = Settings()
    source = Retriever(corpus.index, corpus.embedder, settings.retrieval)
    engine = ExtractiveEngine(source, settings, embedder=corpus.embedder)
    cases = load_cases(name)
    random.Random(f"{seed} {name}").shuffle(cases)
    items: list[Item] = []
    states: Counter[str] = Counter()
    for case in cases:
        label = f"{name}-{case.question.id}"
        if label in without or len(items) == each:
            continue
        draft = engine.draft_now(case.question)
        states[draft.state] += 1
        if draft.state not in SILENT and (draft.text or draft.passages):
            items.append(Item(id=label, case=case, draft=draft))
    print(f"{name}: " + ", ".join(f"{count} {state}" for state, count in states.most_common()))
    return items


def sheet(items: Sequence[Item]) -> str:
    """The items as Markdown."""
    return "\n".join(line for item in items for line in _lines(item))


def _lines(item: Item) -> list[str]:
    question, draft = item.case.question, item.draft
    section = " > ".join(question.section_path)
    lines = [
        f"## {item.id} ({draft.state})",
        "",
        f"**{question.text}** {f'[{section}]' if section else ''}",
        "",
    ]
    lines += [f"Reference: {item.case.choice} {item.case.answer}", ""]
    lines += [f"TEXT ({draft.choice or '-'}): {draft.text}", "", f"Reasons: {'; '.join(draft.reasons)}", ""]
    for found in draft.passages[:IN_SIGHT]:
        passage = found.passage
        lines += [f"[{passage.path} > {' > '.join(passage.heading_path)}]", f"> {passage.text}", ""]
    return lines


def score(path: Path) -> None:
    """Print the shares of a filled-in table, with 95% Wilson intervals."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["verdict"]]
    unknown = {row["verdict"] for row in rows} - set(VERDICTS)
    if unknown:
        raise SystemExit(f"{path}: found verdicts {sorted(unknown)}, expected {', '.join(VERDICTS)}")
    for state in sorted({row["state"] for row in rows}):
        _print_shares(state, [row for row in rows if row["state"] == state])
    _print_shares("all", rows)
    seen = sum(row["in_sight"] == "yes" for row in rows)
    print(f"right passage in sight     {share(seen, len(rows))}")
    for name in SETS:
        own = [row for row in rows if row["id"].startswith(f"{name}-")]
        print(f"  {name:24} {share(sum(row['in_sight'] == 'yes' for row in own), len(own))}")


def _print_shares(label: str, rows: Sequence[dict[str, str]]) -> None:
    counts = Counter(row["verdict"] for row in rows)
    print(f"{label}: {', '.join(f'{counts[verdict]} {verdict}' for verdict in VERDICTS)}")
    print(f"  as is or with an edit    {share(counts['as is'] + counts['edit'], len(rows))}")
    print(f"  wrong                    {share(counts['wrong'], len(rows))}")


def write(items: Sequence[Item], *, seed: int, out: Path) -> None:
    """Write the sheet, and the table of verdicts where none stands yet."""
    out.mkdir(parents=True, exist_ok=True)
    (out / f"reading_{seed}.md").write_text(sheet(items), encoding="utf-8")
    table = out / f"reading_{seed}.csv"
    if table.exists():
        print(f"{table} is kept as it is")
        return
    with table.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        lines.writeheader()
        lines.writerows({"id": item.id, "state": item.draft.state} for item in items)


def main() -> None:
    """Draw a sheet, or print the shares of a filled-in one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="folder for the sheet, outside of the repository")
    parser.add_argument("--without", type=Path, nargs="*", default=[], help="tables of earlier sheets")
    parser.add_argument("--sets", nargs="*", default=SETS)
    parser.add_argument("--each", type=int, default=EACH, help="drafts of each set")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    parser.add_argument("--score", type=Path, help="a filled-in table")
    chosen = parser.parse_args()
    if chosen.score:
        score(chosen.score)
        return
    if chosen.out is None:
        parser.error("--out is needed to draw a sheet")
    without = {row["id"] for path in chosen.without for row in csv.DictReader(path.open(encoding="utf-8"))}
    items = [
        item
        for name in chosen.sets
        for item in draw(name, seed=chosen.seed, each=chosen.each, cache=chosen.cache, without=without)
    ]
    write(items, seed=chosen.seed, out=chosen.out)


if __name__ == "__main__":
    main()
