"""A model that is named with its provider brings its address, with the rank and the trust of its name."""

from collections.abc import Mapping

from bidproof.core.settings import resolve_settings
from bidproof.runtime.addresses import with_addresses
from bidproof.runtime.trust import named_addresses

ANTHROPIC, OWN = "https://api.anthropic.com/v1", "http://models.acme.example/v1"
Layers = dict[str, Mapping[str, object]]


def resolved(**layers: Mapping[str, object]) -> Layers:
    said: Layers = {"file": {}, "environment": {}, "flag": {}, **layers}
    return with_addresses(said, resolve_settings(said), {})


def base_url(**layers: Mapping[str, object]) -> str:
    return resolve_settings(resolved(**layers)).settings.model.base_url


CLAUDE = {"model.model": "anthropic:claude"}


def test_the_address_comes_with_the_name_unless_one_is_said_there_or_above() -> None:
    assert base_url(file=CLAUDE) == ANTHROPIC
    assert base_url(flag=CLAUDE, file={"model.base_url": OWN}) == ANTHROPIC
    assert base_url(file={**CLAUDE, "model.base_url": OWN}) == OWN
    assert base_url(file=CLAUDE, environment={"model.base_url": OWN}) == OWN
    assert base_url(file=CLAUDE, flag={"model.model": "llama"}) == ""
    assert base_url(file={"model.model": "mistral:7b", "model.base_url": OWN}) == OWN
    assert base_url(flag={"model.model": "mistral:7b"}, file={"model.base_url": OWN}) == OWN


def test_a_second_model_of_the_same_provider_goes_where_the_first_goes() -> None:
    both = {**CLAUDE, "model.fallback": "anthropic:small", "routing.large_model": "gemini:large"}
    settings = resolve_settings(resolved(file=both)).settings
    assert settings.model.fallback_base_url == ""
    assert settings.routing.large_base_url == "https://generativelanguage.googleapis.com/v1"


def test_a_file_that_names_a_provider_names_its_address() -> None:
    assert named_addresses(resolve_settings(resolved(file=CLAUDE)).origins) == {ANTHROPIC}
    assert named_addresses(resolve_settings(resolved(flag=CLAUDE)).origins) == frozenset()
