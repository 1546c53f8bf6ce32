"""Record a model's replies to a file, and replay them without the model."""

import json
from pathlib import Path
from typing import Any, cast

from bidproof.core.errors import InvalidSetting, ModelUnavailable
from bidproof.core.files import append_line
from bidproof.core.jsonable import from_json, parse_json, to_json
from bidproof.llm.claims import call_key
from bidproof.llm.failures import FailureNotes, with_notes
from bidproof.llm.gateway import Backend
from bidproof.llm.protocol import ChatRequest, Completion

# Replies are found by what was asked, not by who was asked: a file recorded
# from one endpoint replays anywhere.
_ANY_MODEL = "recorded"


class RecordedModel:
    """Replays replies from a JSON-lines file; a prompt that is not in it is an error.

    Raises:
        InvalidSetting: The file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._replies = _load(path)

    @property
    def name(self) -> str:
        """``recorded:`` and the file's name."""
        return f"recorded:{self._path.name}"

    async def aclose(self) -> None:
        """Nothing to close."""

    async def complete(self, request: ChatRequest, *, idempotency_key: str = "") -> Completion:
        """Give the recorded reply.

        Raises:
            ModelUnavailable: The file holds none for this prompt and these settings.
        """
        del idempotency_key
        reply = self._replies.get(call_key(_ANY_MODEL, request))
        if reply is None:
            error = ModelUnavailable(
                f"the recording {str(self._path)!r} holds no reply to this prompt",
                hint="record again: the prompt, its passages or the settings have changed since",
            )
            raise with_notes(error, FailureNotes())
        return reply


class Recorder:
    """Passes every call on to a model and appends the reply to a file.

    Args:
        model: The model that answers; closed with the recorder.
        path: JSON-lines file, created when absent; holds prompts' keys and replies,
            not the prompts.
    """

    def __init__(self, model: Backend, *, path: Path) -> None:
        self._model = model
        self._path = path

    @property
    def name(self) -> str:
        """The recorded model's name."""
        return self._model.name

    async def aclose(self) -> None:
        """Close the model."""
        await self._model.aclose()

    async def complete(self, request: ChatRequest, *, idempotency_key: str = "") -> Completion:
        """Ask the model and write its reply down; failures are not recorded."""
        completion = await self._model.complete(request, idempotency_key=idempotency_key)
        entry = {"key": call_key(_ANY_MODEL, request), "reply": to_json(completion)}
        append_line(self._path, json.dumps(entry))
        return completion


def _load(path: Path) -> dict[str, Completion]:
    try:
        lines = path.read_text("utf-8").splitlines()
        entries = [cast("dict[str, Any]", parse_json(line)) for line in lines if line.strip()]
        return {str(entry["key"]): from_json(Completion, entry["reply"]) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidSetting(
            f"cannot read the recording {str(path)!r}: {error}",
            hint="record it again with model.model set to record:PATH:MODEL",
        ) from error
