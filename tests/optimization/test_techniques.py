"""Each technique is a switch: turned, it gives another program, and turned again the first one."""

from dataclasses import replace

import pytest

from bidproof.answering.extractive import extractive_program
from bidproof.answering.program_schemas import reply_schemas
from bidproof.core.errors import UserError
from bidproof.core.settings import ModelSettings, Settings
from bidproof.optimization.techniques import DRAW_TEMPERATURE, TECHNIQUES, Technique, find_techniques
from bidproof.prompts.fields import fields_of, program_of
from bidproof.prompts.program import default_program, steps_of
from bidproof.prompts.templates import check_templates

BASE = default_program(Settings(model=ModelSettings(model="m")), model_name="m at u")
EXTRACTIVE = extractive_program(Settings())


@pytest.mark.parametrize("technique", TECHNIQUES, ids=lambda item: item.name)
def test_a_technique_turned_is_a_storable_program_that_differs_in_it_alone(technique: Technique) -> None:
    turned = technique.toggled(BASE)
    assert turned.digest() != BASE.digest()
    assert technique.is_on(turned) is not technique.is_on(BASE)
    check_templates(turned.texts, turned.variables, steps=steps_of(turned))
    assert reply_schemas(turned)
    assert program_of(fields_of(turned), origin="a test").digest() == turned.digest()
    back = technique.toggled(turned)
    if technique.name == "ensemble":
        back = replace(back, model=BASE.model)
    assert back.digest() == BASE.digest()
    others = [item for item in TECHNIQUES if item is not technique]
    assert [item.is_on(turned) for item in others] == [item.is_on(BASE) for item in others]


def test_an_ensemble_draws_at_a_temperature_and_keeps_one_that_is_set() -> None:
    (ensemble,) = find_techniques(["ensemble"], BASE)
    assert ensemble.toggled(BASE).model.temperature == DRAW_TEMPERATURE
    warm = replace(BASE, model=replace(BASE.model, temperature=0.2))
    assert ensemble.toggled(warm).model.temperature == 0.2


def test_without_a_model_only_what_asks_none_can_be_turned() -> None:
    names = [item.name for item in find_techniques([], EXTRACTIVE)]
    assert names == ["decompose", "sufficiency", "dense-search"]
    for item in find_techniques([], EXTRACTIVE):
        assert item.toggled(EXTRACTIVE).digest() != EXTRACTIVE.digest()
    with pytest.raises(UserError, match="cannot have") as error:
        find_techniques(["self-check"], EXTRACTIVE)
    assert "name a model" in error.value.hint


def test_a_name_that_is_no_technique_is_refused() -> None:
    with pytest.raises(UserError, match="no such technique, expected one of chain-of-thought"):
        find_techniques(["magic"], BASE)


def test_what_would_change_nothing_is_left_out() -> None:
    whole = replace(BASE, answering=replace(BASE.answering, decompose=False))
    assert "model-splits" not in [item.name for item in find_techniques([], whole)]
    with pytest.raises(UserError, match="cannot have"):
        find_techniques(["model-splits"], whole)
