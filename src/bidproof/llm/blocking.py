"""The gateway for callers without an event loop: what an index asks while it searches or is built."""

import asyncio
import threading
import weakref
from dataclasses import replace

from bidproof.core.errors import InvalidSetting
from bidproof.core.settings import ModelSettings
from bidproof.llm.endpoint import EndpointModel
from bidproof.llm.gateway import Backend, Gateway
from bidproof.llm.keys import Keys, as_keys
from bidproof.llm.protocol import ChatRequest, Completion, Journal
from bidproof.llm.wires.protocol import Wire


class BlockingGateway:
    """Asks one model and waits for its reply; safe to use from any thread.

    Args:
        backend: The model.
        settings: Attempts, deadline, prices and limits.
        journal: Where calls are written; None keeps none.
    """

    def __init__(self, backend: Backend, *, settings: ModelSettings, journal: Journal | None) -> None:
        self._gateway = Gateway(backend, settings=settings, journal=journal)
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def complete(self, request: ChatRequest) -> Completion:
        """Ask once, on a thread of its own: callers may stand in an event loop themselves.

        Raises:
            ModelError: As of :meth:`Gateway.complete`.
        """
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_serve, args=(self._loop,), name="gateway", daemon=True).start()
                weakref.finalize(self, _stop, self._loop, self._gateway)
        return asyncio.run_coroutine_threadsafe(self._gateway.complete(request), self._loop).result()


def open_blocking(
    kind: type[EndpointModel],
    *,
    model: str,
    base_url: str,
    api_key: Keys | str | None,
    settings: ModelSettings,
    journal: Journal | None,
    wire: Wire,
    label: str = "",
) -> BlockingGateway:
    """A gateway to an endpoint that is no chat model.

    Args:
        kind: How its replies are read.
        model: Name at the endpoint.
        base_url: Its address.
        api_key: Who gives out keys by address, or the one for this address; None where it asks for none.
        settings: Attempts, deadline, concurrency, prices and limits.
        journal: Where calls are written; None keeps none.
        wire: How requests are written.
        label: Name for reports and journal keys; model and address unless told.
    """
    backend = kind(
        model=model,
        base_url=base_url,
        api_key=as_keys(api_key, base_url=base_url)(base_url),
        timeout_s=settings.timeout_s,
        connections=max(1, settings.concurrency),
        label=label,
        wire=wire,
    )
    return BlockingGateway(backend, settings=settings, journal=journal)


def priced_by_tokens(settings: ModelSettings, model: str, *, price: float | None, name: str) -> ModelSettings:
    """The settings of a call that reads tokens and writes none.

    Args:
        settings: Of the session.
        model: Asked.
        price: US dollars per million tokens; None where it is not known.
        name: Of the setting that says the price.

    Raises:
        InvalidSetting: A cost limit is set and no price.
    """
    limits = (settings.max_cost_usd, settings.max_workspace_usd)
    if price is None and any(limit is not None for limit in limits):
        raise InvalidSetting(
            f"a cost limit cannot be kept for {model!r}: found no price, expected {name}",
            hint=f"set {name} in US dollars per million tokens, 0 where it costs nothing",
        )
    return replace(
        settings,
        model=model,
        fallback="",
        prompt_price=price or 0.0,
        cached_prompt_price=None,
        completion_price=0.0,
    )


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


def _stop(loop: asyncio.AbstractEventLoop, gateway: Gateway) -> None:
    async def end() -> None:
        await gateway.aclose()
        loop.stop()

    if not loop.is_closed():
        asyncio.run_coroutine_threadsafe(end(), loop)
