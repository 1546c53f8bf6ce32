"""Errors carry what a user needs, through a child process too."""

import pickle
from itertools import chain

import pytest

from bidproof.core import errors
from bidproof.core.errors import BidproofError, ModelError, UserError


def tree(kind: type[BidproofError]) -> list[type[BidproofError]]:
    return [kind, *chain.from_iterable(tree(child) for child in kind.__subclasses__())]


KINDS = [kind for kind in tree(BidproofError) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_survives_the_trip_out_of_a_child_process(kind: type[BidproofError]) -> None:
    for code in (None, "special"):
        sent = kind("cannot read 'a.pdf'", hint="try again", code=code)
        received = pickle.loads(pickle.dumps(sent))
        assert type(received) is kind
        assert (received.message, received.hint, received.code) == (sent.message, sent.hint, sent.code)
        assert str(received) == "cannot read 'a.pdf'"


def test_a_special_code_does_not_rub_off_on_the_class() -> None:
    before = UserError.code
    assert UserError("m", hint="h", code="special").code == "special"
    assert UserError("m", hint="h").code == before


def test_codes_are_unique_and_exit_codes_say_whose_problem_it_is() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert kind.exit_code == (2 if issubclass(kind, UserError) else 1)
    assert ModelError in KINDS


def test_the_tree_in_the_module_docstring_names_every_class() -> None:
    drawn = errors.__doc__ or ""
    for kind in KINDS:
        assert kind.__name__ in drawn
