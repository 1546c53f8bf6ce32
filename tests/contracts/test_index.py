"""What every index promises, run against each of them: small and exact, large and approximate."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bidproof.core.errors import WorkspaceError
from bidproof.core.ids import document_id
from bidproof.core.records import Box, Passage, Trust
from bidproof.language.terms import query_terms
from bidproof.retrieval.lance_index import LanceIndex
from bidproof.retrieval.open import open_index
from bidproof.retrieval.protocol import Filters, Index
from passages import make_passage
from wordvectors import WordEmbedder

EMBEDDER = WordEmbedder()
EVERYTHING = Filters()


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return LanceIndex(tmp_path / "index", embedder_name=EMBEDDER.name, dimension=EMBEDDER.dimension)


def put(index: Index, *passages: Passage) -> None:
    index.replace({passage.document_id for passage in passages}, passages, EMBEDDER.embed_documents(passages))


def found(index: Index, text: str) -> list[str]:
    """Texts of the pool by BM25, best first, those without a match left out."""
    pool = index.pool()
    scores = pool.body.match(dict.fromkeys(query_terms(text), 1.0)).scores()
    rows = [row for row in np.argsort(-scores) if scores[row] > 0]
    return [passage.text for passage in pool.passages(np.array(rows, dtype=int))]


def stored(index: Index, filters: Filters = EVERYTHING) -> list[Passage]:
    pool = index.pool()
    return pool.passages(pool.rows(filters))


def test_an_index_nothing_was_written_to_is_empty(index: Index) -> None:
    assert index.count() == 0
    assert index.document_ids() == frozenset()
    assert found(index, "anything") == []
    index.remove([document_id("a.md")])
    index.compact()


def test_passages_come_back_as_they_went_in(index: Index) -> None:
    passage = Passage(
        id=make_passage("x").id,
        document_id=document_id("a/ö'1.md"),
        path="a/ö'1.md",
        title='A "title"',
        start=3,
        end=9,
        text="Grün — 1,5 % 'x' 暗号化",
        heading_path=("One", "Two"),
        table_header="Item | Price",
        pages=(2, 3),
        boxes=(Box(page=2, left=1.5, top=2, right=3, bottom=4),),
        written=date(2024, 2, 29),
        tags=("legal", "it's"),
        trust=Trust.APPROVED_ANSWER,
    )
    put(index, passage)
    assert stored(index) == [passage]
    vector = index.pool().vectors(np.array([0]))[0]
    assert np.allclose(vector, EMBEDDER.embed_documents([passage])[0], atol=1e-4)


def test_a_document_is_replaced_whole(index: Index) -> None:
    put(index, make_passage("Old words about backups"), make_passage("Old end", start=50))
    put(index, make_passage("Other text", path="other.md"))
    put(index, make_passage("New words about keys"))
    assert index.count() == 2
    assert found(index, "backups") == []
    assert found(index, "keys") == ["New words about keys"]


def test_a_document_replaced_by_nothing_is_gone(index: Index) -> None:
    put(index, make_passage("Some text"), make_passage("Other", path="other.md"))
    none = np.zeros((0, EMBEDDER.dimension), dtype=np.float32)
    index.replace({document_id("policy.md")}, (), none)
    assert index.document_ids() == {document_id("other.md")}


def test_removed_documents_are_not_found(index: Index) -> None:
    put(index, make_passage("Backups run nightly"), make_passage("Backups are tested", path="other.md"))
    index.remove([document_id("policy.md"), document_id("never-there.md")])
    index.compact()
    assert found(index, "backups") == ["Backups are tested"]


@pytest.mark.parametrize("code", ["REQ-004217", "CO-01a", "v1.2.3", "AES-256", "ISO/IEC"])
def test_codes_match_exactly(index: Index, code: str) -> None:
    near = {"REQ-004217": "REQ-004218", "CO-01a": "CO-01b", "v1.2.3": "v1.2.4"}.get(code, "Nothing")
    put(
        index,
        make_passage(f"See {code} for the requirement", path="a.md"),
        make_passage(f"See {near} for the requirement", path="b.md"),
        make_passage("The requirement is met for every customer", path="c.md"),
    )
    assert found(index, f"Is {code.lower()} met?")[0] == f"See {code} for the requirement"


def test_words_match_over_endings_and_compounds(index: Index) -> None:
    put(index, make_passage("EBSEncryption protects volumes"), make_passage("Unrelated", path="b.md"))
    assert found(index, "encrypted volume") == ["EBSEncryption protects volumes"]


def test_rows_written_after_compaction_are_found(index: Index) -> None:
    put(index, make_passage("First words"))
    index.compact()
    put(index, make_passage("Later zebra words", path="later.md"))
    assert found(index, "zebra") == ["Later zebra words"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"one", "two", "three"}),
        (Filters(tags=("legal",)), {"one"}),
        (Filters(tags=("legal", "it's")), {"one", "two"}),
        (Filters(written_after=date(2024, 1, 1)), {"two"}),
        (Filters(written_before=date(2024, 1, 1)), {"one"}),
        (Filters(written_after=date(2023, 1, 1), tags=("legal",)), {"one"}),
        (Filters(paths=("docs",)), {"two"}),
        (Filters(paths=("docs/", "three.md")), {"two", "three"}),
        (Filters(document_ids=(document_id("one.md"),)), {"one"}),
        (Filters(tags=("none",)), set()),
    ],
)
def test_filters_leave_only_what_meets_them(index: Index, filters: Filters, expected: set[str]) -> None:
    put(
        index,
        make_passage("one", path="one.md", written=date(2023, 5, 1), tags=("legal",)),
        make_passage("two", path="docs/two.md", written=date(2024, 5, 1), tags=("it's",)),
        make_passage("three", path="three.md"),
    )
    assert {passage.text for passage in stored(index, filters)} == expected


def test_vectors_that_do_not_fit_are_refused(index: Index) -> None:
    passage = make_passage("text")
    with pytest.raises(ValueError, match="expected"):
        index.replace({passage.document_id}, [passage], np.ones((1, 3), dtype=np.float32))
    with pytest.raises(ValueError, match="not being replaced"):
        index.replace(set(), [passage], EMBEDDER.embed_documents([passage]))


def test_another_embedder_starts_empty_and_mixes_nothing(tmp_path: Path) -> None:
    first = open_index(tmp_path / "index", embedder_name="words/1", dimension=64)
    put(first, make_passage("Backups run nightly"))
    second = open_index(tmp_path / "index", embedder_name="words/2", dimension=64)
    assert second.count() == 0
    assert first.count() == 1
    put(second, make_passage("Keys rotate", path="b.md"))
    again = open_index(tmp_path / "index", embedder_name="words/2", dimension=64)
    assert again.document_ids() == {document_id("b.md")}


def test_a_reader_sees_what_a_writer_puts_in(tmp_path: Path) -> None:
    writer = open_index(tmp_path / "index", embedder_name="words/1", dimension=64)
    put(writer, make_passage("First"))
    reader = open_index(tmp_path / "index", embedder_name="words/1", dimension=64)
    assert found(reader, "first") == ["First"]
    put(writer, make_passage("Second zebra", path="b.md"))
    deadline = time.monotonic() + 30
    while not found(reader, "zebra") and time.monotonic() < deadline:
        time.sleep(0.2)
    assert found(reader, "zebra") == ["Second zebra"]


def test_a_damaged_index_is_named(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index", embedder_name="words/1", dimension=64)
    put(index, make_passage("First"))
    for file in (tmp_path / "index").rglob("*.manifest"):
        file.write_bytes(b"")
    again = open_index(tmp_path / "index", embedder_name="words/1", dimension=64)
    with pytest.raises(WorkspaceError, match="cannot read passages"):
        again.count()


_WRITER = """
import sys
from pathlib import Path
from passages import make_passage
from wordvectors import WordEmbedder
from bidproof.retrieval.open import open_index
embedder = WordEmbedder()
index = open_index(Path(sys.argv[1]), embedder_name="words/1", dimension=64)
for turn in range(10_000):
    passages = [make_passage(f"turn {turn} part {part}", start=50 * part) for part in range(20)]
    index.replace({passages[0].document_id}, passages, embedder.embed_documents(passages))
    print(turn, flush=True)
    if turn % 7 == 6:
        index.compact()
"""


def test_killed_while_writing_it_holds_the_old_or_the_new(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    paths = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    command = [sys.executable, "-c", _WRITER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=paths) as writer:
        assert writer.stdout is not None
        last = -1
        while last < 8:
            last = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().split()
    last = int(rest[-1]) if rest else last
    index = open_index(folder, embedder_name="words/1", dimension=64)
    texts = [passage.text for passage in stored(index)]
    turns = {int(text.split()[1]) for text in texts}
    assert len(texts) == 20
    assert len(turns) == 1
    assert turns <= {last, last + 1}
    put(index, make_passage("Written afterwards"))
    assert found(index, "afterwards") == ["Written afterwards"]
