"""One call to a provider's endpoint, with every way it can go wrong named.

The protocol is one POST of JSON, sent with a plain HTTP client: a provider's own
package costs 3 ms of the event loop a call, ten times what this does, retries on
its own, and gives no error for an empty reply. What the JSON looks like, its wire
says; retries belong to the gateway.
"""

import asyncio
import json
import logging
import os
import re
import ssl
import time
import zlib
from collections.abc import Collection, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import certifi

from bidproof.core.errors import ModelError, ModelGarbled, ModelRefused, ModelTimeout
from bidproof.llm.adaptations import adaptations_of, today
from bidproof.llm.budget import counted
from bidproof.llm.completions import as_object, read_body
from bidproof.llm.endpoint_errors import (
    FIRST_ERROR_STATUS,
    Response,
    disconnected,
    read_error,
    refusal,
)
from bidproof.llm.failures import FailureNotes, with_notes
from bidproof.llm.keys import DEFAULT_BASE_URL
from bidproof.llm.protocol import ChatRequest, Completion
from bidproof.llm.wires.openai import OpenAIWire
from bidproof.llm.wires.protocol import Wire, read_completion

_log = logging.getLogger(__name__)
_MAX_BODY = 32 << 20  # 64 vectors of 4,096 numbers are 6 MiB
_READ_BYTES = 1 << 16
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# How an endpoint says that it does not know a field.
_NOT_KNOWN = re.compile(
    r"un(supported|recogni[sz]ed|known|expected|available)|"
    r"not (supported|permitted|allowed|enabled)|(does|do) not support|extra ",
    re.I,
)


