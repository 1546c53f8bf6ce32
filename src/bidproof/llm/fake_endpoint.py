"""A loopback endpoint that speaks just enough HTTP to answer, and to fail in every known way.

For tests and benchmarks: real sockets, no network. Runs in a thread of its own.
"""

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, cast


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP response, or the lack of one.

    Attributes:
        body: Sent as it is.
        status: HTTP status.
        headers: Added to the usual ones.
        latency_s: Seconds before anything is sent.
        cut_after: Bytes of the body after which the connection is closed, although
            more was announced; None to send all.
        is_silent: Take the request and never answer, or stop after ``cut_after`` bytes.
        is_reset: Break the connection off instead of answering.
    """

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    latency_s: float = 0.0
    cut_after: int | None = None
    is_silent: bool = False
    is_reset: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it came in; header names are lower case."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


Responder = Callable[[Received], Answer]


def said(
    content: str | Mapping[str, object] | None, *, finish: str = "stop", latency_s: float = 0.0
) -> Answer:
    """A well-formed completion with the given text or JSON object as content."""
    text = json.dumps(content) if isinstance(content, Mapping) else content
    message = {"role": "assistant", "content": text}
    reply = {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "model": "fake-model",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }
    return Answer(body=json.dumps(reply), latency_s=latency_s)


def refused(status: int, message: str = "refused", *, retry_after: str = "", param: str = "") -> Answer:
    """An error response in the provider's shape."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    error = {"message": message, "type": "error", "param": param or None, "code": None}
    return Answer(body=json.dumps({"error": error}), status=status, headers=headers)


HANG = Answer(is_silent=True)
HTML = Answer(body="<!DOCTYPE html><html><body>Sign in</body></html>", headers={"Content-Type": "text/html"})
NO_CHOICES = Answer(body='{"id": "x", "object": "chat.completion", "model": "m", "choices": []}')
TRUNCATED_JSON = Answer(body='{"id": "x", "choices": [{"message": {"content": "half of')
STREAM_CLOSED = Answer(body=said("never arrives").body, cut_after=40)
EMPTY = said("")
NO_CONTENT = said(None)
CUT_OFF = said('{"answerable": tr', finish="length")
WRONG_TYPE = Answer(body='{"choices": [{"message": {"content": {"text": 1}}, "finish_reason": "stop"}]}')


class FakeEndpoint:
    """An HTTP server on 127.0.0.1 and a free port; use as a context manager.

    Args:
        script: Responses in order of arrival.
        then: Used once the script is through: a response or a function of the request.

    Attributes:
        received: Every request so far, in order of arrival.
        most_at_once: Largest number of requests in progress together.
    """

    def __init__(self, script: Iterable[Answer] = (), *, then: Answer | Responder | None = None) -> None:
        self.received: list[Received] = []
        self.most_at_once = 0
        self._script = list(script)
        self._then = then if then is not None else refused(500, "the script is through")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="fake-endpoint", daemon=True)
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._port = 0
        self._busy = 0

    @property
    def base_url(self) -> str:
        """Address up to and including ``/v1``."""
        return f"http://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> "FakeEndpoint":
        """Start listening."""
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, closing open connections."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # closed transports let go of their sockets in the next turn

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                received = await _read(reader)
                self.received.append(received)
                self._busy += 1
                self.most_at_once = max(self.most_at_once, self._busy)
                try:
                    is_open = await self._reply(received, writer)
                finally:
                    self._busy -= 1
                if not is_open:
                    break
        writer.transport.abort()

    async def _reply(self, received: Received, writer: asyncio.StreamWriter) -> bool:
        if self._script:
            answer = self._script.pop(0)
        else:
            answer = self._then if isinstance(self._then, Answer) else self._then(received)
        if answer.latency_s:
            await asyncio.sleep(answer.latency_s)
        if answer.is_reset:
            raw: socket.socket = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        if answer.is_silent and answer.cut_after is None:
            # An event of its own would be garbage together with this task.
            await self._stop.wait()
            return False
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        headers = {"Content-Type": "application/json", **answer.headers, "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        sent = body if answer.cut_after is None else body[: answer.cut_after]
        writer.write(f"HTTP/1.1 {answer.status} Fake\r\n{head}\r\n".encode() + sent)
        await writer.drain()
        if answer.is_silent:
            await self._stop.wait()
        return answer.cut_after is None


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    body = cast("dict[str, Any]", json.loads(raw)) if raw else {}
    return Received(path=first.split(" ")[1], headers=headers, body=body)
