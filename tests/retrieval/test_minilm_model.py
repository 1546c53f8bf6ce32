import hashlib
from pathlib import Path

import numpy as np
import pytest

from bidproof.retrieval.minilm import MiniLmEmbedder
from bidproof.retrieval.minilm_model import prepared_model


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    prepared_model(folder)
    return folder


def test_the_prepared_model_is_kept_with_its_hash(cache: Path) -> None:
    (model,) = cache.glob("*.onnx")
    assert model.with_suffix(".sha256").read_text() == hashlib.sha256(model.read_bytes()).hexdigest()
    assert sorted(path.suffix for path in cache.iterdir()) == [".onnx", ".sha256"]


def test_a_damaged_cache_is_made_again(cache: Path, tmp_path: Path) -> None:
    (model,) = cache.glob("*.onnx")
    whole = model.read_bytes()
    (tmp_path / model.name).write_bytes(whole[:1000])
    (tmp_path / model.with_suffix(".sha256").name).write_text(hashlib.sha256(whole).hexdigest())
    made = prepared_model(tmp_path)
    assert isinstance(made, Path)
    assert made.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    vectors = MiniLmEmbedder(cache_folder=tmp_path / "file" / "below").embed_queries(["hello"])
    assert vectors.shape == (1, 384)


def test_meaning_is_kept(cache: Path) -> None:
    embedder = MiniLmEmbedder(cache_folder=cache, threads=1)
    question, near, far = embedder.embed_passages(
        ["How do we protect stored data?", "Disks are encrypted at rest.", "Lunch is served at noon."]
    )
    assert question @ near > 0.3 > question @ far


def test_company_does_not_change_a_vector(cache: Path) -> None:
    embedder = MiniLmEmbedder(cache_folder=cache, threads=1)
    text = "Access rights are reviewed every quarter."
    alone = embedder.embed_passages([text])[0]
    among = embedder.embed_passages(["short", text, "a much longer text " * 40])[1]
    assert float(alone @ among) > 0.99
    assert np.isclose(np.linalg.norm(among), 1, atol=1e-4)


def test_a_question_has_the_same_vector_whatever_it_is_asked_with(cache: Path) -> None:
    embedder = MiniLmEmbedder(cache_folder=cache, threads=2)
    text = "Are access rights reviewed?"
    alone = embedder.embed_queries([text])[0]
    among = embedder.embed_queries(["short", text, "Please describe how keys are rotated. " * 20])[1]
    assert np.array_equal(alone, among)
