from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bidproof.core.jsonable import from_json, to_json
from bidproof.core.settings import AnsweringSettings, ModelSettings, RetrievalSettings, Settings
from bidproof.prompts.program import Example, Program, default_program


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