class EndpointModel:
    """A model behind an address; sends to that address only.

    Fields that the endpoint refuses by name (``max_tokens``, ``temperature``,
    ``response_format``, …) are renamed or left out from there on, with a warning in
    the log; ``adaptations`` lists them.

    Args:
        model: Name that the endpoint knows the model by.
        base_url: Address up to and including ``/v1``; empty for the provider's default.
        api_key: Sent as the wire says; None for endpoints that need none. Never logged.
        timeout_s: Own deadline of one call in seconds.
        connections: Most connections kept open.
        label: Name for reports and journal keys; model and address by default.
        wire: How the endpoint writes requests and replies; OpenAI's chat completions by default.
        without: Fields that the endpoint is known to refuse.
        key_name: Variable that holds the key, for hints.

    Attributes:
        refusal_hint: Next step after any refusal, where the usual ones name the wrong settings.
    """

    refusal_hint: ClassVar[str] = ""

    def __init__(
        self,
        *,
        model: str,
        base_url: str = "",
        api_key: str | None = None,
        timeout_s: float = 120.0,
        connections: int = 8,
        label: str = "",
        wire: Wire | None = None,
        without: Collection[str] = (),
        key_name: str = "BIDPROOF_API_KEY",
    ) -> None:
        self.model = model
        self.base_url = base_url or DEFAULT_BASE_URL
        self._wire = wire or OpenAIWire()
        self._path = self._wire.path(model)
        self.adaptations = adaptations_of(self.base_url, model, self._path)
        self._without = frozenset(without)
        self._key_name = key_name
        self._label = label or f"{model} at {self.base_url}"
        self._timeout_s = timeout_s
        self._secret = api_key or ""
        self._connections = connections
        self._has_warned = False
        self._has_told = False
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
        if request.want_logprobs and not self._wire.has_logprobs and not self._has_told:
            self._has_told = True
            _log.warning(
                "the API of %s gives no probabilities: answering.sufficiency has nothing to go by",
                self._label,
            )
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        started = time.perf_counter()
        for _ in range(len(self._wire.optional) + 1):
            payload = self._payload(request)
            response = await self._post(payload, headers)
            if response.status < FIRST_ERROR_STATUS:
                break
            if not self._adapt(response, request, payload):
                raise self._refusal(response)
        else:
            raise ModelRefused(
                f"the endpoint {self.base_url!r} refuses every form of the request",
                hint="check that model.base_url is a chat endpoint of this provider",
            )
        return self._read(response.body, request, seconds=time.perf_counter() - started)

    def _read(self, reply: object, request: ChatRequest, *, seconds: float) -> Completion:
        completion = read_completion(reply, wire=self._wire, model=self.model, seconds=seconds)
        believed = counted(completion, request)
        if believed.is_estimated and completion.prompt_tokens and not self._has_warned:
            self._has_warned = True
            _log.warning(
                "the endpoint %s counts %d and %d tokens, which cannot be: our own count stands in",
                self._label,
                completion.prompt_tokens,
                completion.completion_tokens,
            )
        return believed

    async def _post(self, payload: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
        session = self._open_session()  # reads certificates the first time: not on the call's time
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                session.post(
                    self._url(),
                    data=json.dumps(payload).encode(),
                    headers=headers,
                    allow_redirects=False,
                ) as reply,
            ):
                return self._response(reply.status, await self._body(reply), reply.headers)
        except TimeoutError as error:
            raise with_notes(
                ModelTimeout(
                    f"no reply from {self._label!r} within {self._timeout_s:g} s",
                    hint="raise model.timeout_s, or use a faster model",
                ),
                FailureNotes(is_retryable=True, maybe_paid=True, is_outage=True),
            ) from error
        except (aiohttp.ClientError, OSError, ValueError, zlib.error) as error:
            raise disconnected(error, label=self._label, mask=self._masked) from error

    def _url(self) -> str:
        """The address of a call; what an address like Azure's asks for behind ``?`` stays behind it."""
        parts = urlsplit(self.base_url)
        path = parts.path.rstrip("/").removesuffix(f"/{self._path}")
        return urlunsplit(parts._replace(path=f"{path}/{self._path}"))

    async def _body(self, reply: aiohttp.ClientResponse) -> bytes:
        """The bytes of a response, unpacked; never more than ``_MAX_BODY`` of them are held."""
        packing = reply.headers.get("Content-Encoding", "identity").lower()
        # 47: zlib or gzip, as the first bytes say.
        unpacker = None if packing in ("identity", "") else zlib.decompressobj(47)
        body = bytearray()
        async for chunk in reply.content.iter_chunked(_READ_BYTES):
            body += chunk if unpacker is None else unpacker.decompress(chunk, _MAX_BODY + 1 - len(body))
            if len(body) > _MAX_BODY:
                raise with_notes(
                    ModelGarbled(
                        f"the reply of {self._label!r} cannot be used: found more than {_MAX_BODY >> 20} MiB",
                        hint="check that model.base_url is a chat endpoint",
                    ),
                    FailureNotes(is_retryable=True, maybe_paid=True),
                )
        return bytes(body)

    def _response(self, status: int, raw: bytes, headers: Mapping[str, str]) -> Response:
        if status >= FIRST_ERROR_STATUS:
            return read_error(status, raw, headers)
        body = read_body(raw, model=self.model)
        if _is_error(body):
            return read_error(status, raw, headers)
        return Response(status=status, headers=headers, body=body)

    def _open_session(self) -> aiohttp.ClientSession:
        """The connections, opened by the first call: they belong to its event loop."""
        if self._session is None:
            headers = {
                "Content-Type": "application/json",
                "User-Agent": "bidproof",
                "Accept-Encoding": "identity",
            }
            headers |= self._wire.headers(self._secret, query=urlsplit(self.base_url).query)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ssl=_certificates()),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # done within bounds
                headers=headers,
                # The one deadline is our own, around the whole call.
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
                # A proxy from the environment is honoured, but not towards this machine itself.
                trust_env=urlsplit(self.base_url).hostname not in _LOOPBACK,
            )
        return self._session

    def _payload(self, request: ChatRequest, *, but: str = "") -> dict[str, Any]:
        refused = {*self._without, *self.adaptations, *filter(None, [but])}
        return self._wire.payload(request, model=self.model, refused=refused)

    def _adapt(self, response: Response, request: ChatRequest, sent: Mapping[str, Any]) -> bool:
        """Learn from a 400 that names an optional field that was sent; True when worth another try."""
        if response.status not in (400, 422) or not _NOT_KNOWN.search(response.message):
            return False
        text = f"{response.param} {response.message}"
        for field, pattern in self._wire.optional.items():
            if re.search(pattern, text) and self._payload(request, but=field) != sent:
                if field not in self.adaptations:
                    _log.warning(
                        "the endpoint %s does not take %r; it is left out from here on", self._label, field
                    )
                self.adaptations[field] = today()
                return True
        return False

    def _refusal(self, response: Response) -> ModelError:
        error = refusal(response, label=self._label, mask=self._masked, key_name=self._key_name)
        if self.refusal_hint and isinstance(error, ModelRefused):
            error.hint = self.refusal_hint
        return error

    def _masked(self, text: str) -> str:
        return text.replace(self._secret, "[key]") if len(self._secret) > 3 else text


def _is_error(body: object) -> bool:
    """Whether a body says that the call failed, whatever its status says."""
    said = as_object(body)
    return bool(said.get("error")) and not (said.get("choices") or said.get("data"))


def _certificates() -> ssl.SSLContext:
    """Trust what this machine trusts, and the usual authorities where it names none of its own."""
    context = ssl.create_default_context()
    if not ("SSL_CERT_FILE" in os.environ or "SSL_CERT_DIR" in os.environ):
        context.load_verify_locations(certifi.where())
    return context
