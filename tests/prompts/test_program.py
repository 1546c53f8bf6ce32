from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidproof.answering.extractive import extractive_program
from bidproof.core.errors import UserError
from bidproof.core.jsonable import from_json, to_json
from bidproof.core.settings import AnsweringSettings, ModelSettings, RetrievalSettings, Settings
from bidproof.prompts.fields import fields_of, program_of
from bidproof.prompts.program import SWITCHES, Example, Program, deciding_values, default_program, fitted
from bidproof.prompts.texts import optional_texts


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=4), st.floats(0, 2), st.booleans())
def test_equal_programs_have_equal_digests(texts: dict[str, str], temperature: float, reasons: bool) -> None:
    def build(order: dict[str, str]) -> Program:
        return Program(
            texts=order,
            model=ModelSettings(temperature=temperature),
            answering=AnsweringSettings(chain_of_thought=reasons),
        )

    program = build(texts)
    assert program.digest() == build(dict(reversed(texts.items()))).digest()
    assert from_json(Program, to_json(program)).digest() == program.digest()


def test_the_digest_is_the_same_on_every_machine() -> None:
    program = Program(texts={"answer": "Answer."}, model=ModelSettings(model="m"), model_name="m at u")
    assert program.digest() == "84c70adce10625f9"


def test_everything_that_decides_a_draft_changes_the_digest() -> None:
    base = default_program(Settings(model=ModelSettings(model="m")), model_name="m at here")
    others = (
        replace(base, texts={**base.texts, "answer": "Another prompt."}),
        replace(base, examples=()),
        replace(base, examples=(*base.examples, Example(passages=(), question="?"))),
        replace(base, model_name="m at there"),
        replace(base, model=replace(base.model, temperature=0.7)),
        replace(base, model=replace(base.model, top_p=0.5)),
        replace(base, model=replace(base.model, frequency_penalty=0.5)),
        replace(base, model=replace(base.model, reasoning_effort="low")),
        replace(base, retrieval=RetrievalSettings(top_k=9)),
        replace(base, answering=AnsweringSettings(prompt_format="markdown")),
        replace(base, answering=AnsweringSettings(chain_of_thought=True)),
        replace(base, calls="two"),
        replace(base, repairs=0),
        replace(base, rewrites=True),
        replace(base, format=base.format + 1),
    )
    digests = {program.digest() for program in (base, *others)}
    assert len(digests) == len(others) + 1


def test_patience_and_prices_do_not_change_the_digest() -> None:
    base = default_program(Settings(), model_name="m")
    patient = ModelSettings(timeout_s=1, attempts=1, concurrency=1, prompt_price=1, max_cost_usd=1)
    assert replace(base, model=patient).digest() == base.digest()


def test_a_local_model_is_named_by_its_weights_not_by_its_path() -> None:
    here = default_program(Settings(model=ModelSettings(model="local:/a/m.gguf")), model_name="local:m-0123")
    there = default_program(Settings(model=ModelSettings(model="local:/b/m.gguf")), model_name="local:m-0123")
    assert here.digest() == there.digest()


BASE = default_program(Settings(model=ModelSettings(model="m")), model_name="m at u")

# Taken before the switches for tools, self-check and ensembles came: stored programs keep their names.
OLD_DIGESTS = {
    "ef72271f32564c22": BASE,
    "b9e7c1984e005829": replace(BASE, calls="two", rewrites=True, splits_with_model=True, repairs=2),
    "7239c69c7171251f": replace(BASE, answering=AnsweringSettings(chain_of_thought=True)),
    "5b57957a90e3fbf6": replace(BASE, texts={**BASE.texts, "limits": "{{x}}"}, variables={"x": "y"}),
    "a7bd70de52e501ad": replace(extractive_program(Settings()), engine="extractive-1"),
}


@pytest.mark.parametrize("digest", OLD_DIGESTS)
def test_programs_without_the_new_techniques_keep_their_digests(digest: str) -> None:
    program = OLD_DIGESTS[digest]
    assert program.digest() == digest
    assert fitted(program).digest() == digest
    assert not set(SWITCHES) & set(deciding_values(program))


def test_every_switch_changes_the_digest_and_survives_its_fields() -> None:
    switched = [
        fitted(replace(BASE, **values))
        for values in (
            {"self_check": True},
            {"ensemble": 3},
            {"tool_steps": 4},
            {"tool_steps": 4, "tools": ("search", "calculate")},
        )
    ]
    assert len({program.digest() for program in (BASE, *switched)}) == len(switched) + 1
    for program in switched:
        assert program_of(fields_of(program), origin="a test").digest() == program.digest()


def test_a_program_has_words_for_the_steps_that_it_takes_and_no_others() -> None:
    checking = fitted(replace(BASE, self_check=True))
    assert set(checking.texts) - set(BASE.texts) == set(optional_texts("check"))
    assert fitted(replace(checking, self_check=False)) == BASE
    own = replace(checking, texts={**checking.texts, "check.output": "Only say so."}, self_check=False)
    assert fitted(own).texts["check.output"] == "Only say so."
    assert fitted(replace(own, self_check=True)).texts == own.texts
    assert fitted(extractive_program(Settings())).texts == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ensemble", "0"),
        ("ensemble", "many"),
        ("tool_steps", "-1"),
        ("tools", "search,search"),
        ("tools", "Rm -r"),
    ],
)
def test_a_switch_out_of_range_is_refused(name: str, value: str) -> None:
    with pytest.raises(UserError, match=name):
        program_of({**fields_of(BASE), name: value}, origin="a test")


def test_tools_are_named_with_commas() -> None:
    assert program_of({**fields_of(BASE), "tools": "search, dates"}, origin="a test").tools == (
        "search",
        "dates",
    )
