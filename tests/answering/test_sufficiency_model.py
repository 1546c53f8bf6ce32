from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidproof.answering.sufficiency_model import answerable_probability, combined_probability
from bidproof.llm.protocol import Alternative, TokenLogprob


def token(text: str, **rivals: float) -> TokenLogprob:
    options = tuple(Alternative(token=name, logprob=log(share)) for name, share in rivals.items())
    return TokenLogprob(token=text, logprob=-0.1, alternatives=options)


def test_the_probability_is_read_at_the_value_of_the_field() -> None:
    tokens = [
        token('{"reasoning": "it is true", "'),
        token("answerable"),
        token('":'),
        token(" "),
        token("true", true=0.6, false=0.2, null=0.2),
        token("}", true=0.1, false=0.9),
    ]
    assert answerable_probability(tokens) == pytest.approx(0.75)


def test_without_the_field_or_its_tokens_there_is_none() -> None:
    assert answerable_probability(None) is None
    assert answerable_probability([]) is None
    assert answerable_probability([token('{"other": '), token("true", true=0.9, false=0.1)]) is None


def test_a_value_without_rivals_is_certain() -> None:
    assert answerable_probability([token('{"answerable":'), token(" false")]) == 0.0


@given(st.floats(0, 1), st.floats(0, 1))
def test_joining_keeps_order_and_range(model: float, code: float) -> None:
    joined = combined_probability(model, code)
    assert 0 <= joined <= 1
    assert joined <= combined_probability(1.0, code)
    assert joined >= combined_probability(0.0, code)
    assert joined == pytest.approx(combined_probability(code, model))
