"""A key goes to the host it was given for, to no other."""

import pytest

from bidproof.core.settings import ModelSettings, RetrievalSettings, RoutingSettings, Settings
from bidproof.llm.keys import DEFAULT_BASE_URL, as_keys
from bidproof.runtime.secrets import Keyrings, read_keys

OWN, OTHER, THIRD = "https://models.acme.example/v1", "http://10.0.0.7:8000/v1", "https://vectors.example/v1"
ALL = {
    "OPENAI_API_KEY": "openai",
    "BIDPROOF_API_KEY": "own",
    "BIDPROOF_EMBEDDER_API_KEY": "vectors",
    "BIDPROOF_LARGE_API_KEY": "large",
    "BIDPROOF_RERANKER_API_KEY": "scores",
}


def rings(
    environment: dict[str, str], *, base_url: str = "", embedder: str = "", large: str = ""
) -> Keyrings:
    settings = Settings(
        model=ModelSettings(base_url=base_url),
        retrieval=RetrievalSettings(embedder_base_url=embedder),
        routing=RoutingSettings(large_base_url=large),
    )
    return read_keys(settings, environment, guard=lambda address, variable: None)


@pytest.mark.parametrize(
    ("variables", "base_url", "asked", "expected"),
    [
        (["OPENAI_API_KEY"], "", DEFAULT_BASE_URL, "openai"),
        (["OPENAI_API_KEY"], OWN, OWN, None),
        (["OPENAI_API_KEY"], "https://api.openai.com/v2", "https://api.openai.com/v2", "openai"),
        (["OPENAI_API_KEY"], "http://api.openai.com/v1", "http://api.openai.com/v1", None),
        (
            ["OPENAI_API_KEY"],
            "https://api.openai.com.evil.example/v1",
            "https://api.openai.com.evil.example/v1",
            None,
        ),
        (
            ["OPENAI_API_KEY"],
            "https://api.openai.com@evil.example/v1",
            "https://api.openai.com@evil.example/v1",
            None,
        ),
        (["BIDPROOF_API_KEY"], OWN, "HTTPS://Models.Acme.Example:443/v2", "own"),
        (["BIDPROOF_API_KEY"], OWN, OTHER, None),
        (["BIDPROOF_API_KEY"], OWN, DEFAULT_BASE_URL, None),
        (["BIDPROOF_API_KEY", "OPENAI_API_KEY"], "", DEFAULT_BASE_URL, "own"),
        (["BIDPROOF_API_KEY", "OPENAI_API_KEY"], OWN, DEFAULT_BASE_URL, "openai"),
        (["BIDPROOF_API_KEY"], OWN, "not an address", None),
    ],
)
def test_the_models_key(variables: list[str], base_url: str, asked: str, expected: str | None) -> None:
    assert rings({name: ALL[name] for name in variables}, base_url=base_url).model(asked) == expected


def test_embedder_and_large_model_have_keys_of_their_own() -> None:
    found = rings(ALL, base_url=OWN, embedder=THIRD, large=OTHER)
    assert (found.embedder(THIRD), found.large(OTHER)) == ("vectors", "large")
    assert (found.model(THIRD), found.model(OTHER)) == (None, None)
    assert (found.embedder(OWN), found.large(OWN)) == ("own", "own")
    few = rings({"BIDPROOF_API_KEY": "own"}, base_url=OWN, embedder=THIRD, large=OTHER)
    assert (few.embedder(THIRD), few.large(OTHER)) == (None, None)


def test_a_re_ranker_has_a_key_of_its_own() -> None:
    settings = Settings(
        model=ModelSettings(base_url=OWN), retrieval=RetrievalSettings(reranker_base_url=THIRD)
    )
    found = read_keys(settings, ALL, guard=lambda address, variable: None)
    assert (found.reranker(THIRD), found.reranker(OTHER)) == ("scores", None)
    assert (found.model(THIRD), found.embedder(THIRD)) == (None, None)


def test_a_large_model_at_the_same_address_may_be_paid_by_another_key() -> None:
    found = rings(ALL, base_url=OWN)
    assert (found.model(OWN), found.large(OWN)) == ("own", "large")


def test_the_fallbacks_key_never_takes_the_place_of_the_models() -> None:
    keys = {"BIDPROOF_API_KEY": "own", "BIDPROOF_FALLBACK_API_KEY": "second"}

    def asked(fallback: str) -> tuple[str | None, str | None]:
        settings = Settings(model=ModelSettings(base_url=OWN, fallback_base_url=fallback))
        ring = read_keys(settings, keys, guard=lambda address, variable: None).model
        return ring(OWN), ring(fallback)

    assert asked(OTHER) == ("own", "second")
    assert asked(OWN) == ("own", "own")


def test_keys_are_not_shown() -> None:
    assert "large" not in repr(rings(ALL, base_url=OWN)).replace("BIDPROOF_LARGE", "").replace("large=", "")


def test_a_single_key_is_for_one_host() -> None:
    keys = as_keys("secret", base_url=OWN)
    assert (keys(OWN), keys(OTHER)) == ("secret", None)
    assert as_keys(None, base_url="")(DEFAULT_BASE_URL) is None


ANTHROPIC = "https://api.anthropic.com/v1"


def named(environment: dict[str, str], *, base_url: str = ANTHROPIC) -> Keyrings:
    settings = Settings(model=ModelSettings(model="anthropic:claude", base_url=base_url))
    return read_keys(settings, environment, guard=lambda address, variable: None)


def test_a_named_provider_gets_its_own_key_and_no_other_host_does() -> None:
    keys = {"ANTHROPIC_API_KEY": "claude", "BIDPROOF_API_KEY": "own", "GEMINI_API_KEY": "google"}
    assert named(keys).model(ANTHROPIC) == "claude"
    assert named({"BIDPROOF_API_KEY": "own"}).model(ANTHROPIC) == "own"
    assert named(keys).model("https://generativelanguage.googleapis.com/v1") == "google"
    assert named(keys).model("https://evil.example/v1") is None
    proxied = named(keys, base_url=OWN)
    assert (proxied.model(OWN), proxied.model(ANTHROPIC)) == ("own", "claude")


def test_a_key_goes_to_the_resource_that_its_variables_name() -> None:
    azure = {"AZURE_OPENAI_ENDPOINT": "https://acme.openai.azure.com", "AZURE_OPENAI_API_KEY": "azure"}
    settings = Settings(model=ModelSettings(model="azure:gpt", base_url=OWN))
    ring = read_keys(settings, azure, guard=lambda address, variable: None).model
    assert ring("https://acme.openai.azure.com/openai/v1") == "azure"
    assert (ring(OWN), ring("https://other.openai.azure.com/openai/v1")) == (None, None)
