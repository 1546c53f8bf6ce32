"""Decide which model a setting means, and open it."""

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from bidproof.core.addresses import host_of
from bidproof.core.errors import InvalidSetting
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.settings import ModelSettings
from bidproof.llm.adaptations import THINKS, adaptations_of, today
from bidproof.llm.gateway import Backend, Gateway
from bidproof.llm.keys import DEFAULT_BASE_URL, Keys, as_keys
from bidproof.llm.protocol import Journal
from bidproof.llm.providers import Provider, address_of, asked_of, bare_name, provider_of

if TYPE_CHECKING:
    from bidproof.llm.wires.protocol import Wire

_log = logging.getLogger(__name__)
# Imported only when a model of that kind is opened.
_Opener = Callable[[ModelSettings, Keys], AbstractAsyncContextManager[Backend]]


@asynccontextmanager
async def open_model(
    settings: ModelSettings,
    *,
    journal: Journal | None,
    job_id: int | None,
    api_key: Keys | str | None,
    run: str = "",
    notice: Callable[[str], None] | None = None,
) -> AsyncGenerator[Gateway, None]:
    """Open the model that the settings name, behind a gateway; close it on leaving.

    ``settings.model`` is a name at the endpoint, ``provider:name`` (:mod:`bidproof.llm.providers`),
    ``local:/path.gguf``,
    ``recorded:/path.jsonl`` (replay), ``record:/path.jsonl:MODEL`` (ask MODEL and
    write its replies down) or ``fake:/path.jsonl`` (a script, for tests and demos).

    Args:
        settings: Model, sampling, deadlines, prices and cost limit.
        journal: Where calls are written, so that none is paid twice.
        job_id: The run that pays.
        api_key: Who gives out keys by address, or the one for the host of ``settings.base_url``
            alone; never sent anywhere else, never logged.
        run: Of another model outside of a job (``Gateway.run``), whose cost limit both share.
        notice: Is told of outages that are waited out, and of models that need more room; the log by default.

    Raises:
        InvalidSetting: No such file, no key for the default endpoint, or a cost
            limit without prices.
        UserError: Nothing may be sent to the address, as the keys say.
    """
    _check_prices(settings)
    keys = as_keys(api_key, base_url=address_of(settings.model, settings.base_url))
    async with AsyncExitStack() as stack:
        models = [await stack.enter_async_context(_backend(settings, keys))]
        if settings.fallback:
            second = asked_of(settings, settings.fallback, settings.fallback_base_url)
            models.append(await stack.enter_async_context(_backend(second, keys)))
        gateway = Gateway(
            *models,
            settings=_fitted(settings),
            journal=journal,
            job_id=job_id,
            run=run,
            notice=notice or _log.warning,
        )
        stack.push_async_callback(gateway.aclose)
        yield gateway


def _backend(settings: ModelSettings, keys: Keys) -> AbstractAsyncContextManager[Backend]:
    return _OPENERS.get(_kind(settings.model), _open_endpoint)(settings, keys)


def _kind(model: str) -> str:
    prefix, colon, _ = model.partition(":")
    return prefix if colon and prefix in _OPENERS else "endpoint"


