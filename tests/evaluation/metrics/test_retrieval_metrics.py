"""Ranks: by hand on small rankings, and against ranx on a thousand random ones."""

import asyncio
import json
import os
import random
import subprocess
import sys

import pytest

from bidproof.core.records import DraftState
from bidproof.evaluation.metrics.registry import all_metrics
from bidproof.evaluation.metrics.retrieval import hit_at, ndcg_at, recall_at, reciprocal_rank
from bidproof.evaluation.records import CellState, Relevant
from outcomes import FixedScoring, case, outcome
from passages import make_passage

CASES = 1000


def _random_rankings():
    rng = random.Random(3)
    for _ in range(CASES):
        pool = [f"d{n}" for n in range(40)]
        yield rng.sample(pool, rng.randint(1, 8)), rng.sample(pool, rng.randint(1, 30))


THEIRS = """
import json, sys, warnings
warnings.simplefilter("ignore")
import ranx
pairs, names = json.load(sys.stdin)
qrels = ranx.Qrels({f"q{n:04d}": dict.fromkeys(wanted, 1) for n, (wanted, _) in enumerate(pairs)})
run = ranx.Run({
    f"q{n:04d}": {name: float(len(ranking) - place) for place, name in enumerate(ranking)}
    for n, (_, ranking) in enumerate(pairs)
})
found = ranx.evaluate(qrels, run, names, return_mean=False)
print(json.dumps({name: [float(value) for value in found[name]] for name in names}))
"""


def _theirs(pairs, names):
    # In a process of its own: compiling takes longer than the cases, and the switch against it
    # only works where nothing has imported the compiler before.
    done = subprocess.run(
        [sys.executable, "-c", THEIRS],
        input=json.dumps([pairs, names]),
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_rank_measures_equal_ranx_on_a_thousand_random_cases():
    pairs = list(_random_rankings())
    names = ["hit_rate@1", "hit_rate@3", "hit_rate@10", "recall@10", "mrr", "ndcg@10"]
    theirs = _theirs(pairs, names)
    for number, (wanted, ranking) in enumerate(pairs):
        matches = [{wanted.index(name)} if name in wanted else set() for name in ranking]
        ours = (
            hit_at(matches, 1),
            hit_at(matches, 3),
            hit_at(matches, 10),
            recall_at(matches, 10, items=len(wanted)),
            reciprocal_rank(matches),
            ndcg_at(matches, 10, items=len(wanted)),
        )
        assert ours == pytest.approx([float(theirs[name][number]) for name in names]), (wanted, ranking)


def _scores(relevant, passages, **fields):
    given = outcome("x", passages=passages, **fields)
    names = ("hit_at_1", "hit_at_3", "recall_at_10", "mrr", "ndcg_at_10")
    found = {
        name: asyncio.run(all_metrics()[name].score(case(relevant=relevant), given, FixedScoring()))
        for name in names
    }
    return {name: cell.value for name, cell in found.items()}, found


def test_an_item_counts_once_however_many_passages_match_it():
    pages = [make_passage("one", path="g/a.pdf", start=0), make_passage("two", path="g/a.pdf", start=9)]
    other = make_passage("three", path="g/b.pdf")
    values, _ = _scores((Relevant(path="a.pdf"), Relevant(path="b.pdf")), [*pages, other])
    # Items at ranks 1 and 3: recall 2/2, MRR 1, DCG = 1 + 1/log2(4) = 1.5, ideal 1 + 1/log2(3) = 1.6309.
    assert values == {
        "hit_at_1": 1.0,
        "hit_at_3": 1.0,
        "recall_at_10": 1.0,
        "mrr": 1.0,
        "ndcg_at_10": pytest.approx(1.5 / 1.63093, abs=1e-4),
    }


def test_relevance_may_ask_for_page_glob_and_words():
    hit = make_passage("Backups are kept\nfor 30 days.", path="2023/AAPL Q1.pdf", pages=(4,))
    assert _scores((Relevant(path="*AAPL*.pdf", page=4, quote="kept for 30 days"),), [hit])[0]["mrr"] == 1.0
    assert _scores((Relevant(path="*AAPL*.pdf", page=5),), [hit])[0]["mrr"] == 0.0
    assert _scores((Relevant(path="*MSFT*.pdf"),), [hit])[0]["mrr"] == 0.0
    assert (
        _scores((Relevant(path="*AAPL*.pdf", quote="kept for 90 days in all regions"),), [hit])[0]["mrr"] == 0
    )


def test_one_passage_that_holds_everything_is_the_best_ranking():
    both = make_passage("Kept for 30 days. Encrypted with AES-256 at rest.")
    items = (
        Relevant(path="policy.md", quote="Kept for 30 days"),
        Relevant(path="policy.md", quote="AES-256 at rest"),
    )
    assert _scores(items, [both])[0]["ndcg_at_10"] == 1.0


def test_nothing_found_is_a_miss_and_nothing_recorded_is_not():
    relevant = (Relevant(path="a.md"),)
    _, silent = _scores(relevant, [], state=DraftState.NOT_FOUND)
    assert silent["hit_at_3"].value == 0.0
    _, unknown = _scores(relevant, [], state=DraftState.DRAFTED)
    assert unknown["hit_at_3"].state is CellState.UNSCORABLE
    _, bare = _scores((), [make_passage("x")])
    assert bare["mrr"].state is CellState.UNSCORABLE
