"""A provider's name before a model's: address, key, wire and limits from one data file."""

import asyncio
from pathlib import Path

import pytest

from bidproof.core.errors import InvalidSetting
from bidproof.core.settings import ModelSettings
from bidproof.llm.embeddings import EmbeddingGateway
from bidproof.llm.fake_endpoint import Answer, FakeEndpoint, Received, said
from bidproof.llm.open import open_model
from bidproof.llm.prices import Price, PriceTable
from bidproof.llm.protocol import ChatRequest, Message
from bidproof.llm.providers import address_of, asked_of, bare_name, provider_of, providers

OLLAMA = "http://127.0.0.1:11434/v1"


def sent(model: str) -> tuple[str, Received]:
    """A model's name at a server of our own, and what came there."""
    with FakeEndpoint(then=said("hi")) as server:
        settings = ModelSettings(model=model, base_url=server.base_url)
        request = ChatRequest(
            messages=(Message(role="user", content="hello"),), settings=settings, want_logprobs=True
        )

        async def run() -> str:
            async with open_model(settings, journal=None, job_id=None, api_key="key-01234") as gateway:
                await gateway.complete(request)
                return gateway.name

        return asyncio.run(run()), server.received[0]


def test_the_prefix_is_the_providers_and_the_rest_the_models() -> None:
    name, received = sent("openrouter:meta/llama-4:free")
    assert received.body["model"] == "meta/llama-4:free"
    assert name.startswith("openrouter:meta/llama-4:free at http://127.0.0.1")
    assert received.headers["authorization"] == "Bearer key-01234"
    assert sent("llama3.1:8b")[1].body["model"] == "llama3.1:8b"


def test_a_tag_of_another_server_is_no_provider() -> None:
    assert sent("mistral:7b")[1].body["model"] == "mistral:7b"
    assert bare_name("mistral:large", "https://api.mistral.ai/v1") == "large"
    assert address_of("mistral:large", "") == "https://api.mistral.ai/v1"


def test_known_limits_cost_no_call_and_thinkers_get_room_at_once() -> None:
    _, received = sent("openai:o3-mini")
    assert received.body["max_completion_tokens"] == 4 * ModelSettings().max_output_tokens
    assert {"max_tokens", "temperature", "logprobs", "top_logprobs"}.isdisjoint(received.body)
    assert "logprobs" not in sent("groq:llama")[1].body
    assert sent("openai:gpt-4o")[1].body["max_tokens"] == ModelSettings().max_output_tokens


def test_azures_key_goes_azures_way() -> None:
    _, received = sent("azure:my-deployment")
    assert received.headers["api-key"] == "key-01234"
    assert "authorization" not in received.headers


def test_an_address_may_hold_variables() -> None:
    place = {"GOOGLE_CLOUD_PROJECT": "acme", "GOOGLE_CLOUD_LOCATION": "europe-west4"}
    vertex, azure = providers()["vertex"], providers()["azure"]
    assert vertex.address_in(place) == (
        "https://europe-west4-aiplatform.googleapis.com/v1beta1/projects/acme/locations/europe-west4"
        "/publishers/google"
    )
    assert vertex.address_in({**place, "GOOGLE_CLOUD_LOCATION": "global"}).startswith(
        "https://aiplatform.googleapis.com/v1beta1/projects/acme/locations/global/"
    )
    assert vertex.address_in({}) == ""
    endpoint = {"AZURE_OPENAI_ENDPOINT": "https://acme.openai.azure.com/"}
    assert azure.address_in(endpoint) == "https://acme.openai.azure.com/openai/v1"


def test_another_model_is_asked_where_it_lives() -> None:
    main = ModelSettings(model="llama", base_url=OLLAMA)
    assert asked_of(main, "qwen").base_url == OLLAMA
    assert asked_of(main, "mistral:7b").base_url == OLLAMA
    assert asked_of(main, "anthropic:claude").base_url == "https://api.anthropic.com/v1"
    assert asked_of(main, "qwen", "http://big:8000/v1").base_url == "http://big:8000/v1"
    claude = ModelSettings(model="anthropic:small", base_url="https://proxy.example/v1")
    assert asked_of(claude, "anthropic:large").base_url == "https://proxy.example/v1"
    assert asked_of(claude, "gpt-large").base_url == ""


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("anthropic:claude", "ANTHROPIC_API_KEY"),
        ("gemini:flash", "GEMINI_API_KEY, GOOGLE_API_KEY"),
        ("azure:deployment", "AZURE_OPENAI_ENDPOINT"),
        ("vertex:flash", "GOOGLE_CLOUD_LOCATION, GOOGLE_CLOUD_PROJECT"),
    ],
)
def test_what_is_missing_is_named(model: str, found: str) -> None:
    async def run() -> None:
        async with open_model(ModelSettings(model=model), journal=None, job_id=None, api_key=None):
            pass

    with pytest.raises(InvalidSetting, match=found):
        asyncio.run(run())


def test_a_price_is_found_with_and_without_the_provider() -> None:
    table = PriceTable(
        entries=(("claude-*", Price(prompt=1, completion=2)), ("groq:*", Price(prompt=3, completion=4)))
    )
    assert table.price_of("anthropic:claude-x") == Price(prompt=1, completion=2)
    assert table.price_of("groq:claude") == Price(prompt=3, completion=4)
    assert table.price_of("ollama:llama") is None


def test_every_provider_is_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "models.md").read_text("utf-8")
    for name, provider in providers().items():
        assert f"`{name}:" in page
        assert all(f"`{key}`" in page for key in provider.keys)
    assert provider_of("local:/x.gguf").name == ""


def test_an_embedder_may_be_named_with_its_provider_where_that_speaks_openais_way() -> None:
    vectors = Answer(body='{"data": [{"index": 0, "embedding": [1.0, 0.0]}], "usage": {"prompt_tokens": 2}}')
    with FakeEndpoint(then=vectors) as server:
        gateway = EmbeddingGateway(
            model="ollama:nomic",
            base_url=server.base_url,
            api_key=None,
            settings=ModelSettings(),
            journal=None,
        )
        assert gateway.embed(["hello"]).tolist() == [[1.0, 0.0]]
        assert server.received[0].body["model"] == "nomic"
    with pytest.raises(InvalidSetting, match="cannot embed with 'anthropic:x'"):
        EmbeddingGateway(
            model="anthropic:x", base_url="", api_key=None, settings=ModelSettings(), journal=None
        )
