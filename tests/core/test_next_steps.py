"""A next step is a sentence everywhere, and keeps what it means on its way out of a child process."""

import json
import pickle

from bidproof.core.errors import UserError
from bidproof.core.next_steps import Action, NextStep


def test_a_step_is_its_sentence() -> None:
    step = NextStep("split the set", Action.SPLIT_GOLD, options=("force",), name="aws")
    assert (step, f"{step}", json.dumps({"hint": step})) == (
        "split the set",
        "split the set",
        '{"hint": "split the set"}',
    )


def test_a_step_survives_a_child_process_inside_its_error() -> None:
    step = NextStep("split the set", Action.SPLIT_GOLD, options=("force",), name="aws")
    hint = pickle.loads(pickle.dumps(UserError("no", hint=step))).hint
    assert isinstance(hint, NextStep)
    assert (hint, hint.action, hint.options, hint.values) == (step, step.action, ("force",), {"name": "aws"})
