"""The arrays beside the store: whatever happened to them, a search finds what is stored, or says why not."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bidproof.core.errors import WriteFailed
from bidproof.core.records import Passage, ScoredPassage
from bidproof.core.settings import RetrievalSettings
from bidproof.retrieval import sidecar
from bidproof.retrieval.lance_index import LanceIndex
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.search import Retriever
from passages import make_passage
from wordvectors import WordEmbedder

EMBEDDER = WordEmbedder()
SUBJECTS = ("access", "audit", "backup", "encryption", "incident", "key", "log", "network", "policy", "staff")


def document(number: int, turn: int = 0, passages: int = 4) -> tuple[Passage, ...]:
    source = random.Random(f"{number} {turn}")
    return tuple(
        make_passage(
            f"Part {part} of {turn}: {' '.join(source.choices(SUBJECTS, k=12))} {source.randrange(999)}",
            path=f"{number:03}.md",
            start=1000 * part,
        )
        for part in range(passages)
    )


def open_index(folder: Path) -> LanceIndex:
    return LanceIndex(folder / "index", embedder_name=EMBEDDER.name, dimension=EMBEDDER.dimension)


def put(index: LanceIndex, *documents: tuple[Passage, ...]) -> None:
    passages = [passage for own in documents for passage in own]
    index.replace({passage.document_id for passage in passages}, passages, EMBEDDER.embed_documents(passages))


def ask(index: LanceIndex, text: str = "How are backup keys and audit logs kept?") -> list[ScoredPassage]:
    retriever = Retriever(index, EMBEDDER, RetrievalSettings())
    return list(retriever.search(Query(text=text, top_k=10)))


def arrays(folder: Path) -> list[Path]:
    return sorted((folder / "index").glob("*.arrays/segment-*"))


def state(index: LanceIndex) -> list[tuple[str, float]]:
    return [(item.passage.text, round(item.score, 4)) for item in ask(index)]


@pytest.mark.parametrize("compacts", [False, True])
def test_a_ranking_does_not_depend_on_how_the_index_came_about(tmp_path: Path, compacts: bool) -> None:
    grown, fresh = open_index(tmp_path / "grown"), open_index(tmp_path / "fresh")
    for number in range(30):
        put(grown, document(number))
    for number in range(0, 30, 4):
        put(grown, document(number, turn=1, passages=3))
    grown.remove({own[0].document_id for own in (document(7), document(13))})
    if compacts:
        grown.compact()
    last = [document(n, turn=1, passages=3) if n % 4 == 0 else document(n) for n in range(30)]
    put(fresh, *(own for number, own in enumerate(last) if number not in (7, 13)))
    assert grown.count() == fresh.count()
    assert grown.document_ids() == fresh.document_ids()
    assert state(grown) == state(fresh)


def test_an_update_writes_what_the_new_document_holds(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    put(index, *(document(number) for number in range(200)))
    index.compact()
    before = arrays(tmp_path)
    put(index, document(500))
    index.compact()
    new = [path for path in arrays(tmp_path) if path not in before]
    assert set(before) < set(arrays(tmp_path))
    assert sum(path.stat().st_size for path in new) * 5 < sum(path.stat().st_size for path in before)


def test_many_small_writes_leave_few_segments(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    for number in range(40):
        put(index, document(number))
    assert len(arrays(tmp_path)) <= 7


def cut(folder: Path) -> None:
    for path in arrays(folder):
        path.write_bytes(path.read_bytes()[:100])


def lose(folder: Path) -> None:
    for path in arrays(folder):
        path.unlink()


def lose_all(folder: Path) -> None:
    for path in (folder / "index").glob("*.arrays"):
        shutil.rmtree(path)


def garble(folder: Path) -> None:
    for path in (folder / "index").glob("*.arrays/segments.json"):
        path.write_text(path.read_text().replace('"passages": 4', '"passages": 5'))


def age(folder: Path) -> None:
    for path in (folder / "index").glob("*.arrays/segments.json"):
        path.write_text(path.read_text().replace('"layout": ', '"layout": 9'))


def fall_behind(folder: Path) -> None:
    """A writer is killed after the store has taken a document, before the arrays have."""
    copy = folder / "before"
    (own,) = (folder / "index").glob("*.arrays")
    shutil.copytree(own, copy)
    put(open_index(folder), document(3))
    shutil.rmtree(own)
    copy.rename(own)


@pytest.mark.parametrize("harm", [cut, lose, lose_all, garble, age, fall_behind])
def test_arrays_that_do_not_fit_the_store_are_made_anew(harm: Callable[[Path], None], tmp_path: Path) -> None:
    index = open_index(tmp_path)
    put(index, document(1))
    put(index, document(2))
    harm(tmp_path)
    expected = {document(number)[0].document_id for number in (1, 2, *((3,) if harm is fall_behind else ()))}
    for reader in (open_index(tmp_path), index):
        assert reader.document_ids() == expected
        assert {item.passage.document_id for item in ask(reader)} == expected
    put(open_index(tmp_path), document(4))
    assert open_index(tmp_path).count() == 4 * len(expected) + 4


def test_harm_is_named_where_all_is_read(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    put(index, document(1))
    index.compact()
    assert index.damage() == ""
    (path,) = arrays(tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "was changed" in index.damage()


def test_beside_a_writer_the_moment_before_is_searched(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    put(index, document(1))
    (folder,) = (tmp_path / "index").glob("*.arrays")
    fall_behind(tmp_path)
    with sidecar.Sidecar(folder, dimension=EMBEDDER.dimension).writing():
        assert open_index(tmp_path).document_ids() == {document(1)[0].document_id}
    assert open_index(tmp_path).count() == 8


def test_a_full_disk_costs_no_passage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = open_index(tmp_path)
    put(index, document(1))

    def full(path: Path, arrays: object) -> str:
        raise WriteFailed(f"cannot write {str(path)!r}: No space left on device", hint="free some space")

    with monkeypatch.context() as patched:
        patched.setattr(sidecar, "write_arrays", full)
        with pytest.raises(WriteFailed):
            put(index, document(2))
        with pytest.raises(WriteFailed):
            open_index(tmp_path).count()
    assert index.count() == 8
    assert len(ask(open_index(tmp_path))) == 8


def test_a_pool_that_was_opened_stays_as_it_was(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    put(index, document(1))
    pool = index.pool()
    put(index, document(1, turn=1))
    index.compact()
    assert [passage.text for passage in pool.passages(np.arange(4))] == [own.text for own in document(1)]
    assert open_index(tmp_path).count() == 4
