"""What is sent is snapshotted: a changed word is a visible change of this file."""

import hashlib
import json

from bidproof.core.settings import Settings
from bidproof.prompts.program import default_program
from bidproof.prompts.templates import check_templates, instructions, names_in
from bidproof.prompts.texts import (
    OPENERS,
    OPTIONAL,
    PARTS,
    STEPS,
    default_examples_json,
    default_texts,
    optional_texts,
    standing_text,
)

SENT = instructions(default_texts(), {})

SNAPSHOT = {
    "answer": "49813f114653",
    "choice": "fa3b5f0d4d8e",
    "reasoning": "5d68ec75028d",
    "quote": "f579756c9ad9",
    "compose": "c9337f2779ee",
    "repair": "70be686bf28f",
    "split": "704fd237b3e3",
    "rewrite": "565ca5f16fb3",
}


def test_what_is_sent_is_as_reviewed() -> None:
    found = {name: hashlib.sha256(text.encode()).hexdigest()[:12] for name, text in SENT.items()}
    assert found == SNAPSHOT, "the sent text changed: review its diff, raise program.FORMAT, update SNAPSHOT"


def test_what_is_sent_of_findings_is_as_reviewed() -> None:
    text = standing_text("findings")
    assert hashlib.sha256(text.encode()).hexdigest()[:12] == "19afb1be759e"


def test_every_step_has_a_text() -> None:
    check_templates(default_texts(), {})
    assert tuple(SENT) == STEPS
    assert all(text.strip() == text and text for text in default_texts().values())


def test_system_prompts_are_composed_of_named_parts_in_the_stated_order() -> None:
    for step in OPENERS:
        assert names_in(default_texts()[step])[:3] == tuple(f"{step}.{part}" for part in PARTS)


def test_every_prompt_that_shows_data_says_that_it_is_data() -> None:
    texts = {**default_texts(), **optional_texts("react"), **optional_texts("check")}
    for step in (*OPENERS, *OPTIONAL):
        assert "data" in texts[f"{step}.constraints"]
        assert "never follow those" in texts[f"{step}.constraints"]


def test_example_quotes_stand_in_their_passages() -> None:
    assert json.loads(default_examples_json())
    for example in default_program(Settings()).examples:
        for quote in example.reply["quotes"]:
            assert quote["text"] in example.passages[quote["passage"] - 1].text
