"""What an endpoint's errors mean: may the call be tried again, when, and is it the endpoint's fault."""

import math
import re
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import cast

import aiohttp

from bidproof.core.errors import ModelError, ModelGarbled, ModelRefused, ModelUnavailable
from bidproof.core.jsonable import parse_json
from bidproof.llm.failures import CONTEXT_OVERFLOW, FailureNotes, shortened, with_notes

FIRST_ERROR_STATUS = 300  # a redirect is one: it must never carry the prompt to another host

_SERVER_ERROR = 500
_BAD_GATEWAY = 502  # what an error without a status counts as
_ERROR_CODES = {str(status) for status in range(400, 600)}
_RETRYABLE_STATUS = (408, 409, 425, 429)
_OVERLOAD = 429
_NOT_FOUND = 404
_MAX_SAID = 1 << 16
# A key or an account that every later call would meet: nothing more is sent.
_FINAL_HINTS = {
    401: "set {key_name} to a valid key",
    402: "the account has nothing left: check its billing",
    403: "use a key that may call this model",
}
_SPENT = ("insufficient_quota", "billing_hard_limit_reached", "insufficient_credits", "billing_error")
_NO_MONEY = "credit balance is too low"  # Anthropic's way, with status 400
_WRONG_KEY = "API_KEY_INVALID"  # Google's way, with status 400
_FILTERED = re.compile(r"content[_ ](filter|policy|management)|responsible ?ai", re.I)
_OVERFLOW = re.compile(
    r"context[ _](length|window|size)|maximum context|(prompt|input|request) is too long|too many tokens|"
    r"input token count|request_too_large",
    re.I,
)
# The request had been sent, or may have been: a reply was on its way.
_BROKEN_OFF = (
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientPayloadError,
    ConnectionResetError,
    BrokenPipeError,
)
_MALFORMED = (aiohttp.ClientResponseError, zlib.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back: its JSON, or an error in the endpoint's own words.

    ``status`` is that of the error, also where it came with HTTP status 200; ``param`` is
    the field that an error names, ``kind`` its code and type, ``retry_after_s`` what its body asks to wait.
    """

    status: int
    headers: Mapping[str, str]
    body: object = None
    message: str = ""
    param: str = ""
    kind: str = ""
    retry_after_s: float | None = None


def read_error(status: int, raw: bytes, headers: Mapping[str, str]) -> Response:
    """Read an error in the shapes that endpoints use: an object, a list with one, or text."""
    said: object
    try:
        said = parse_json(raw)
    except ValueError:
        said = raw[:_MAX_SAID].decode("utf-8", "replace")
    if isinstance(said, list) and said:
        said = cast("list[object]", said)[0]
    if isinstance(said, dict):
        said = cast("dict[str, object]", said).get("error") or cast("object", said)
    fields: dict[str, object] = {"message": said}
    if isinstance(said, dict):
        fields = cast("dict[str, object]", said)
    code = str(fields.get("code") or "")
    details = [
        cast("dict[str, object]", item) for item in _items(fields.get("details")) if isinstance(item, dict)
    ]
    reasons = " ".join(str(item.get("reason") or "") for item in details)
    if status < FIRST_ERROR_STATUS:
        status = int(code) if code in _ERROR_CODES else _BAD_GATEWAY
    return Response(
        status=status,
        headers=headers,
        message=str(fields.get("message") or fields.get("detail") or fields),
        param=str(fields.get("param") or ""),
        kind=f"{code} {fields.get('type') or ''} {fields.get('status') or ''} {reasons}".strip(),
        retry_after_s=next(filter(None, (_delay(item.get("retryDelay")) for item in details)), None),
    )


def refusal(
    response: Response, *, label: str, mask: Callable[[str], str], key_name: str = "BIDPROOF_API_KEY"
) -> ModelError:
    """The error for a response that is none: final, to be tried again, or of this request alone.

    Args:
        response: Status 300 or above.
        label: What errors call the endpoint.
        mask: Takes secrets out of what the endpoint said.
        key_name: Variable that holds the key.
    """
    status = 401 if _WRONG_KEY in response.kind else response.status
    message = f"the endpoint of {label!r} answered {status}: {mask(shortened(response.message))}"
    is_spent = any(code in response.kind for code in _SPENT) or _NO_MONEY in response.message
    if status in _FINAL_HINTS or is_spent:
        hint = _FINAL_HINTS.get(status, "the account has nothing left: check its quota and billing")
        hint = hint.format(key_name=key_name)
        return with_notes(ModelRefused(message, hint=hint), FailureNotes(status=status, is_final=True))
    if status >= _SERVER_ERROR or status in _RETRYABLE_STATUS:
        notes = FailureNotes(
            status=status,
            is_retryable=True,
            is_overload=status == _OVERLOAD,
            is_outage=status >= _SERVER_ERROR or status == _OVERLOAD,
            retry_after_s=response.retry_after_s or _retry_after(response.headers),
        )
        hint = "try again later, or lower model.concurrency"
        return with_notes(ModelUnavailable(message, hint=hint), notes)
    if _OVERFLOW.search(f"{response.kind} {response.message}"):
        hint = "lower retrieval.top_k or model.max_output_tokens, or use a model with a larger context"
        overflow = ModelRefused(message, hint=hint, code=CONTEXT_OVERFLOW)
        return with_notes(overflow, FailureNotes(status=status))
    hint = "check model.model, model.base_url and the model settings"
    if _FILTERED.search(f"{response.kind} {response.message}"):
        hint = "the provider's filter refused the question; rephrase it, or ask a person"
    elif status == _NOT_FOUND:
        hint = "check model.model, and that model.base_url ends in the API's path, such as /v1"
    return with_notes(ModelRefused(message, hint=hint), FailureNotes(status=status))


def disconnected(error: Exception, *, label: str, mask: Callable[[str], str]) -> ModelError:
    """The error for a call that brought no response, or half of one; see :func:`refusal`."""
    said = mask(shortened(str(error) or type(error).__name__))
    if isinstance(error, ValueError):  # an address or a key that cannot stand in a request
        return with_notes(
            ModelRefused(f"cannot send to {label!r}: {said}", hint="check model.base_url and the key"),
            FailureNotes(is_final=True),
        )
    if isinstance(error, (*_BROKEN_OFF, *_MALFORMED)):
        return with_notes(
            ModelGarbled(
                f"the reply of {label!r} broke off: {said}",
                hint="try again; a proxy or the server may have closed the connection",
            ),
            FailureNotes(is_retryable=True, maybe_paid=True, is_outage=isinstance(error, _BROKEN_OFF)),
        )
    return with_notes(
        ModelUnavailable(f"cannot reach {label!r}: {said}", hint="check model.base_url and the network"),
        FailureNotes(is_retryable=True, is_outage=True),
    )


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _delay(value: object) -> float | None:
    """Seconds of a duration as Google writes it, ``17.5s``."""
    with suppress(ValueError):
        seconds = float(str(value).removesuffix("s"))
        return seconds if 0 < seconds < math.inf else None
    return None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the endpoint asks to wait, said as a number or as a date by its own clock."""
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        said = headers.get(name, "")
        with suppress(ValueError):
            seconds = float(said) * unit_s
            return None if math.isnan(seconds) else max(0.0, seconds)
        with suppress(ValueError, TypeError):
            now = headers.get("date")
            asked = parsedate_to_datetime(said) - (parsedate_to_datetime(now) if now else datetime.now(UTC))
            return max(0.0, asked.total_seconds())
    return None
