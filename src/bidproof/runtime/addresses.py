"""Addresses that a model's name brings along: ``anthropic:claude-…`` is asked at Anthropic's."""

from collections.abc import Mapping

from bidproof.core.settings import ResolvedSettings
from bidproof.llm.providers import is_same_provider, provider_of
from bidproof.runtime.trust import DESTINATIONS

Layers = Mapping[str, Mapping[str, object]]


def with_addresses(
    layers: Layers, resolved: ResolvedSettings, environment: Mapping[str, str]
) -> dict[str, Mapping[str, object]]:
    """Settings as they were said, with the addresses of models that are named with their provider.

    An address is said where the model is, so it has the same origin; one that was said there, or more
    strongly, stays.

    Args:
        layers: From weakest to strongest, as for :func:`resolve_settings`.
        resolved: What they come to.
        environment: Where variables that some addresses hold are looked up.
    """
    known = {item.name: item for item in resolved.origins}
    rank = {origin: place for place, origin in enumerate(("default", *layers))}
    found = {origin: dict(values) for origin, values in layers.items()}
    for name, (address, *others) in DESTINATIONS:
        model, said = known[name], known[address]
        provider = provider_of(str(model.value), str(said.value))
        is_shared = bool(others) and is_same_provider(resolved.settings.model, str(model.value))
        if not provider.name or is_shared or (said.value and rank[said.origin] >= rank[model.origin]):
            continue
        own = provider.address_in(environment)
        if own:
            found[model.origin][address] = own
    return dict(found)
