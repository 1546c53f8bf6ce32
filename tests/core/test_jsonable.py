"""Every record comes back from JSON as it went in."""

import json
from dataclasses import is_dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bidproof.flows.requests
from bidproof.core import records
from bidproof.core import settings as core_settings
from bidproof.core.jsonable import MAX_DEPTH, from_json, parse_json, to_json
from bidproof.core.records import Block, BlockKind, Draft, DraftState, Question, Questionnaire
from bidproof.flows.requests.answering import AnswerRequest

# JSON values for fields that are typed ``object``; numbers that JSON can carry exactly.
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(object, PLAIN)
st.register_type_strategy(Path, st.text(min_size=1).filter(lambda name: "\0" not in name).map(Path))

MODULES = [records, core_settings] + [
    import_module(f"bidproof.flows.requests.{found.name}")
    for found in iter_modules(bidproof.flows.requests.__path__)
]
KINDS = sorted(
    {
        kind
        for module in MODULES
        for kind in vars(module).values()
        if isinstance(kind, type) and is_dataclass(kind) and kind.__module__.startswith("bidproof.")
    },
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_record_comes_back_through_json_text(kind: type[Any]) -> None:
    @settings(max_examples=10, deadline=None)
    @given(st.builds(kind, **_all_fields(kind)))
    def check(record: Any) -> None:
        assert from_json(kind, json.loads(json.dumps(to_json(record)))) == record

    check()


def _all_fields(kind: type[Any]) -> dict[str, Any]:
    """Ask for every field, those with a default too."""
    return dict.fromkeys(kind.__dataclass_fields__, ...)


def test_words_for_dates_enums_and_missing_values() -> None:
    block = Block(kind=BlockKind.TABLE, start=0, end=4)
    assert to_json(block) == {
        "kind": "table",
        "start": 0,
        "end": 4,
        "level": None,
        "page": None,
        "boxes": [],
        "header_rows": 0,
        "cells": [],
        "names": None,
    }
    assert to_json({"on": date(2026, 2, 1), "set": frozenset({"a"})}) == {"on": "2026-02-01", "set": ["a"]}


def test_an_older_record_takes_defaults_and_a_newer_field_is_ignored() -> None:
    question = from_json(Question, {"id": "1", "text": "Why?", "invented_later": [1, 2]})
    assert question == Question(id=question.id, text="Why?")


@pytest.mark.parametrize(
    ("kind", "value", "error"),
    [
        (Draft, {"state": "drafted"}, TypeError),
        (Draft, {"question_id": "1", "state": "unheard of"}, ValueError),
        (Draft, {"question_id": "1", "state": "drafted", "claims": 7}, TypeError),
        (Draft, "drafted", (TypeError, AttributeError)),
        (AnswerRequest, {"questionnaire": 7}, TypeError),
        (AnswerRequest, {"questionnaire": "a.xlsx", "docs": "b"}, TypeError),
        (AnswerRequest, {"questionnaire": "a.xlsx", "write": "everything"}, ValueError),
    ],
)
def test_what_is_no_record_is_refused(kind: type[Any], value: object, error: Any) -> None:
    with pytest.raises(error):
        from_json(kind, value)


def test_what_json_has_no_word_for_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes has no JSON form"):
        to_json({"raw": b"x"})
    with pytest.raises(TypeError, match="EnumType has no JSON form"):
        to_json(DraftState)


def test_a_layout_keeps_its_json_values() -> None:
    questionnaire = Questionnaire(
        path="a.xlsx",
        content_hash="c",
        format="xlsx",
        questions=(),
        confidence=0.5,
        layout={"sheets": [{"name": "A", "columns": {"question": 2}}], "is_sure": True},
    )
    assert from_json(Questionnaire, to_json(questionnaire)) == questionnaire


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), "levels"),
        ("[" * 100_000 + "]" * 100_000, "levels"),
        ('{"a": NaN}', "NaN"),
        ("[1e999]", "finite"),
        ("1" + "0" * 30, "64 bits"),
        ("1" + "0" * 9_000, "digits"),
        ('["\\ud800"]', "surrogates"),
        ('{"\\udfff": 1}', "surrogates"),
        (b'"\xff"', "utf-8"),
        ("[1, 2", "delimiter"),
    ],
    ids=["deep", "deeper", "nan", "infinite", "large", "larger", "surrogate", "key", "bytes", "cut"],
)
def test_json_out_of_bounds_is_refused_with_the_reason(text: str | bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_json(text)


def test_json_within_bounds_comes_back_as_it_is() -> None:
    value = {"a": [1, -2.5, None, True, "\U0001f600"], "b": {"c": 2**63}}
    assert parse_json(json.dumps(value)) == value
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(ValueError, match="at most 5"):
        parse_json("[1, 2, 3]", max_chars=5)


def test_a_value_of_the_wrong_type_is_no_record() -> None:
    good = to_json(Question(id="q", text="Why?"))
    for name, wrong in (("text", 5), ("max_words", "9"), ("section_path", "A"), ("page", True)):
        with pytest.raises(TypeError, match="expected"):
            from_json(Question, {**good, name: wrong})
