from dataclasses import replace

from bidproof.core.settings import RetrievalSettings, Settings
from bidproof.prompts.differences import compare_versions
from bidproof.prompts.fences import Excerpt
from bidproof.prompts.program import Example, Program, default_program
from bidproof.prompts.versions import Version

BASE = default_program(Settings(), model_name="m")


def version(program: Program, **schemas: object) -> Version:
    return Version(digest=program.digest(), program=program, message="m", author="a", schemas=schemas)


def test_a_program_does_not_differ_from_itself() -> None:
    assert compare_versions(version(BASE), version(BASE)).is_empty


def test_each_kind_of_change_is_shown_in_its_own_section() -> None:
    example = Example(passages=(Excerpt(text="Doors lock.", title="T"),), question="Do doors lock?")
    texts = {name: text for name, text in BASE.texts.items() if name != "limits"}
    changed = replace(
        BASE,
        texts={**texts, "answer": "Answer.\nBriefly.", "extra": "More."},
        examples=(*BASE.examples, example),
        retrieval=RetrievalSettings(top_k=5),
        variables={"company": "Acme"},
    )
    found = compare_versions(version(BASE, answer={"a": 1}), version(changed, answer={"a": 2}, split={}))
    assert {item.name: item.change for item in found.texts} == {
        "answer": "changed",
        "extra": "added",
        "limits": "removed",
    }
    lines = next(item.lines for item in found.texts if item.name == "answer")
    assert lines[:2] == ("--- a/answer", "+++ b/answer")
    assert "+Briefly." in lines
    assert "-{{answer.persona}}" in lines
    assert "+example 4: Do doors lock?" in found.examples or any(
        line.startswith("+example") and line.endswith("Do doors lock?") for line in found.examples
    )
    assert {(row.name, row.a, row.b) for row in found.settings} == {
        ("retrieval.top_k", 3, 5),
        ("variables.company", None, "Acme"),
    }
    assert [(item.name, item.change) for item in found.schemas] == [("answer", "changed"), ("split", "added")]
