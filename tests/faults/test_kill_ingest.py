"""kill -9 at 50 random moments of an ingest: nothing lost, index and database sound."""

import random
from pathlib import Path

from bidproof.runtime.session import SessionRequest, open_session
from killing import Moments, ingest_all, is_sound, kill_at, look, run_to_end

KILLS = 50
WORDS = ("access", "audit", "backup", "control", "encryption", "incident", "key", "log", "network", "policy")


def _write_documents(folder: Path, *, seed: int) -> None:
    source = random.Random(seed)
    folder.mkdir(exist_ok=True)
    for number in range(24):
        body = " ".join(source.choice(WORDS) for _ in range(120))
        (folder / f"doc-{number:02}.md").write_text(f"# Document {number} of draw {seed}\n\n{body}.\n")


def test_ingest_survives_50_kills(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    _write_documents(docs, seed=0)
    longest = run_to_end(ingest_all, str(tmp_path))
    caught = 0
    moments = Moments(KILLS, longest_s=longest, seed=7)
    for round_, moment in enumerate(moments, start=1):
        _write_documents(docs, seed=round_)
        was_running = kill_at(moment, ingest_all, str(tmp_path))
        caught += was_running
        if not was_running:
            moments.came_too_late()
        assert is_sound(tmp_path)
        if round_ % 5 == 0:
            run_to_end(look, str(tmp_path))
    run_to_end(ingest_all, str(tmp_path))
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as session:
        rows = session.workspace.documents.known()
        texts = {path: session.workspace.documents.load(row.id).text for path, row in rows.items()}
    assert caught >= KILLS // 3, "too few kills met a running ingest"
    assert sorted(texts) == [f"doc-{number:02}.md" for number in range(24)]
    assert all(f"of draw {KILLS}" in text for text in texts.values())
    assert all(row.is_indexed and row.passage_count for row in rows.values())
    run_to_end(look, str(tmp_path))
