"""One call to an OpenAI-compatible endpoint, with every way it can go wrong named.

The protocol is one POST of JSON, sent with a plain HTTP client: a provider's own
package costs 3 ms of the event loop a call, ten times what this does, retries on
its own, and gives no error for an empty reply. Retries belong to the gateway.
"""

import asyncio
import json
import logging
import os
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
import certifi

from bidproof.core.errors import ModelError, ModelGarbled, ModelRefused, ModelTimeout, ModelUnavailable
from bidproof.llm.completions import read_completion
from bidproof.llm.failures import FailureNotes, with_notes
from bidproof.llm.protocol import ChatRequest, Completion

DEFAULT_BASE_URL = "https://api.openai.com/v1"

_log = logging.getLogger(__name__)
_TOP_LOGPROBS = 5
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_FIRST_ERROR_STATUS = 300  # a redirect is one: it must never carry the prompt to another host
_RETRYABLE_STATUS = (408, 409, 425, 429)
# What to leave out or rename when an endpoint says that it does not know a field.
_ADAPTABLE = ("max_tokens", "temperature", "top_p", "frequency_penalty", "response_format", "logprobs")
# The request had been sent, or may have been: a reply was on its way.
_BROKEN_OFF = (
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientPayloadError,
    aiohttp.ClientResponseError,
    ConnectionResetError,
    BrokenPipeError,
    UnicodeError,
)
_NOT_KNOWN = re.compile(
    r"un(supported|recogni[sz]ed|known|expected)|not (supported|permitted|allowed)|extra ", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Response:
    """What came back, read whole; ``message`` and ``param`` are an error's own words."""

    status: int
    body: str
    headers: Mapping[str, str]
    message: str = ""
    param: str = ""


class EndpointModel:
    """A model behind an OpenAI-compatible address; sends to that address only.

    Fields that the endpoint refuses by name (``max_tokens``, ``temperature``,
    ``response_format``, …) are renamed or left out for the rest of the run, with
    a warning in the log; ``adaptations`` lists them.

    Args:
        model: Name that the endpoint knows the model by.
        base_url: Address up to and including ``/v1``; empty for the provider's default.
        api_key: Sent as a bearer token; None for endpoints that need none. Never logged.
        timeout_s: Own deadline of one call in seconds.
        connections: Most connections kept open.
        label: Name for reports and journal keys; model and address by default.
    """

    PATH = "chat/completions"

    def __init__(
        self,
        *,
        model: str,
        base_url: str = "",
        api_key: str | None = None,
        timeout_s: float = 120.0,
        connections: int = 8,
        label: str = "",
    ) -> None:
        self.model = model
        self.base_url = base_url or DEFAULT_BASE_URL
        self.adaptations: set[str] = set()
        self._label = label or f"{model} at {self.base_url}"
        self._timeout_s = timeout_s
        self._secret = api_key or ""
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def name(self) -> str:
        """Model and address."""
        return self._label

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def complete(self, request: ChatRequest, *, idempotency_key: str = "") -> Completion:
        """Send one request and check that the reply is whole.

        Args:
            request: What to ask.
            idempotency_key: Sent as ``Idempotency-Key``, so that a provider which
                honours it bills a repeated request once.

        Raises:
            ModelRefused: 4xx other than 408, 409, 425 and 429, or a redirect.
            ModelUnavailable: 429, 5xx, or no connection.
            ModelTimeout: No whole reply before the deadline.
            ModelGarbled: A reply that is not a whole completion.
        """
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        started = time.perf_counter()
        for _ in range(len(_ADAPTABLE)):
            response = await self._post(self._payload(request), headers)
            if response.status < _FIRST_ERROR_STATUS:
                break
            if not self._adapt(response):
                raise self._refusal(response)
        else:
            raise ModelRefused(
                f"the endpoint {self.base_url!r} refuses every form of the request",
                hint="check that model.base_url is an OpenAI-compatible chat endpoint",
            )
        return self._read(response.body, seconds=time.perf_counter() - started)

    def _read(self, body: str, *, seconds: float) -> Completion:
        return read_completion(body, model=self.model, seconds=seconds)

    async def _post(self, payload: Mapping[str, Any], headers: Mapping[str, str]) -> _Response:
        session = self._open_session()  # reads certificates the first time: not on the call's time
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                session.post(
                    f"{self.base_url.rstrip('/')}/{self.PATH}",
                    data=json.dumps(payload).encode(),
                    headers=headers,
                    allow_redirects=False,
                ) as reply,
            ):
                body = (await reply.read()).decode()
                return _Response(
                    status=reply.status, body=body, headers=reply.headers, **_error_of(reply.status, body)
                )
        except TimeoutError as error:
            raise with_notes(
                ModelTimeout(
                    f"no reply from {self._label!r} within {self._timeout_s:g} s",
                    hint="raise model.timeout_s, or use a faster model",
                ),
                FailureNotes(is_retryable=True, maybe_paid=True),
            ) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise self._disconnected(error) from error

    def _open_session(self) -> aiohttp.ClientSession:
        """The connections, opened by the first call: they belong to its event loop."""
        if self._session is None:
            headers = {"Content-Type": "application/json", "User-Agent": "bidproof"}
            if self._secret:
                headers["Authorization"] = f"Bearer {self._secret}"
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ssl=_certificates()),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=headers,
                # The one deadline is our own, around the whole call.
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
                # A proxy from the environment is honoured, but not towards this machine itself.
                trust_env=urlsplit(self.base_url).hostname not in _LOOPBACK,
            )
        return self._session

    def _payload(self, request: ChatRequest) -> dict[str, Any]:
        settings = request.settings
        payload: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": item.role, "content": item.content} for item in request.messages],
            "max_tokens": settings.max_output_tokens,
            "temperature": settings.temperature,
        }
        if settings.top_p != 1.0:
            payload["top_p"] = settings.top_p
        if settings.frequency_penalty:
            payload["frequency_penalty"] = settings.frequency_penalty
        if request.want_logprobs:
            payload |= {"logprobs": True, "top_logprobs": _TOP_LOGPROBS}
        if request.schema is not None:
            wanted = {"name": request.schema_name, "strict": True, "schema": request.schema}
            payload["response_format"] = {"type": "json_schema", "json_schema": wanted}
        return self._without_refused(payload)

    def _without_refused(self, payload: dict[str, Any]) -> dict[str, Any]:
        for field in self.adaptations:
            value = payload.pop(field, None)
            if field == "max_tokens" and value is not None:
                payload["max_completion_tokens"] = value
            if field == "logprobs":
                payload.pop("top_logprobs", None)
        return payload

    def _adapt(self, response: _Response) -> bool:
        """Learn from a 400 that names one of our optional fields; True when worth another try."""
        if response.status not in (400, 422):
            return False
        if not _NOT_KNOWN.search(response.message):
            return False
        text = f"{response.param} {response.message}"
        for field in _ADAPTABLE:
            if field not in self.adaptations and field in text:
                self.adaptations.add(field)
                _log.warning(
                    "the endpoint %s does not take %r; it is left out from here on", self._label, field
                )
                return True
        return False

    def _refusal(self, response: _Response) -> ModelError:
        status = response.status
        said = self._masked(_excerpt(response.message))
        notes = FailureNotes(
            status=status,
            is_retryable=status >= 500 or status in _RETRYABLE_STATUS,
            is_overload=status == 429,
            retry_after_s=_retry_after(response.headers),
        )
        message = f"the endpoint of {self._label!r} answered {status}: {said}"
        if status >= 500 or status in _RETRYABLE_STATUS:
            hint = "try again later, or lower model.concurrency"
            return with_notes(ModelUnavailable(message, hint=hint), notes)
        hint = {
            401: "set BIDPROOF_API_KEY to a valid key",
            403: "use a key that may call this model",
            404: "check model.model and model.base_url",
        }.get(
            status,
            "check model.model and the model settings; a too long prompt needs a smaller retrieval.top_k",
        )
        return with_notes(ModelRefused(message, hint=hint), notes)

    def _disconnected(self, error: Exception) -> ModelError:
        said = self._masked(_excerpt(str(error) or type(error).__name__))
        if isinstance(error, _BROKEN_OFF):
            return with_notes(
                ModelGarbled(
                    f"the reply of {self._label!r} broke off: {said}",
                    hint="try again; a proxy or the server may have closed the connection",
                ),
                FailureNotes(is_retryable=True, maybe_paid=True),
            )
        return with_notes(
            ModelUnavailable(
                f"cannot reach {self._label!r}: {said}",
                hint="check model.base_url and the network",
            ),
            FailureNotes(is_retryable=True),
        )

    def _masked(self, text: str) -> str:
        return text.replace(self._secret, "[key]") if len(self._secret) > 3 else text


def _certificates() -> ssl.SSLContext:
    """Trust what this machine trusts, and the usual authorities where it names none of its own."""
    context = ssl.create_default_context()
    if not ("SSL_CERT_FILE" in os.environ or "SSL_CERT_DIR" in os.environ):
        context.load_verify_locations(certifi.where())
    return context


def _error_of(status: int, body: str) -> dict[str, str]:
    """An error's message and the field it names, in the shapes that endpoints use."""
    if status < _FIRST_ERROR_STATUS:
        return {}
    try:
        said: Any = json.loads(body)
    except ValueError:
        return {"message": body}
    inner = (
        cast("dict[str, Any]", said).get("error", cast("object", said)) if isinstance(said, dict) else said
    )
    if not isinstance(inner, dict):
        return {"message": str(inner)}
    fields = cast("dict[str, Any]", inner)
    return {"message": str(fields.get("message") or fields), "param": str(fields.get("param") or "")}


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from ``Retry-After``; its date form is read as None, since clocks differ."""
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return None


def _excerpt(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 200 else plain[:199] + "…"
