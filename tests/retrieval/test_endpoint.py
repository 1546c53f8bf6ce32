"""What an embeddings endpoint can do wrong, and what the user is told."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bidproof.core.errors import (
    BidproofError,
    BudgetSpent,
    InvalidSetting,
    ModelGarbled,
    ModelRefused,
    ModelUnavailable,
)
from bidproof.core.settings import ModelSettings, RetrievalSettings
from bidproof.llm import gateway
from bidproof.retrieval.endpoint import EndpointEmbedder
from bidproof.retrieval.open import open_embedder
from bidproof.workspace.store import Workspace

NO_PATIENCE = ModelSettings(patience_s=0)
Reply = tuple[int, dict[str, str], bytes]


def good(rows: int, width: int = 3) -> Reply:
    data = [{"object": "embedding", "index": n, "embedding": [1.0] * width} for n in range(rows)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    body = {"object": "list", "data": data, "model": "m", "usage": usage}
    return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "_FIRST_DELAY_S", 0.001)


@pytest.fixture
def serve() -> Iterator[Callable[..., EndpointEmbedder]]:
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(*replies: Reply) -> EndpointEmbedder:
        waiting = list(replies)

        class Scripted(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                status, headers, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        address = f"http://127.0.0.1:{server.server_port}/v1"
        return EndpointEmbedder(model="m", base_url=address, api_key="key", settings=NO_PATIENCE)

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


JSON = {"Content-Type": "application/json"}


def test_a_busy_endpoint_is_asked_again(serve: Callable[..., EndpointEmbedder]) -> None:
    busy = (429, {**JSON, "Retry-After": "0"}, b"{}")
    embedder = serve(busy, (503, JSON, b"{}"), good(2))
    assert embedder.embed_passages(["a", "b"]).shape == (2, 3)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ((401, JSON, b'{"error": {"message": "bad key"}}'), ModelRefused),
        ((404, JSON, b'{"error": {"message": "no such model"}}'), ModelRefused),
        ((500, JSON, b"{}"), ModelUnavailable),
        ((429, JSON, b"{}"), ModelUnavailable),
        ((200, {"Content-Type": "text/html"}, b"<html>sign in</html>"), ModelGarbled),
        ((200, JSON, b'{"data": []}'), ModelGarbled),
        ((200, JSON, b'{"data": [{"index": 0, "embed'), ModelGarbled),
        (good(1), ModelGarbled),
        ((200, JSON, good(2)[2].replace(b"1.0", b"NaN")), ModelGarbled),
        ((200, JSON, good(2)[2].replace(b"1.0", b"0.0")), ModelGarbled),
    ],
)
def test_a_wrong_reply_is_named(
    serve: Callable[..., EndpointEmbedder], reply: Reply, error: type[BidproofError]
) -> None:
    with pytest.raises(error) as caught:
        serve(reply).embed_passages(["a", "b"])
    assert caught.value.hint
    assert "key" not in caught.value.message.replace("bad key", "")


def test_vectors_of_another_length_than_before_are_refused(serve: Callable[..., EndpointEmbedder]) -> None:
    embedder = serve(good(2, width=3), good(2, width=4))
    embedder.embed_passages(["a", "b"])
    with pytest.raises(ModelGarbled):
        embedder.embed_passages(["a", "b"])


def test_no_endpoint_there_is_said() -> None:
    embedder = EndpointEmbedder(
        model="m", base_url="http://127.0.0.1:9/v1", api_key=None, settings=NO_PATIENCE
    )
    with pytest.raises(ModelUnavailable, match="cannot reach"):
        embedder.embed_passages(["a"])


@pytest.mark.parametrize(
    "settings",
    [
        RetrievalSettings(embedder="endpoint", embedder_model="m"),
        RetrievalSettings(embedder="endpoint", embedder_base_url="http://127.0.0.1:9/v1"),
        RetrievalSettings(embedder="word2vec"),
    ],
)
def test_incomplete_settings_are_named(settings: RetrievalSettings) -> None:
    with pytest.raises(InvalidSetting, match="retrieval"):
        open_embedder(settings)


def test_what_embedding_costs_is_in_the_journal_and_within_the_limit(
    serve: Callable[..., EndpointEmbedder], tmp_path: Path
) -> None:
    address = serve(good(2), good(1))._base_url
    settings = ModelSettings(embedding_price=1_000_000.0, max_workspace_usd=2_000.0)
    with Workspace.open(tmp_path) as workspace:
        embedder = EndpointEmbedder(
            model="m", base_url=address, api_key="key", settings=settings, journal=workspace.calls
        )
        embedder.embed_passages(["a", "b"])
        assert workspace.calls.spent_usd(None) == 1.0
        for _ in range(3):
            assert embedder.embed_queries(["a question"]).shape == (1, 3)
        assert workspace.calls.spent_usd(None) == 2.0
        with pytest.raises(BudgetSpent):
            embedder.embed_passages(["c" * 3000, "d"])


def test_a_limit_without_a_price_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="embedding_price"):
        EndpointEmbedder(
            model="m",
            base_url="http://127.0.0.1:9/v1",
            api_key=None,
            settings=ModelSettings(max_cost_usd=1.0),
        )
