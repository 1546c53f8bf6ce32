"""What a re-ranking endpoint can say, what it can do wrong, and what becomes of the ranking."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bidproof.core.errors import BudgetSpent, InvalidSetting
from bidproof.core.ids import PassageId, document_id
from bidproof.core.records import Passage, ScoredPassage
from bidproof.core.settings import ModelSettings, RetrievalSettings
from bidproof.llm import gateway
from bidproof.retrieval.reranker import has_failed
from bidproof.retrieval.served_reranker import ServedReranker, open_served_reranker
from bidproof.workspace.store import Workspace

Reply = tuple[int, bytes]
TEI = (422, b"Failed to deserialize the JSON body into the target type: missing field `texts` at line 1")


class Server:
    """Gives its replies in order, the last one again and again, and keeps what it was sent."""

    def __init__(self, *replies: Reply) -> None:
        self.received: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        waiting, outer = list(replies), self

        class Scripted(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.append({"path": self.path, **json.loads(body)})
                outer.keys.append(self.headers["Authorization"])
                status, reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                self.send_response(status)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
        self.address = f"http://127.0.0.1:{self.server.server_port}/v1"
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "_FIRST_DELAY_S", 0.001)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*replies: Reply) -> Server:
        servers.append(Server(*replies))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def opened(address: str, *, model: str = "m", settings: ModelSettings | None = None) -> ServedReranker:
    retrieval = RetrievalSettings(reranker="endpoint", reranker_model=model, reranker_base_url=address)
    return open_served_reranker(retrieval, model=settings or ModelSettings(), api_key="key", journal=None)


def ranking(count: int = 3) -> tuple[ScoredPassage, ...]:
    document = document_id("policy.md")
    return tuple(
        ScoredPassage(
            passage=Passage(
                id=PassageId(f"p{number}"),
                document_id=document,
                path="policy.md",
                title="Policy",
                start=0,
                end=8,
                text=f"passage {number}",
            ),
            score=1 - number / 10,
            rank=number + 1,
            parts={"dense": 0.5},
        )
        for number in range(count)
    )


def said(*scores: tuple[object, object], name: str = "relevance_score", **more: object) -> Reply:
    items = [{"index": place, name: score} for place, score in scores]
    return 200, json.dumps({"results": items, **more}).encode()


GOOD = ((2, 0.9), (0, 0.2), (1, -3.5))


@pytest.mark.parametrize(
    "reply",
    [
        said(*GOOD, meta={"billed_units": {"search_units": 1}}),
        said(*GOOD, usage={"total_tokens": 40}),
        said(*GOOD, object="list", usage={"prompt_tokens": 40, "total_tokens": 40}),
        (200, said(*GOOD)[1].replace(b"results", b"data")),
        (200, json.dumps([{"index": place, "score": score} for place, score in GOOD]).encode()),
    ],
    ids=["cohere", "jina and vllm", "llama.cpp", "voyage", "text embeddings inference"],
)
def test_passages_stand_in_the_order_of_the_scores(serve: Callable[..., Server], reply: Reply) -> None:
    server = serve(reply)
    found = opened(server.address).rerank("How long?", (*ranking(), *ranking(5)[3:]), depth=3)
    assert [item.passage.id for item in found] == ["p2", "p0", "p1", "p3", "p4"]
    assert [item.rank for item in found] == [1, 2, 3, 4, 5]
    assert [item.score for item in found] == [1.0, 0.9, 0.8, 0.7, 0.6]
    assert [item.parts.get("reranker") for item in found] == [0.9, 0.2, -3.5, None, None]
    assert not has_failed(found)
    (sent,) = server.received
    assert (sent["path"], sent["model"], sent["query"]) == ("/v1/rerank", "m", "How long?")
    assert [text.splitlines()[-1] for text in sent["documents"]] == ["passage 0", "passage 1", "passage 2"]
    assert server.keys == ["Bearer key"]


def test_a_server_that_misses_texts_gets_them_from_there_on(serve: Callable[..., Server]) -> None:
    scores = (200, json.dumps([{"index": place, "score": score} for place, score in GOOD]).encode())
    server = serve(TEI, scores)
    reranker = opened(server.address, model="")
    for _ in range(2):
        assert reranker.rerank("How long?", ranking(), depth=3)[0].passage.id == "p2"
    assert [sorted(sent) for sent in server.received] == [
        ["documents", "path", "query"],
        ["path", "query", "texts", "truncate"],
        ["path", "query", "texts", "truncate"],
    ]


@pytest.mark.parametrize(
    "reply",
    [
        said((0, 0.1), (1, 0.2)),
        said((0, 0.1), (1, 0.2), (1, 0.3)),
        said((0, 0.1), (1, 0.2), (3, 0.3)),
        said((0, 0.1), (1, 0.2), (-1, 0.3)),
        said((0, 0.1), (1, 0.2), (True, 0.3)),
        said((0, 0.1), (1, 0.2), ("2", 0.3)),
        said((0, 0.1), (1, 0.2), (2, None)),
        said((0, 0.1), (1, 0.2), (2, "0.3")),
        said((0, 0.1), (1, 0.2), (2, True)),
        (200, said(*GOOD)[1].replace(b"0.9", b"NaN")),
        (200, said(*GOOD)[1].replace(b"0.9", b"Infinity")),
        (200, said(*GOOD)[1].replace(b"0.9", b"1e999")),
        said(),
        (200, b"[]"),
        (200, b"3"),
        (200, b"null"),
        (200, b'{"results": 3}'),
        (200, b'{"results": [3, 4, 5]}'),
        (200, b'{"results": [{"index": 0, "relev'),
        (200, b"<html>sign in</html>"),
        (200, b'{"error": {"message": "out of memory"}}'),
        (401, b'{"error": {"message": "bad key"}}'),
        (404, b"not found"),
        (413, b"too large"),
        (429, b"{}"),
        (500, b"{}"),
    ],
)
def test_a_wrong_reply_leaves_the_order_of_the_search_and_says_so(
    serve: Callable[..., Server], reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    reranker = opened(serve(reply).address)
    for _ in range(2):
        found = reranker.rerank("How long?", ranking(), depth=3)
        assert [(item.passage.id, item.rank) for item in found] == [("p0", 1), ("p1", 2), ("p2", 3)]
        assert has_failed(found)
    (warning,) = [record for record in caplog.records if "keep the order" in record.message]
    assert "key" not in warning.message.replace("bad key", "").replace("API key", "").replace("_API_KEY", "")


def test_no_endpoint_there_is_a_failure_too() -> None:
    assert has_failed(opened("http://127.0.0.1:9/v1").rerank("How long?", ranking(), depth=3))


def test_what_it_costs_is_in_the_journal_paid_once_and_within_the_limit(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve(said(*GOOD, usage={"total_tokens": 40}))
    model = ModelSettings(reranking_price=1_000_000.0, max_workspace_usd=1_000.0)
    retrieval = RetrievalSettings(reranker="endpoint", reranker_base_url=server.address)
    with Workspace.open(tmp_path) as workspace:
        reranker = open_served_reranker(retrieval, model=model, api_key=None, journal=workspace.calls)
        for _ in range(2):
            assert not has_failed(reranker.rerank("How long?", ranking(), depth=3))
        assert len(server.received) == 1
        assert workspace.calls.spent_usd(None) == 40.0
        with pytest.raises(BudgetSpent):
            reranker.rerank("How long? " * 200, ranking(), depth=3)


def test_settings_that_cannot_be_used_are_named() -> None:
    settings = RetrievalSettings(reranker="endpoint")
    with pytest.raises(InvalidSetting, match="reranker_base_url"):
        open_served_reranker(settings, model=ModelSettings(), api_key=None, journal=None)
    settings = replace(settings, reranker_base_url="http://127.0.0.1:9/v1")
    with pytest.raises(InvalidSetting, match="reranking_price"):
        open_served_reranker(settings, model=ModelSettings(max_cost_usd=1.0), api_key=None, journal=None)
