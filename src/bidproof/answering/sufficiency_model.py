"""How sure a model is that the passages answer the question at all.

Small models almost never say that they cannot answer, but the probability they
put on the word tells: it is read from the token at the ``answerable`` field.
"""

import math
import re
from collections.abc import Sequence

from bidproof.llm.protocol import Alternative, TokenLogprob

SURE = 0.95
"""A model this sure is not doubted by how many words match."""

_LEAST, _MOST = 0.001, 0.999


def answerable_probability(tokens: Sequence[TokenLogprob] | None) -> float | None:
    """Read P(true) at the ``answerable`` field of a JSON reply; see :func:`field_probability`."""
    return field_probability(tokens, "answerable")


def field_probability(tokens: Sequence[TokenLogprob] | None, field: str) -> float | None:
    """Read P(true) at a field of a JSON reply.

    Mass on tokens that begin neither ``true`` nor ``false`` is left out.

    Args:
        tokens: The reply's tokens in order; None where the model gives none.
        field: Its name.

    Returns:
        Probability from 0 to 1; None when the field or its rivals are not there.
    """
    before = re.compile(rf'"{re.escape(field)}"[ \n\t]*:[ \n\t]*$')
    written = ""
    for token in tokens or ():
        if before.search(written) and _plain(token.token):
            return _share(token)
        written += token.token
    return None


def combined_probability(model: float, code: float) -> float:
    """Join what the model and the word checks say: the mean of their log odds.

    A sure model outweighs few matching words, and an unsure one needs them.

    Args:
        model: P(answerable) from the model, 0 to 1.
        code: Sufficiency score from the passages' words, 0 to 1.
    """
    odds = [math.log(value / (1 - value)) for value in (_bounded(model), _bounded(code))]
    return 1 / (1 + math.exp(-sum(odds) / 2))


def _bounded(value: float) -> float:
    return min(_MOST, max(_LEAST, value))


def _plain(token: str) -> str:
    return token.strip(' \n\t:"').lower()


def _share(token: TokenLogprob) -> float | None:
    options = token.alternatives or (Alternative(token=token.token, logprob=token.logprob),)
    mass = {"true": 0.0, "false": 0.0}
    for option in options:
        plain = _plain(option.token)
        for word in mass:
            if plain and word.startswith(plain):
                mass[word] += math.exp(option.logprob)
    total = mass["true"] + mass["false"]
    return mass["true"] / total if total > 0 else None
