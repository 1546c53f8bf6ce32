"""Settings: the strongest layer wins, and a wrong value names itself."""

import math
import typing
from contextlib import suppress
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidproof.core.errors import InvalidSetting
from bidproof.core.settings import Settings, resolve_settings, setting_names


def test_without_layers_everything_is_default() -> None:
    resolved = resolve_settings({})
    assert resolved.settings == Settings()
    assert [origin.name for origin in resolved.origins] == list(setting_names())
    assert {origin.origin for origin in resolved.origins} == {"default"}


def test_later_layers_win_and_each_origin_is_told() -> None:
    resolved = resolve_settings(
        {
            "bidproof.toml": {"model.model": "from file", "retrieval.top_k": 5, "documents.workers": 2},
            "environment": {"model.model": "from variable", "retrieval.top_k": "7"},
            "flag": {"model.model": "from flag"},
        }
    )
    assert resolved.settings.model.model == "from flag"
    assert resolved.settings.retrieval.top_k == 7
    assert resolved.settings.documents.workers == 2
    origins = {origin.name: (origin.value, origin.origin) for origin in resolved.origins}
    assert origins["model.model"] == ("from flag", "flag")
    assert origins["retrieval.top_k"] == (7, "environment")
    assert origins["documents.workers"] == (2, "bidproof.toml")
    assert origins["documents.ocr"] == (True, "default")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("documents.ocr", "no", False),
        ("documents.ocr", "TRUE", True),
        ("documents.ocr", False, False),
        ("documents.max_tokens", "150", 150),
        ("documents.chunking", "fixed", "fixed"),
        ("model.temperature", "0.5", 0.5),
        ("model.temperature", 1, 1.0),
        ("model.max_cost_usd", "2.50", 2.5),
        ("model.max_cost_usd", "", None),
        ("model.max_cost_usd", None, None),
        ("model.model", "local:/a b.gguf", "local:/a b.gguf"),
    ],
)
def test_text_becomes_the_type_of_the_setting(name: str, text: object, value: object) -> None:
    resolved = resolve_settings({"flag": {name: text}})
    found = next(origin.value for origin in resolved.origins if origin.name == name)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("documents.max_tokens", "many", "int"),
        ("documents.max_tokens", 1.5, "int"),
        ("documents.max_tokens", True, "int"),
        ("documents.ocr", "perhaps", "bool"),
        ("documents.chunking", "clever", "structural, fixed, semantic"),
        ("model.temperature", "warm", "float"),
        ("model.max_cost_usd", "lots", "float"),
        ("model.model", 3, "str"),
        ("model.max_cost_usd", "nan", "float, 0 or more"),
        ("model.max_cost_usd", "inf", "float, 0 or more"),
        ("model.max_cost_usd", -1, "float, 0 or more"),
        ("model.timeout_s", 0, "float, 0.001 or more"),
        ("model.temperature", "2.5", "float, 0 to 2"),
        ("model.prompt_price", "-0.5", "float, 0 or more"),
        ("model.attempts", 0, "int, 1 or more"),
        ("retrieval.top_k", "0", "int, 1 or more"),
        ("retrieval.top_k", 10**30, "int, 1 or more"),
        ("retrieval.dense_weight", 1.5, "float, 0 to 1"),
        ("documents.workers", -1, "int, 0 or more"),
    ],
)
def test_a_wrong_value_is_named_with_its_origin(name: str, value: object, expected: str) -> None:
    with pytest.raises(InvalidSetting) as raised:
        resolve_settings({"bidproof.toml": {name: value}})
    for part in (name, "bidproof.toml", repr(value), expected):
        assert part in raised.value.message
    assert name in raised.value.hint


NUMBERS = [
    f"{group.name}.{name}"
    for group in fields(Settings)
    for name, kind in typing.get_type_hints(type(getattr(Settings(), group.name))).items()
    if {int, float} & {kind, *typing.get_args(kind)}
]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999", "-3", math.nan, math.inf, -math.inf, -3])
def test_no_numeric_setting_takes_what_is_no_finite_number_of_a_sensible_size(
    name: str, value: object
) -> None:
    with pytest.raises(InvalidSetting):
        resolve_settings({"environment": {name: value}})


@pytest.mark.parametrize("name", ["model.modle", "modle.model", "model", "", "model.model.model"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidSetting, match="unknown setting") as raised:
        resolve_settings({"flag": {name: "x"}})
    assert repr(name) in raised.value.message
    assert "list of all settings" in raised.value.hint


@settings(deadline=None)
@given(st.sampled_from(setting_names()), st.text() | st.integers() | st.floats() | st.none() | st.booleans())
def test_any_value_is_taken_or_refused_in_words(name: str, value: object) -> None:
    try:
        found = resolve_settings({"flag": {name: value}}).settings
    except InvalidSetting as error:
        found = error
    assert isinstance(found, Settings) or name in found.message


@given(
    name=st.sampled_from(setting_names()), value=st.integers() | st.floats() | st.text("0123456789-.einfa")
)
def test_no_number_that_is_taken_is_out_of_bounds(name: str, value: object) -> None:
    with suppress(InvalidSetting):
        resolved = resolve_settings({"flag": {name: value}})
        found = next(origin.value for origin in resolved.origins if origin.name == name)
        if isinstance(found, (int, float)):
            assert -2 <= found <= 1e12


def test_every_setting_is_described_where_it_is_defined() -> None:
    for group in fields(Settings):
        record = type(getattr(Settings(), group.name))
        for item in fields(record):
            assert f"{item.name}: " in (record.__doc__ or ""), f"{group.name}.{item.name}"
