"""Approved answers become training files that pass their own check; what is measured with stays out."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bidproof.core.errors import UnreadableFile, UserError
from bidproof.core.ids import PassageId, document_id
from bidproof.core.records import Citation
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldCase, GoldSet, Relevant
from bidproof.flows.finetune import check_training_file, compare_models, export_training_data
from bidproof.flows.finetune_sources import NOT_FOUND, UNCITED
from bidproof.flows.requests.programs import ExportRequest, ModelsRequest
from bidproof.optimization.finetune_data import MEASURED_QUESTION
from bidproof.runtime.session import Session, SessionRequest, open_session
from bidproof.workspace.rows import LibraryEntry
from placing import place_document, search_by_words
from wordvectors import WordEmbedder

FACTS = {
    "keys": "Customer keys are rotated every 90 days by the platform team.",
    "backups": "Database backups are kept for 35 days in a second region.",
    "training": "Every employee completes awareness training once a year.",
    "doors": "Server room doors are locked by badge and by fingerprint.",
    "logs": "Audit logs are stored for thirteen months without change.",
}
ASKED = {
    "keys": "How often are customer keys rotated?",
    "backups": "How long are database backups kept?",
    "training": "How often is awareness training completed?",
    "doors": "How are server room doors locked?",
    "logs": "How long are audit logs stored?",
}


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    search_by_words(monkeypatch)
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as opened:
        for name, text in FACTS.items():
            place_document(opened, f"{name}.md", text)
        yield opened


def approve(session: Session, name: str, *, quote: str = "", **more: object) -> None:
    text = quote or FACTS[name]
    citation = Citation(
        passage_id=PassageId("old"),
        document_id=document_id(f"{name}.md"),
        path=f"{name}.md",
        title=name,
        quote=text,
        start=0,
        end=len(text),
    )
    values: dict[str, object] = {
        "question": ASKED[name],
        "answer": FACTS[name],
        "choice": None,
        "approver": "ann",
        "approved": date(2026, 1, 1),
        "citations": (citation,),
        **more,
    }
    session.workspace.library.add(LibraryEntry(**values))  # type: ignore[arg-type]


def test_an_export_is_whole_checked_and_says_what_it_left_out(session: Session, tmp_path: Path) -> None:
    for name in ("keys", "backups", "training"):
        approve(session, name)
    approve(session, "doors", quote="Doors are open to everybody at all times.")
    approve(session, "logs", citations=())
    approve(session, "logs", expires=date(2020, 1, 1), question="Outdated: how long are logs kept?")
    GoldStore(session.workspace.folder).save(
        GoldSet(
            name="g",
            cases=(
                GoldCase(id="t", question=ASKED["training"], split="test"),
                GoldCase(
                    id="a",
                    question="How are the doors of server rooms closed?",
                    reference=FACTS["doors"],
                    relevant=(Relevant(path="doors.md"),),
                    split="train",
                ),
                GoldCase(id="n", question="What colour is the yacht?", is_answerable=False, split="train"),
                GoldCase(id="u", question="Who audits?", is_verified=False, split="train"),
            ),
        )
    )
    out = tmp_path / "out"
    manifest = export_training_data(ExportRequest(out=out, valid_share=0.25), session=session)
    assert manifest.left_out == {NOT_FOUND: 1, UNCITED: 1, MEASURED_QUESTION: 1}
    assert manifest.train.examples + manifest.valid.examples == 4
    assert manifest.valid.examples == 1
    stored = json.loads((out / "manifest.json").read_text("utf-8"))
    assert stored["program"] == manifest.program != ""
    for part in (manifest.train, manifest.valid):
        report = check_training_file(out / part.file)
        assert (report.problems, report.ours, report.doubled) == ((), part.examples, 0)
    text = (out / "train.jsonl").read_text("utf-8") + (out / "valid.jsonl").read_text("utf-8")
    assert ASKED["training"] not in text
    assert '\\"answerable\\": false' in text
    assert GoldStore(session.workspace.folder).openings("g") == 0
    before = (out / "train.jsonl").read_bytes()
    assert export_training_data(ExportRequest(out=out, valid_share=0.25), session=session) == manifest
    assert (out / "train.jsonl").read_bytes() == before


def test_a_folder_of_others_and_an_empty_library_are_refused(session: Session, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "thesis.txt").write_text("mine", "utf-8")
    for out, code in ((tmp_path / "own", "finetune-folder"), (tmp_path / "new", "finetune-empty")):
        with pytest.raises(UserError) as caught:
            export_training_data(ExportRequest(out=out), session=session)
        assert caught.value.code == code
    assert (tmp_path / "own" / "thesis.txt").read_text("utf-8") == "mine"
    with pytest.raises(UserError, match="'mail'"):
        export_training_data(ExportRequest(out=tmp_path / "new", sources=("mail",)), session=session)
    with pytest.raises(UserError) as caught:
        export_training_data(ExportRequest(out=tmp_path / "new", program="extractive"), session=session)
    assert caught.value.code == "finetune-program"


def test_a_cut_off_export_has_no_manifest(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bidproof.flows import finetune

    approve(session, "keys")
    out = tmp_path / "out"
    export_training_data(ExportRequest(out=out), session=session)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(finetune, "_write", stop)
    with pytest.raises(KeyboardInterrupt):
        export_training_data(ExportRequest(out=out), session=session)
    assert not (out / "manifest.json").exists()


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n", "utf-8")
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    for name in ("empty.jsonl", "binary.jsonl", "absent.jsonl"):
        with pytest.raises(UnreadableFile) as caught:
            check_training_file(tmp_path / name)
        assert caught.value.code == "finetune-file"


def test_a_tuned_model_is_held_against_the_old_one(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bidproof.flows import evaluate

    monkeypatch.setattr(evaluate, "session_embedder", lambda *_, **__: WordEmbedder())
    cases = tuple(
        GoldCase(
            id=name, question=ASKED[name], reference=FACTS[name], relevant=(Relevant(path=f"{name}.md"),)
        )
        for name in FACTS
    )
    GoldStore(session.workspace.folder).save(GoldSet(name="g", cases=cases))
    refuses = {"answerable": False, "quotes": [], "sentences": []}
    for name in ("old", "new"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"reply": refuses}) + "\n", "utf-8")
    base = SessionRequest(
        workspace=session.workspace.folder, flags={"model.model": f"fake:{tmp_path / 'old.jsonl'}"}
    )
    request = ModelsRequest(gold="g", model=f"fake:{tmp_path / 'new.jsonl'}")
    report = compare_models(request, base=base)
    assert report.old.info.id != report.new.info.id
    assert report.comparison.cases == 5
    assert report.comparison.a.program_digest != report.comparison.b.program_digest
