from dataclasses import replace

import pytest

from bidproof.core.errors import InvalidSetting
from bidproof.core.settings import DocumentSettings
from bidproof.optimization.settings.space import Parameter, SearchSpace, apply_documents, default_space
from searching import extractive_base, generative_base


def test_a_program_without_a_model_is_searched_without_settings_of_one() -> None:
    space = default_space(extractive_base())
    assert not any(name.startswith("model.") for name in space.names)
    assert "answering.max_sentences" in space.names


def test_what_pays_most_comes_first_and_sampling_last() -> None:
    names = default_space(generative_base(), models=("small", "large")).names
    assert names[:4] == ("model.model", "retrieval.top_k", "retrieval.depth", "retrieval.dense_weight")
    assert names[-3:] == ("model.temperature", "model.top_p", "model.frequency_penalty")


def test_the_programs_own_values_are_a_point_of_the_space() -> None:
    base = extractive_base()
    odd = replace(base, retrieval=replace(base.retrieval, dense_weight=0.55))
    space = default_space(odd)
    weight = next(item for item in space.parameters if item.name == "retrieval.dense_weight")
    assert weight.choices == (0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8)
    assert space.apply(odd, space.values_of(odd)).digest() == odd.digest()


def test_applying_values_gives_another_program_and_leaves_the_first() -> None:
    base = generative_base()
    space = default_space(base, models=("large",))
    other = space.apply(base, {"retrieval.top_k": 5, "model.model": "large", "model.temperature": 0.4})
    assert (other.retrieval.top_k, other.model.model, other.model_name) == (5, "large", "large")
    assert base.retrieval.top_k == 3
    assert other.digest() != base.digest()


def test_another_model_is_another_program() -> None:
    base = generative_base()
    space = default_space(base, models=("large",))
    assert space.apply(base, {"model.model": "large"}).digest() != base.digest()


def test_a_technique_comes_with_the_texts_that_it_needs() -> None:
    base = generative_base()
    switch = Parameter(name="self_check", stage="model", choices=(False, True), is_ordered=False)
    checked = SearchSpace(parameters=(switch,)).apply(base, {"self_check": True})
    assert "check" in checked.texts
    assert "check" not in base.texts


def test_documents_are_set_apart_from_the_program() -> None:
    base = extractive_base()
    space = default_space(base, has_documents=True)
    values = {**space.values_of(base), "documents.max_tokens": 320}
    assert space.apply(base, values).digest() == base.digest()
    assert apply_documents(DocumentSettings(workers=2), values) == DocumentSettings(workers=2, max_tokens=320)


@pytest.mark.parametrize("name", ["retrieval.nothing", "nothing", "model.timeout_s", "web.port"])
def test_a_name_that_decides_no_draft_is_refused(name: str) -> None:
    with pytest.raises(InvalidSetting, match=name):
        Parameter(name=name, stage="retrieval", choices=(1, 2))


def test_a_value_given_twice_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="distinct"):
        Parameter(name="retrieval.top_k", stage="retrieval", choices=(3, 3))


def test_settings_of_a_model_are_refused_for_a_program_without_one() -> None:
    space = SearchSpace(parameters=(Parameter(name="model.top_p", stage="model", choices=(0.5, 1.0)),))
    with pytest.raises(InvalidSetting, match=r"model\.top_p"):
        space.check(extractive_base())
    with pytest.raises(InvalidSetting, match="none"):
        SearchSpace(parameters=()).check(extractive_base())
