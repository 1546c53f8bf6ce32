"""One call to an OpenAI-compatible endpoint, with every way it can go wrong named.

The only file that knows the ``openai`` package. Its retries are switched off: the
gateway owns the one retry loop. Replies are read as raw JSON, because the package
hands back a plain string for an HTML page and no error for an empty reply.
"""

import asyncio
import itertools
import json
import logging
import re
import time
from collections.abc import Mapping
from typing import Any, cast

import httpx
import openai

from bidproof.core.errors import ModelError, ModelGarbled, ModelRefused, ModelTimeout, ModelUnavailable
from bidproof.llm.completions import read_completion
from bidproof.llm.failures import FailureNotes, with_notes
from bidproof.llm.protocol import ChatRequest, Completion

DEFAULT_BASE_URL = "https://api.openai.com/v1"

_log = logging.getLogger(__name__)
_TOP_LOGPROBS = 5
_POOL_CONNECTIONS = 8
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_RETRYABLE_STATUS = (408, 409, 425, 429)
# What to leave out or rename when an endpoint says that it does not know a field.
_ADAPTABLE = ("max_tokens", "temperature", "top_p", "frequency_penalty", "response_format", "logprobs")
_NOT_KNOWN = re.compile(
    r"un(supported|recogni[sz]ed|known|expected)|not (supported|permitted|allowed)|extra ", re.I
)


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
        self._clients = [
            openai.AsyncOpenAI(
                api_key=api_key or "none",
                base_url=self.base_url,
                max_retries=0,
                timeout=timeout_s,
                http_client=http_client,
            )
            for http_client in _http_clients(self.base_url, timeout_s=timeout_s, connections=connections)
        ]
        self._turn = itertools.cycle(self._clients)

    @property
    def name(self) -> str:
        """Model and address."""
        return self._label

    async def aclose(self) -> None:
        """Close the connections."""
        for client in self._clients:
            await client.close()

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
            try:
                response = await self._post(self._payload(request), headers)
                break
            except openai.APIStatusError as error:
                if not self._adapt(error):
                    raise self._translated(error) from error
        else:
            raise ModelRefused(
                f"the endpoint {self.base_url!r} refuses every form of the request",
                hint="check that model.base_url is an OpenAI-compatible chat endpoint",
            )
        return read_completion(response, model=self.model, seconds=time.perf_counter() - started)

    async def _post(self, payload: Mapping[str, Any], headers: Mapping[str, str]) -> str:
        try:
            async with asyncio.timeout(self._timeout_s):
                # The package's generic call: its typed one walks the whole request through
                # type hints, which costs more than sending it.
                options: openai.RequestOptions = {"headers": {**headers}}
                raw = await next(self._turn).post(
                    "/chat/completions", cast_to=httpx.Response, body=payload, options=options
                )
                return raw.text
        except (TimeoutError, openai.APITimeoutError) as error:
            raise with_notes(
                ModelTimeout(
                    f"no reply from {self._label!r} within {self._timeout_s:g} s",
                    hint="raise model.timeout_s, or use a faster model",
                ),
                FailureNotes(is_retryable=True, maybe_paid=True),
            ) from error
        except openai.APIConnectionError as error:
            raise self._disconnected(error) from error
        except (httpx.HTTPError, UnicodeError) as error:
            raise self._disconnected(error) from error

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

    def _adapt(self, error: openai.APIStatusError) -> bool:
        """Learn from a 400 that names one of our optional fields; True when worth another try."""
        if error.status_code not in (400, 422):
            return False
        if not _NOT_KNOWN.search(error.message):
            return False
        text = f"{getattr(error, 'param', None)} {error.message}"
        for field in _ADAPTABLE:
            if field not in self.adaptations and field in text:
                self.adaptations.add(field)
                _log.warning(
                    "the endpoint %s does not take %r; it is left out from here on", self._label, field
                )
                return True
        return False

    def _translated(self, error: openai.APIStatusError) -> ModelError:
        status = error.status_code
        said = self._masked(_excerpt(error.message))
        notes = FailureNotes(
            status=status,
            is_retryable=status >= 500 or status in _RETRYABLE_STATUS,
            is_overload=status == 429,
            retry_after_s=_retry_after(error.response.headers),
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
        cause = error.__cause__ or error
        if isinstance(cause, (httpx.RemoteProtocolError, httpx.ReadError, UnicodeError)):
            return with_notes(
                ModelGarbled(
                    f"the reply of {self._label!r} broke off: {self._masked(_excerpt(str(cause)))}",
                    hint="try again; a proxy or the server may have closed the connection",
                ),
                FailureNotes(is_retryable=True, maybe_paid=True),
            )
        return with_notes(
            ModelUnavailable(
                f"cannot reach {self._label!r}: {self._masked(_excerpt(str(cause)))}",
                hint="check model.base_url and the network",
            ),
            FailureNotes(is_retryable=True),
        )

    def _masked(self, text: str) -> str:
        return text.replace(self._secret, "[key]") if len(self._secret) > 3 else text


def _http_clients(base_url: str, *, timeout_s: float, connections: int) -> list[httpx.AsyncClient]:
    # Redirects stay off: a reply must never send the prompt to another host.
    # A proxy from the environment is honoured, but not towards this machine itself.
    # A pool looks at all its connections for each request: several small pools cost
    # less than one large one (measured: 8 ms a call with 32 connections, 3 with 8).
    context = httpx.create_ssl_context()
    return [
        httpx.AsyncClient(
            timeout=timeout_s,
            follow_redirects=False,
            trust_env=httpx.URL(base_url).host not in _LOOPBACK,
            verify=context,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=_POOL_CONNECTIONS),
        )
        for _ in range(-(-connections // _POOL_CONNECTIONS))
    ]


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds from ``Retry-After``; its date form is read as None, since clocks differ."""
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return None


def _excerpt(text: str) -> str:
    try:
        body = cast("object", json.loads(text))
        text = str(body)
    except ValueError:
        pass
    plain = " ".join(text.split())
    return plain if len(plain) <= 200 else plain[:199] + "…"