@asynccontextmanager
async def _open_endpoint(settings: ModelSettings, keys: Keys) -> AsyncGenerator[Backend, None]:
    if not settings.model:
        raise InvalidSetting("no model is set: found '', expected a name", hint="set model.model")
    provider = provider_of(settings.model, settings.base_url)
    base_url = address_of(settings.model, settings.base_url)
    if provider.name and not base_url:
        raise InvalidSetting(
            f"no address for {settings.model!r}: found neither model.base_url nor what {provider.name!r} "
            f"is told by: {', '.join(provider.variables)}",
            hint="set those variables, or model.base_url",
        )
    api_key = keys(base_url or DEFAULT_BASE_URL)
    if provider.keys and not api_key and host_of(base_url) == host_of(provider.address_in({})):
        raise InvalidSetting(
            f"no key for {settings.model!r}: found none of {', '.join(provider.keys)}",
            hint=f"set {provider.keys[0]}",
        )
    if not base_url and not api_key:
        raise InvalidSetting(
            f"no key for {settings.model!r}: found neither BIDPROOF_API_KEY nor model.base_url",
            hint="set BIDPROOF_API_KEY, or model.base_url for an endpoint that needs no key, "
            "or leave model.model empty to draft without a model",
        )
    from bidproof.llm.endpoint import EndpointModel

    name = bare_name(settings.model, settings.base_url)
    limits = provider.limits_of(name)
    model = EndpointModel(
        model=name,
        base_url=base_url,
        api_key=api_key,
        timeout_s=settings.timeout_s,
        connections=max(1, settings.concurrency),
        label=f"{settings.model} at {base_url}" if provider.name else "",
        wire=_wire(provider),
        without=limits.without,
        key_name=(provider.keys or ("BIDPROOF_API_KEY",))[0],
    )
    if limits.thinks:
        adaptations_of(model.name).setdefault(THINKS, today())
    try:
        yield model
    finally:
        await model.aclose()


def _wire(provider: Provider) -> "Wire":
    from bidproof.llm.wires.anthropic import AnthropicWire
    from bidproof.llm.wires.gemini import GeminiWire
    from bidproof.llm.wires.openai import OpenAIWire

    match provider.wire:
        case "openai":
            return OpenAIWire(key_header=provider.key_header)
        case "anthropic":
            return AnthropicWire()
        case "gemini":
            return GeminiWire()
        case "vertex":
            return GeminiWire(has_token=True)
        case _:
            assert_never(provider.wire)


@asynccontextmanager
async def _open_local(settings: ModelSettings, keys: Keys) -> AsyncGenerator[Backend, None]:
    del keys  # a local server has a key of its own
    from bidproof.llm.local import open_local

    async with open_local(settings) as model:
        yield model


@asynccontextmanager
async def _open_recorded(settings: ModelSettings, keys: Keys) -> AsyncGenerator[Backend, None]:
    del keys
    from bidproof.llm.recorded import RecordedModel

    yield RecordedModel(Path(settings.model.removeprefix("recorded:")))


@asynccontextmanager
async def _open_recorder(settings: ModelSettings, keys: Keys) -> AsyncGenerator[Backend, None]:
    from bidproof.llm.recorded import Recorder

    path, _, model = settings.model.removeprefix("record:").partition(":")
    if not model:
        raise InvalidSetting(
            f"cannot record {settings.model!r}: found no model, expected record:PATH:MODEL",
            hint="name the model to ask after the path",
        )
    async with _backend(replace(settings, model=model), keys) as inner:
        yield Recorder(inner, path=Path(path))


@asynccontextmanager
async def _open_fake(settings: ModelSettings, keys: Keys) -> AsyncGenerator[Backend, None]:
    del keys
    from bidproof.llm.fake import FakeModel, load_script

    yield FakeModel(load_script(Path(settings.model.removeprefix("fake:"))), name=settings.model)


_OPENERS: dict[str, _Opener] = {
    "local": _open_local,
    "recorded": _open_recorded,
    "record": _open_recorder,
    "fake": _open_fake,
}


def _fitted(settings: ModelSettings) -> ModelSettings:
    """One call at a time for a local model: it has one slot, and waiting must not count as slowness."""
    is_local = _kind(settings.model) == "local" or ":local:" in settings.model
    return replace(settings, concurrency=1) if is_local else settings


def _check_prices(settings: ModelSettings) -> None:
    is_paid = _kind(settings.model) in ("endpoint", "record")
    limits = [item for item in (settings.max_cost_usd, settings.max_workspace_usd) if item is not None]
    if not limits or not is_paid or settings.prompt_price or settings.completion_price:
        return
    raise InvalidSetting(
        f"a cost limit of {min(limits):g} USD cannot be kept: "
        "found no prices, expected model.prompt_price and model.completion_price",
        hint=NextStep(
            "set both in US dollars per million tokens, or write a price table", Action.WRITE_PRICES
        ),
    )
