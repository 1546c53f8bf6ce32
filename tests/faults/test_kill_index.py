"""A writer of the index is killed at each step of a write, or meets another one: nothing is lost or stale."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bidproof.core.ids import document_id
from bidproof.core.records import Passage
from bidproof.retrieval.lance_index import LanceIndex
from bidproof.retrieval.protocol import Filters
from index_writers import change_and_die, compact_often, open_index, put, put_first, put_many
from killing import start

STEPS = {
    "the store has taken it, the arrays have not": "bidproof.retrieval.sidecar.arrays_of",
    "the arrays are half written": "bidproof.retrieval.array_file._flat",
    "the list is not swapped": "bidproof.retrieval.sidecar.write_text",
    "the list is swapped, old arrays are not freed": "pathlib.Path.iterdir",
    "compacted in the store alone": "bidproof.retrieval.sidecar.Sidecar.compact",
}


def run(target: Callable[..., None], *arguments: str) -> int | None:
    child = start(target, *arguments)
    child.join(120)
    return child.exitcode


def passages(index: LanceIndex) -> list[Passage]:
    pool = index.pool()
    return pool.passages(pool.rows(Filters()))


def texts(index: LanceIndex) -> set[str]:
    found = passages(index)
    assert len(found) == index.count()
    return {passage.text.partition(" Part")[0] for passage in found}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_killed_at_a_step_the_next_one_reads_what_the_store_holds(step: str, tmp_path: Path) -> None:
    assert run(put_first, str(tmp_path)) == 0
    assert run(change_and_die, str(tmp_path), step) == 9
    index = open_index(str(tmp_path))
    second = "Logs are read." if step.endswith("compact") else "Logs are signed."
    assert texts(index) == {"Keys are turned.", second}
    assert index.damage() == ""
    put(index, "third", "Staff are trained.")
    index.compact()
    assert texts(open_index(str(tmp_path))) == {"Keys are turned.", second, "Staff are trained."}
    assert len(list((tmp_path / "index").glob("*.arrays/segment-*"))) <= 3


def test_two_writers_and_a_compaction_lose_nothing(tmp_path: Path) -> None:
    assert run(put_first, str(tmp_path)) == 0
    children = [
        start(put_many, str(tmp_path), "one"),
        start(put_many, str(tmp_path), "two"),
        start(compact_often, str(tmp_path)),
    ]
    while any(child.is_alive() for child in children):
        assert {"first.md", "second.md"} <= {p.path for p in passages(open_index(str(tmp_path)))}
        children[0].join(0.2)
    for child in children:
        child.join(120)
        assert child.exitcode == 0
    index = open_index(str(tmp_path))
    assert index.document_ids() == {
        document_id(f"{name}.md")
        for name in ("first", "second", "shared", *(f"{w}-{n}" for w in ("one", "two") for n in range(6)))
    }
    assert index.count() == 15 * 3
    assert index.damage() == ""


def test_a_reader_beside_writers_is_whole(tmp_path: Path) -> None:
    assert run(put_first, str(tmp_path)) == 0
    index = open_index(str(tmp_path))
    writer = start(put_many, str(tmp_path), "one")
    while writer.is_alive():
        assert index.count() % 3 == 0
        writer.join(0.05)
    writer.join(120)
    assert writer.exitcode == 0
    assert index.count() == 9 * 3
