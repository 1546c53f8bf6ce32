"""Keys from the environment, each bound to the host that it was given for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bidproof.core.addresses import host_of
from bidproof.core.settings import Settings
from bidproof.llm.keys import DEFAULT_BASE_URL
from bidproof.llm.providers import provider_of, providers

MODEL_KEY = "BIDPROOF_API_KEY"
EMBEDDER_KEY = "BIDPROOF_EMBEDDER_API_KEY"
RERANKER_KEY = "BIDPROOF_RERANKER_API_KEY"
FALLBACK_KEY = "BIDPROOF_FALLBACK_API_KEY"
LARGE_KEY = "BIDPROOF_LARGE_API_KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """Gives out a key for the host that it was given for, to no other.

    Attributes:
        guard: Is told an address and the variable whose key it would get (empty for none);
            raises where nothing may be sent there.
        variables: By host, the variable that holds its key.
        environment: Where the keys stand.
    """

    guard: Callable[[str, str], None]
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    environment: Mapping[str, str] = field(repr=False)

    def __call__(self, address: str) -> str | None:
        """The key for an address; None where none was given for its host.

        Raises:
            WorkspaceError: Nothing may be sent there (``workspace-untrusted``).
        """
        variable = self.variables.get(host_of(address), "")
        self.guard(address, variable)
        return self.environment.get(variable)

    def giving(self, variable: str, address: str) -> "Keyring":
        """The same ring, with the variable's key for the host of an address where it is set."""
        host = host_of(address)
        if not self.environment.get(variable) or not host:
            return self
        return replace(self, variables={**self.variables, host: variable})


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyrings:
    """What goes to the model and whoever shares its address, and to what has an address of its own."""

    model: Keyring
    embedder: Keyring
    reranker: Keyring
    large: Keyring


def read_keys(
    settings: Settings, environment: Mapping[str, str], *, guard: Callable[[str, str], None]
) -> Keyrings:
    """Bind each key to the host it was given for: the provider's own, or the address in the settings."""
    address = settings.model.base_url or DEFAULT_BASE_URL
    ring = Keyring(guard=guard, environment=environment)
    for provider in providers().values():
        ring = ring.giving(provider.key_in(environment), provider.address_in(environment))
    # At one host the model's own key counts, for the fallback, too; a named provider's before one that
    # was given for whichever model is set.
    named = provider_of(settings.model.model, settings.model.base_url)
    is_known = bool(named.name) and host_of(address) in ring.variables
    model = ring.giving(FALLBACK_KEY, settings.model.fallback_base_url)
    model = model if is_known else model.giving(MODEL_KEY, address)
    return Keyrings(
        model=model,
        embedder=model.giving(EMBEDDER_KEY, settings.retrieval.embedder_base_url),
        reranker=model.giving(RERANKER_KEY, settings.retrieval.reranker_base_url),
        large=model.giving(LARGE_KEY, settings.routing.large_base_url or address),
    )
