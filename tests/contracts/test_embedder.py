"""What every embedder promises, run against each of them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from bidproof.core.settings import RetrievalSettings
from bidproof.retrieval.open import open_embedder
from bidproof.retrieval.protocol import Embedder
from passages import make_passage
from wordvectors import WordEmbedder


class EmbeddingsServer(BaseHTTPRequestHandler):
    """Answers like an OpenAI-compatible endpoint, vectors not normalised and out of order."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        vectors = WordEmbedder().embed_passages(asked["input"]) * 3
        items = [
            {"object": "embedding", "index": row, "embedding": vector.tolist()}
            for row, vector in enumerate(vectors)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        reply = {"object": "list", "data": items[::-1], "model": asked["model"], "usage": usage}
        body = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), EmbeddingsServer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["words", "minilm", "endpoint"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "words":
        return WordEmbedder()
    if request.param == "minilm":
        return open_embedder(RetrievalSettings())
    address = request.getfixturevalue("endpoint")
    settings = RetrievalSettings(
        embedder="endpoint", embedder_model="test-embedding", embedder_base_url=address
    )
    return open_embedder(settings, api_key="secret")


TEXTS = [
    "Backups are encrypted and kept for ninety days.",
    "The cafeteria serves lunch at noon.",
    "",
    "Backups are encrypted and kept for ninety days.",
]


def test_vectors_have_the_promised_shape_and_length(embedder: Embedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.shape == (4, embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_equal_texts_get_equal_vectors_wherever_they_stand(embedder: Embedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert np.allclose(vectors[0], vectors[3], atol=1e-2)
    alone = embedder.embed_passages(TEXTS[:1])
    assert float(alone[0] @ vectors[0]) > 0.99


def test_a_question_is_nearer_to_its_answer(embedder: Embedder) -> None:
    passages = embedder.embed_passages(TEXTS[:2])
    question = embedder.embed_queries(["Are backups encrypted?"])[0]
    assert passages[0] @ question > passages[1] @ question


def test_nothing_in_gives_nothing_out(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


def test_the_end_of_a_long_text_counts(embedder: Embedder) -> None:
    filler = "The office is closed on public holidays. " * 150
    with_end, without = embedder.embed_passages([filler + "Keys rotate yearly. " * 60, filler])
    question = embedder.embed_queries(["How often do keys rotate?"])[0]
    assert with_end @ question > without @ question


def test_the_heading_is_part_of_what_is_embedded(embedder: Embedder) -> None:
    bare = make_passage("It is done every night.", path="a.md", title="a")
    placed = make_passage(
        "It is done every night.", path="a.md", title="a", heading_path=("Database backup",)
    )
    vectors = embedder.embed_documents([bare, placed])
    question = embedder.embed_queries(["database backup"])[0]
    assert vectors[1] @ question > vectors[0] @ question


def test_tokens_grow_with_text(embedder: Embedder) -> None:
    assert embedder.count_tokens("one") < embedder.count_tokens("one two three four")


def test_the_name_is_stable_and_tells(embedder: Embedder) -> None:
    assert embedder.name == embedder.name
    assert "/" in embedder.name
    assert "secret" not in embedder.name
