"""Providers by name: ``anthropic:claude-…`` fills in address, key variable, wire and known limits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Literal

from bidproof.core.addresses import host_of
from bidproof.core.settings import ModelSettings
from bidproof.language.rules import read_data

WireName = Literal["openai", "anthropic", "gemini", "vertex"]
_GLOBAL = ("https://global-", "https://")  # Google names no region in the host of its global one


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is known of a model before the first call: fields that it refuses, and whether it thinks."""

    without: frozenset[str] = frozenset()
    thinks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An entry of ``data/providers.toml``.

    Attributes:
        name: What stands before the colon; empty for an endpoint without a name of its own.
        address: Where it lives, with variables in braces; empty where that has to be said.
        keys: Variables that may hold its key.
        wire: How requests and replies are written.
        key_header: Header that carries the key by itself; empty for the wire's own way.
        without: Fields that all its models refuse.
        own_only: Elsewhere, the whole name is the model's.
        models: Limits by patterns of model names.
    """

    name: str = ""
    address: str = ""
    keys: tuple[str, ...] = ()
    wire: WireName = "openai"
    key_header: str = ""
    without: frozenset[str] = frozenset()
    own_only: bool = False
    models: tuple[tuple[tuple[str, ...], Limits], ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables that its address is told by."""
        return tuple(dict.fromkeys(re.findall(r"\{(\w+)\}", self.address)))

    def address_in(self, environment: Mapping[str, str]) -> str:
        """Where it lives; empty where a variable that says so is not set."""
        values = {name: environment.get(name, "").strip().rstrip("/") for name in self.variables}
        return self.address.format(**values).replace(*_GLOBAL) if all(values.values()) else ""

    def key_in(self, environment: Mapping[str, str]) -> str:
        """The first of its key variables that is set; empty for none."""
        return next((name for name in self.keys if environment.get(name)), "")

    def limits_of(self, model: str) -> Limits:
        """What is known of one of its models."""
        fitting = [
            limits for patterns, limits in self.models if any(fnmatchcase(model, each) for each in patterns)
        ]
        return Limits(
            without=self.without.union(*(limits.without for limits in fitting)),
            thinks=any(limits.thinks for limits in fitting),
        )


_NAMELESS = Provider()


@cache
def providers() -> Mapping[str, Provider]:
    """All that have a name, by it."""
    return {name: _provider(name, entry) for name, entry in read_data("bidproof.llm", "providers").items()}


def provider_of(model: str, base_url: str = "") -> Provider:
    """Whose model a name means at an address; one without a name where the name says nobody's."""
    named = providers().get(model.partition(":")[0], _NAMELESS) if ":" in model else _NAMELESS
    is_elsewhere = bool(base_url) and host_of(base_url) != host_of(named.address)
    return _NAMELESS if named.own_only and is_elsewhere else named


def bare_name(model: str, base_url: str = "") -> str:
    """What the provider calls the model."""
    provider = provider_of(model, base_url)
    return model.removeprefix(f"{provider.name}:") if provider.name else model


def address_of(model: str, base_url: str) -> str:
    """Where a model is asked: as said, or at its provider's own address; empty where neither is known."""
    return base_url or provider_of(model).address_in({})


def asked_of(settings: ModelSettings, model: str, base_url: str = "") -> ModelSettings:
    """The settings with another model in place of theirs.

    It is asked at ``base_url``, else where the settings' model is, if one provider has both, else at
    its own provider's address.
    """
    own = settings.base_url if is_same_provider(settings, model) else ""
    return replace(settings, model=model, base_url=base_url or own or address_of(model, ""))


def is_same_provider(settings: ModelSettings, model: str) -> bool:
    """Whether a model is one of the provider that the settings' own model is of."""
    here = settings.base_url
    return provider_of(model, here).name == provider_of(settings.model, here).name


def _provider(name: str, entry: Mapping[str, Any]) -> Provider:
    return Provider(
        name=name,
        address=entry.get("address", ""),
        keys=tuple(entry.get("key", ())),
        wire=entry.get("wire", "openai"),
        key_header=entry.get("key_header", ""),
        without=frozenset(entry.get("without", ())),
        own_only=entry.get("own_only", False),
        models=tuple(
            (
                tuple(item["pattern"]),
                Limits(without=frozenset(item.get("without", ())), thinks=item.get("thinks", False)),
            )
            for item in entry.get("models", ())
        ),
    )
