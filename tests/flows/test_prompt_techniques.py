"""Techniques as fields of stored programs: set, shown, compared, exchanged, drafted with."""

import asyncio
import json
from pathlib import Path

import pytest

from bidproof.core.errors import UserError
from bidproof.core.ids import QuestionId
from bidproof.core.records import DraftState, Question
from bidproof.flows.prompts.change import new_program
from bidproof.flows.prompts.exchange import export_program, import_program
from bidproof.flows.prompts.view import diff_programs, show_program
from bidproof.flows.requests.programs import NewRequest
from bidproof.prompts.program import FORMAT
from bidproof.prompts.texts import optional_texts
from bidproof.runtime.drafting import open_engine
from bidproof.runtime.program_choice import open_store
from bidproof.runtime.session import SessionRequest, open_session
from drafting import AES, ENCRYPTION, Library, passage_at, reply

ALL = {"self_check": "true", "ensemble": "2", "tool_steps": "2", "tools": "search, calculate"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    new_program(NewRequest(message="plain", start="packaged", label="plain"), workspace=tmp_path)
    new_program(
        NewRequest(message="everything", start="plain", values=ALL, label="everything"), workspace=tmp_path
    )
    return tmp_path


def test_techniques_bring_their_texts_and_schemas_and_show_in_a_diff(place: Path) -> None:
    version = open_store(place).load("everything")
    assert (version.program.tools, version.program.ensemble) == (("search", "calculate"), 2)
    assert {"react", "check"} <= set(version.schemas)
    assert version.program.format == FORMAT
    found = diff_programs("plain", "everything", workspace=place)
    assert {item.name for item in found.texts} == {*optional_texts("react"), *optional_texts("check")}
    assert {item.name for item in found.settings} == set(ALL)
    assert {item.name for item in found.schemas} == {"react", "check"}
    assert show_program("everything", workspace=place).sent["check"]


def test_turned_off_again_it_is_the_program_it_came_from(place: Path) -> None:
    back = {"self_check": "no", "ensemble": "1", "tool_steps": "0", "tools": ""}
    report = new_program(NewRequest(message="back", start="everything", values=back), workspace=place)
    assert not report.is_new
    assert report.version.digest == open_store(place).find("plain")


@pytest.mark.parametrize("layout", ["folder", "dspy", "chat"])
def test_it_is_exported_and_comes_back_as_the_same_program(place: Path, layout: str) -> None:
    out = place / "out"
    export_program("everything", out=out, layout=layout, workspace=place)  # type: ignore[arg-type]
    back = import_program(out, message="back", start="everything", workspace=place)
    assert (back.is_new, back.version.digest) == (False, open_store(place).find("everything"))


@pytest.mark.parametrize(
    "values", [{"tools": "search,shell", "tool_steps": "2"}, {"ensemble": "99"}, {"tool_steps": "-1"}]
)
def test_what_cannot_be_is_refused(place: Path, values: dict[str, str]) -> None:
    with pytest.raises(UserError):
        new_program(NewRequest(message="wrong", start="plain", values=values), workspace=place)


def test_it_drafts(place: Path) -> None:
    step = {"thought": "none", "call": {"tool": "finish", "arguments": {}}}
    verdict = {"verdicts": [{"sentence": 1, "reasoning": "yes", "verdict": "supported"}]}
    said = [
        {"when": "You did not write it", "reply": verdict},
        {"when": "Steps left", "reply": step},
        {"when": "", "reply": reply((AES, [1]), quotes=[(1, AES)])},
    ]
    script = place / "script.jsonl"
    script.write_text("\n".join(json.dumps(item) for item in said))
    flags = {"model.model": f"fake:{script}", "prompts.program": "everything"}
    source = Library(passage_at(ENCRYPTION, path="policy.md", start=0))

    async def run() -> None:
        with open_session(SessionRequest(workspace=place, flags=flags)) as session:
            async with open_engine(session, source, job_id=None) as engine:
                draft = await engine.draft(
                    Question(id=QuestionId("q"), text="How is customer data encrypted?")
                )
                assert (draft.state, draft.text) == (DraftState.DRAFTED, AES)
                assert draft.usage.calls == 6
                assert engine.program_digest == draft.program_digest
                assert open_store(place).load(draft.program_digest).program.self_check

    asyncio.run(run())
