"""Versions never change, labels move on proof, and every movement is remembered."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bidproof.cli.hints import worded
from bidproof.core.errors import UserError
from bidproof.core.settings import AnsweringSettings, ModelSettings, RetrievalSettings, Settings
from bidproof.prompts.labels import Proof
from bidproof.prompts.program import Program, default_program
from bidproof.prompts.store import ProgramStore

BASE = default_program(Settings(), model_name="m")


def schemas(program: Program) -> dict[str, object]:
    return {"answer": {"calls": program.calls}}


@pytest.fixture
def store(tmp_path: Path) -> ProgramStore:
    return ProgramStore(tmp_path / "prompts", schemas=schemas)


def add(store: ProgramStore, program: Program = BASE, *parents: str, message: str = "made") -> str:
    return store.add(program, message=message, author="ann", parents=parents).digest


def with_text(name: str, text: str, program: Program = BASE) -> Program:
    return replace(program, texts={**program.texts, name: text})


def test_a_version_comes_back_as_it_was_added(store: ProgramStore) -> None:
    program = replace(
        with_text("answer", "{{answer.persona}}\n\nFor {{company}}.\n\n"),
        variables={"company": "Acme {{x}}"},
        retrieval=RetrievalSettings(top_k=7, dense_weight=0.25),
        answering=AnsweringSettings(chain_of_thought=True),
        model=ModelSettings(temperature=0.5),
        calls="two",
    )
    version = store.add(program, message="why", author="ann", parents=("0" * 16,))
    assert version.program == program
    assert version.digest == program.digest()
    assert (version.message, version.author, version.parents) == ("why", "ann", ("0" * 16,))
    assert version.created.endswith("+00:00")
    assert store.load(version.digest[:6]) == version


def test_prices_paths_and_addresses_of_models_are_not_stored(store: ProgramStore) -> None:
    model = ModelSettings(model="local:/home/ann/m.gguf", base_url="https://u:p@host", prompt_price=1)
    digest = add(store, replace(BASE, model=model))
    content = "".join(path.read_text() for path in store.place(digest).iterdir())
    assert not any(word in content for word in ("/home/ann", "u:p@host", "prompt_price"))


def test_an_engine_without_a_model_is_a_program_without_texts(store: ProgramStore) -> None:
    program = Program(texts={}, engine="extractive-1", retrieval=RetrievalSettings(top_k=4))
    version = store.add(program, message="m", author="a")
    assert version.program == program
    assert [path.name for path in store.place(version.digest).iterdir()] == ["program.json"]


def test_the_same_program_is_stored_once_with_its_first_message(store: ProgramStore) -> None:
    assert add(store, message="first") == add(store, message="second")
    assert [version.message for version in store.versions()] == ["first"]


def test_line_ends_that_git_changed_do_no_harm(store: ProgramStore) -> None:
    digest = add(store)
    for path in store.place(digest).glob("*.md"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert store.load(digest).program == BASE


@pytest.mark.parametrize("file", ["answer.output.md", "examples.json", "program.json", "added.md"])
def test_a_version_changed_by_hand_is_refused_with_the_way_out(store: ProgramStore, file: str) -> None:
    digest, other = add(store), add(store, with_text("limits", "Never guess."))
    path = store.place(digest) / file
    if file == "program.json":
        path.write_text(path.read_text().replace('"top_k": 3', '"top_k": 4'))
    elif file == "examples.json":
        path.write_text("[]")
    else:
        path.write_text("Answer in verse.\n")
    with pytest.raises(UserError, match="were changed") as raised:
        store.load(digest)
    assert raised.value.code == "program-damaged"
    assert f"bidproof prompts new --from {store.place(digest)} -m" in worded(raised.value.hint)
    assert [version.digest for version in store.versions()] == [other]
    assert [error.code for error in store.damaged()] == ["program-damaged"]


def test_a_missing_or_broken_file_is_said_so(store: ProgramStore) -> None:
    digest = add(store)
    (store.place(digest) / "examples.json").unlink()
    with pytest.raises(UserError, match=r"examples\.json"):
        store.load(digest)
    (store.place(digest) / "program.json").write_text("{")
    with pytest.raises(UserError) as raised:
        store.load(digest)
    assert raised.value.code == "program-damaged"


def test_a_program_whose_schema_no_longer_fits_is_shown_but_not_run(
    store: ProgramStore, tmp_path: Path
) -> None:
    digest = add(store)
    later = ProgramStore(tmp_path / "prompts", schemas=lambda _: {"answer": {"more": 1}})
    assert later.read(digest).program == BASE
    for refused in (later.load, lambda name: later.promote(name, author="a", reason="r", force=True)):
        with pytest.raises(UserError, match="other code") as raised:
            refused(digest)
        assert raised.value.code == "program-outdated"
        assert f"bidproof prompts new --from {digest}" in worded(raised.value.hint)


def test_a_program_of_another_code_format_is_not_run(store: ProgramStore) -> None:
    with pytest.raises(UserError) as raised:
        add(store, replace(BASE, format=BASE.format - 1))
    assert raised.value.code == "program-outdated"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"store_format": 1', '"store_format": 2'),
        ('"calls": "one"', '"calls": "one", "votes": 3'),
        ('"format": 2', '"format": 99'),
    ],
)
def test_what_a_newer_version_wrote_asks_for_an_upgrade(store: ProgramStore, old: str, new: str) -> None:
    path = store.place(add(store)) / "program.json"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    (error,) = store.damaged()
    assert error.code == "program-newer"
    assert "upgrade" in error.hint


def test_labels_of_a_newer_store_are_left_alone(store: ProgramStore, tmp_path: Path) -> None:
    store.label("staging", add(store), author="ann")
    path = tmp_path / "prompts" / "labels.json"
    path.write_text(path.read_text().replace('"store_format": 1', '"store_format": 9'))
    before = path.read_bytes()
    with pytest.raises(UserError) as raised:
        store.label("other", "staging", author="ann")
    assert raised.value.code == "program-newer"
    assert path.read_bytes() == before


def test_texts_that_cannot_be_composed_are_not_stored(store: ProgramStore) -> None:
    with pytest.raises(UserError, match="neither a text nor a variable"):
        add(store, with_text("answer", "{{company}}"))
    assert store.versions() == ()


def test_labels_move_and_tell_where_they_were(store: ProgramStore) -> None:
    first, second = add(store), add(store, with_text("limits", "Never guess."))
    store.label("staging", first, author="ann", reason="try")
    store.label("staging", second, author="bob", reason="try this")
    assert store.labels() == {"staging": second}
    assert [(e.previous, e.digest, e.author, e.reason) for e in store.history("staging")] == [
        ("", first, "ann", "try"),
        (first, second, "bob", "try this"),
    ]
    assert store.load("staging").digest == second
    store.label("staging", "", author="bob", reason="done")
    assert store.labels() == {}


@pytest.mark.parametrize("name", ["", "a b", "../x", "packaged", "extractive", "0123456789abcdef"])
def test_names_that_are_no_labels_are_refused(store: ProgramStore, name: str) -> None:
    with pytest.raises(UserError) as raised:
        store.label(name, add(store), author="ann")
    assert raised.value.code == "label-name"


def test_unknown_names_say_what_there_is(store: ProgramStore) -> None:
    digest = add(store)
    for name in ("nobody", digest[:3], "ffff"):
        with pytest.raises(UserError, match=digest) as raised:
            store.load(name)
        assert raised.value.code == "unknown-program"


def test_a_protected_label_moves_on_proof_alone(store: ProgramStore) -> None:
    old, new = add(store), add(store, with_text("limits", "Never guess."))
    with pytest.raises(UserError) as raised:
        store.label("production", old, author="ann")
    assert raised.value.code == "label-protected"
    store.promote(old, proof=Proof(passed=True, program=old, baseline="x"), author="ann")
    proof = Proof(passed=True, program=new, baseline=old, source="run-1", summary=("better",))
    wrong = (
        (None, "proof-missing"),
        (replace(proof, passed=False), "proof-failed"),
        (replace(proof, program=old), "proof-failed"),
        (replace(proof, baseline="x"), "proof-failed"),
    )
    for given, code in wrong:
        with pytest.raises(UserError) as raised:
            store.promote(new, proof=given, author="ann")
        assert raised.value.code == code
    with pytest.raises(UserError, match="no reason"):
        store.promote(new, author="ann", force=True, reason=" ")
    assert store.labels() == {"production": old}
    assert store.promote(new, proof=proof, author="ann").proof == proof
    forced = store.promote(old, author="ann", force=True, reason="an incident")
    assert store.history("production")[-1] == forced
    assert (forced.forced, forced.reason) == (True, "an incident")


def test_labels_can_be_protected_and_set_free(store: ProgramStore) -> None:
    digest = add(store)
    store.protect("audit", is_protected=True, author="ann", reason="auditors read it")
    with pytest.raises(UserError, match="protected"):
        store.label("audit", digest, author="ann")
    store.protect("audit", is_protected=False, author="ann", reason="over")
    store.label("audit", digest, author="ann")
    assert [entry.action for entry in store.history("audit")] == ["protect", "unprotect", "label"]


def test_rollback_goes_back_step_by_step(store: ProgramStore) -> None:
    digests = [add(store, with_text("limits", f"Limit {number}.")) for number in range(3)]
    for digest in digests:
        store.promote(digest, author="ann", force=True, reason="r")
    assert store.rollback("production", author="bob", reason="worse").digest == digests[1]
    entry = store.rollback("production", author="bob", reason="worse still")
    assert (entry.digest, entry.previous, entry.author) == (digests[0], digests[1], "bob")
    assert store.rollback("production", author="bob", reason="the first one too").digest == ""
    assert store.labels() == {}
    with pytest.raises(UserError) as raised:
        store.rollback("production", author="bob", reason="more")
    assert raised.value.code == "no-earlier-program"
    store.promote(digests[2], author="ann", force=True, reason="fixed")
    assert store.rollback("production", author="bob", reason="no").digest == ""


def test_a_label_set_from_nothing_rolls_back_to_nothing(store: ProgramStore) -> None:
    digests = [add(store, with_text("limits", f"Limit {number}.")) for number in range(2)]
    for digest in digests:
        store.label("staging", digest, author="ann")
    entry = store.rollback("staging", author="bob", reason="r", to="packaged")
    assert (entry.digest, entry.previous, store.labels()) == ("", digests[1], {})
    with pytest.raises(UserError, match="no earlier program"):
        store.rollback("audit", author="bob", reason="r")


def test_rollback_to_an_earlier_place_of_the_label_only(store: ProgramStore) -> None:
    digests = [add(store, with_text("limits", f"Limit {number}.")) for number in range(4)]
    for digest in digests[:3]:
        store.promote(digest, author="ann", force=True, reason="r")
    with pytest.raises(UserError, match="cannot roll"):
        store.rollback("production", author="bob", reason="x", to=digests[3])
    assert store.rollback("production", author="bob", reason="x", to=digests[0]).digest == digests[0]


def test_lost_labels_are_rebuilt_from_the_log(store: ProgramStore, tmp_path: Path) -> None:
    digest = add(store)
    store.label("staging", digest, author="ann")
    store.protect("audit", is_protected=True, author="ann", reason="r")
    (tmp_path / "prompts" / "labels.json").write_text("<<<<<<< ours\n")
    with pytest.raises(UserError, match="cannot read the labels") as raised:
        store.labels()
    assert raised.value.code == "prompt-labels-damaged"
    (tmp_path / "prompts" / "labels.json").unlink()
    assert store.labels() == {"staging": digest}
    assert set(store.protected()) == {"production", "audit"}


def test_a_broken_line_of_the_log_hides_no_other(store: ProgramStore, tmp_path: Path) -> None:
    digest = add(store)
    store.label("a", digest, author="ann")
    with (tmp_path / "prompts" / "log.jsonl").open("a") as log:
        log.write('{"id": "cut o')
    store.label("b", digest, author="ann")
    assert [entry.label for entry in store.history("")] == ["a", "b"]


def test_two_edits_of_different_fields_are_merged(store: ProgramStore) -> None:
    base = add(store)
    ours = add(store, with_text("limits", "Never guess."), base)
    theirs = add(store, replace(BASE, retrieval=RetrievalSettings(top_k=5)), base)
    merge = store.merge(ours, theirs, message="both", author="ann")
    assert merge.version is not None
    assert merge.version.parents == (ours, theirs)
    assert merge.version.program.texts["limits"] == "Never guess."
    assert merge.version.program.retrieval.top_k == 5
    assert (merge.base, merge.theirs) == (base, ("retrieval.top_k",))


def test_conflicts_are_named_and_never_decided(store: ProgramStore) -> None:
    base = add(store)
    ours = add(store, with_text("limits", "Ours.", replace(BASE, repairs=0)), base)
    theirs = add(store, with_text("limits", "Theirs.", replace(BASE, repairs=2, examples=())), base)
    count = len(store.versions())
    merge = store.merge(ours, theirs, message="both", author="ann")
    assert merge.version is None
    assert [(c.field, c.ours, c.theirs) for c in merge.conflicts] == [
        ("repairs", 0, 2),
        ("texts.limits", "Ours.", "Theirs."),
    ]
    assert [c.base for c in merge.conflicts] == [1, BASE.texts["limits"]]
    assert len(store.versions()) == count
    take = {"repairs": "theirs", "texts.limits": "ours"}
    decided = store.merge(ours, theirs, message="both", author="ann", take=take).version  # type: ignore[arg-type]
    assert decided is not None
    assert (decided.program.repairs, decided.program.texts["limits"]) == (2, "Ours.")
    assert decided.program.examples == ()


def test_without_a_common_version_every_difference_is_a_conflict(store: ProgramStore) -> None:
    ours, theirs = add(store), add(store, with_text("limits", "Never guess."))
    merge = store.merge(ours, theirs, message="m", author="a")
    assert (merge.base, [c.field for c in merge.conflicts]) == ("", ["texts.limits"])


def test_a_store_copied_by_git_to_another_machine_works_there(store: ProgramStore, tmp_path: Path) -> None:
    digest = add(store)
    store.label("staging", digest, author="ann")
    shutil.copytree(tmp_path / "prompts", tmp_path / "clone")
    clone = ProgramStore(tmp_path / "clone", schemas=schemas)
    assert clone.load("staging") == store.load(digest)
    assert clone.history("staging") == store.history("staging")


def test_a_label_without_its_version_says_what_is_missing(store: ProgramStore) -> None:
    digest = add(store)
    store.label("staging", digest, author="ann")
    shutil.rmtree(store.place(digest))
    with pytest.raises(UserError, match="its folder is not there"):
        store.load("staging")


def test_files_are_readable_by_people_and_other_programs(store: ProgramStore) -> None:
    folder = store.place(add(store))
    assert (folder / "limits.md").read_text() == BASE.texts["limits"] + "\n"
    about = json.loads((folder / "program.json").read_text())
    assert about["program"]["retrieval"]["top_k"] == 3
    assert about["schemas"] == {"answer": {"calls": "one"}}
    assert len(json.loads((folder / "examples.json").read_text())) == len(BASE.examples)
