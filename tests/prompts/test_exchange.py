"""Programs go to DSPy and to chat templates and come back; what does not fit is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bidproof.answering.chat_template import dump_chat, load_chat
from bidproof.answering.dspy_state import dump_dspy, load_dspy, program_module
from bidproof.answering.extractive import extractive_program
from bidproof.answering.program_schemas import reply_schemas
from bidproof.core.errors import UserError
from bidproof.core.settings import AnsweringSettings, RetrievalSettings, Settings
from bidproof.prompts.program import Program, default_program, fitted
from bidproof.prompts.templates import instructions
from bidproof.prompts.versions import schema_hash

PLAIN = default_program(Settings(), model_name="m")
REASONING = replace(
    PLAIN, answering=AnsweringSettings(chain_of_thought=True, prompt_format="markdown"), rewrites=True
)
EVERYTHING = fitted(replace(REASONING, self_check=True, ensemble=3, tool_steps=4))
PROGRAMS = [PLAIN, REASONING, replace(REASONING, calls="two", splits_with_model=True), EVERYTHING]


def through_json(value: object) -> Any:
    return json.loads(json.dumps(value))


def rewritten(program: Program) -> Program:
    step = "answer" if program.calls == "one" else "quote"
    return replace(
        program, texts={**program.texts, step: "Be brief \\{{now}}."}, examples=program.examples[:1]
    )


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("is_changed", [False, True])
def test_a_program_comes_back_from_a_dspy_state(program: Program, is_changed: bool) -> None:
    exported = rewritten(program) if is_changed else program
    imported = load_dspy(through_json(dump_dspy(exported)), base=program, source="s.json")
    assert instructions(imported.texts, {}) == instructions(exported.texts, {})
    assert imported.examples == exported.examples
    assert is_changed or imported.digest() == program.digest()


@pytest.mark.parametrize("program", PROGRAMS)
def test_dspy_itself_loads_and_saves_the_state(program: Program, tmp_path: Path) -> None:
    (tmp_path / "ours.json").write_text(json.dumps(dump_dspy(rewritten(program))))
    module = program_module(replace(program, examples=()))
    module.load(str(tmp_path / "ours.json"))
    module.save(str(tmp_path / "theirs.json"), save_program=False)
    back = load_dspy(json.loads((tmp_path / "theirs.json").read_text()), base=program, source="theirs.json")
    assert back.examples == program.examples[:1]
    assert "Be brief {{now}}." in instructions(back.texts, {}).values()


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("is_changed", [False, True])
@pytest.mark.parametrize("is_bare", [False, True])
def test_a_program_comes_back_from_a_chat_template(program: Program, is_changed: bool, is_bare: bool) -> None:
    exported = rewritten(program) if is_changed else program
    content = through_json(dump_chat(exported))
    imported = load_chat(content["messages"] if is_bare else content, base=program, source="c.json")
    assert instructions(imported.texts, {}) == instructions(exported.texts, {})
    if not (is_bare and is_changed):  # turns alone do not hold what a free question does not ask for
        assert imported.examples == exported.examples
    assert [item.question for item in imported.examples] == [item.question for item in exported.examples]


def test_a_template_is_plain_messages_with_two_variables() -> None:
    content = dump_chat(PLAIN)
    assert content["messages"][0]["role"] == "system"
    assert content["messages"][-1] == {"role": "user", "content": "{{passages}}\n\n{{question}}"}


def spoilt_hash(state: dict[str, Any]) -> None:
    holder = state.get("bidproof", state)
    holder["schema_hash"] = "0" * 16


def one_field_less(state: dict[str, Any]) -> None:
    state["answer"]["signature"]["fields"].pop()


def no_predictor(state: dict[str, Any]) -> None:
    state["other"] = state.pop("answer")


def unfenced_demo(state: dict[str, Any]) -> None:
    state["answer"]["demos"][0]["passages"] = "Doors lock."


def quote_of_nothing(state: dict[str, Any]) -> None:
    state["answer"]["demos"][0]["quotes"][0]["passage"] = 9


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoilt_hash, "the reply schema '0000000000000000'"),
        (one_field_less, "4 fields of 'answer'"),
        (no_predictor, "no predictor 'answer'"),
        (unfenced_demo, "a demo 1 whose passages"),
        (quote_of_nothing, "a demo 1 whose quotes"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(spoil: Any, said: str) -> None:
    state = through_json(dump_dspy(PLAIN))
    spoil(state)
    with pytest.raises(UserError) as raised:
        load_dspy(state, base=PLAIN, source="s.json")
    assert raised.value.code == "import-refused"
    assert said in raised.value.message


def test_a_state_of_another_kind_of_program_is_refused() -> None:
    with pytest.raises(UserError, match="cannot import"):
        load_dspy(through_json(dump_dspy(PLAIN)), base=replace(PLAIN, calls="two"), source="s.json")
    for content in ({}, [], None, "x", {"answer": 1}):
        with pytest.raises(UserError, match="no predictor"):
            load_dspy(content, base=PLAIN, source="s.json")


@pytest.mark.parametrize(
    ("place", "content", "said"),
    [
        (-1, "{{question}}", "the variables question, expected"),
        (-1, "{{passages}} {{question}} {{tone}}", "the variables passages, question, tone"),
        (0, "For {{company}}.", "company, expected"),
        (2, "no JSON", "an example turn 1 whose reply"),
        (1, "Doors lock. Do they?", "an example turn 1 whose passages"),
    ],
)
def test_a_template_that_does_not_fit_is_refused(place: int, content: str, said: str) -> None:
    template = through_json(dump_chat(PLAIN))
    template["messages"][place]["content"] = content
    template["examples"] = []
    with pytest.raises(UserError) as raised:
        load_chat(template, base=PLAIN, source="c.json")
    assert raised.value.code == "import-refused"
    assert said in raised.value.message


def test_a_template_with_another_schema_or_shape_is_refused() -> None:
    template = through_json(dump_chat(PLAIN))
    spoilt_hash(template)
    for content in (template, {"messages": "x"}, [], [{"role": "user", "content": "x"}], {}):
        with pytest.raises(UserError) as raised:
            load_chat(content, base=PLAIN, source="c.json")
        assert raised.value.code == "import-refused"


def test_schemas_follow_what_a_program_asks_for() -> None:
    hashes = {
        schema_hash(reply_schemas(program))
        for program in (
            *PROGRAMS,
            replace(PLAIN, retrieval=RetrievalSettings(top_k=5)),
            extractive_program(Settings()),
        )
    }
    assert len(hashes) == 6
    assert set(reply_schemas(PROGRAMS[2])) == {"quote", "compose", "split", "rewrite"}
    changed_text = replace(PLAIN, texts={**PLAIN.texts, "answer": "Answer."})
    assert schema_hash(reply_schemas(changed_text)) == schema_hash(reply_schemas(PLAIN))


def test_the_enforced_schemas_are_as_reviewed() -> None:
    assert schema_hash(reply_schemas(PLAIN)) == "2e58d29f76adfbd6", (
        "schemas changed: raise prompts.program.FORMAT too"
    )
