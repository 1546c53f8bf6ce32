"""What the children of the tests of reviews at once do: each in a session of its own."""

import json
from collections.abc import Sequence
from pathlib import Path

from bidproof.core.errors import UserError
from bidproof.runtime.session import Session, SessionRequest, open_session

DOCUMENT = (
    "# Backup\n\nDatabases are backed up every 6 hours. Backups are kept for 35 days in a second region.\n"
)
QUESTIONS = ("How often are databases backed up?", "How long are backups kept?", "What do your lawyers eat?")


def opened(folder: str | Path) -> Session:
    """A session of the workspace ``ws`` of a folder; close it."""
    return open_session(SessionRequest(workspace=Path(folder) / "ws"))


def write_questions(folder: Path, name: str) -> None:
    """A questionnaire whose third question names it, so that two of them differ."""
    rows = [f"{name}-{number},{text}," for number, text in enumerate(QUESTIONS, start=1)]
    rows[2] = rows[2].replace("lawyers", f"lawyers of {name}")
    (folder / f"{name}.csv").write_text("\n".join(["Id,Question,Answer", *rows]) + "\n")


def answer_file(folder: str, name: str, is_fresh: bool = False) -> None:
    """Answer ``NAME.csv`` from everything in the workspace."""
    from bidproof.flows.answer import answer
    from bidproof.flows.requests.answering import AnswerRequest

    place = Path(folder)
    request = AnswerRequest(
        questionnaire=place / f"{name}.csv", out=place / f"{name}.answered.csv", fresh=is_fresh
    )
    with opened(folder) as session:
        answer(request, session=session)


def import_file(folder: str, name: str) -> None:
    """Import ``NAME.reviewed.csv``, into the gold set ``own`` too."""
    from bidproof.flows.feedback.importing import import_feedback
    from bidproof.flows.requests.answering import FeedbackRequest

    request = FeedbackRequest(answered=Path(folder) / f"{name}.reviewed.csv", approver=name, gold="own")
    with opened(folder) as session:
        import_feedback(request, session=session)


def remove_numbers(folder: str, numbers: Sequence[int], said: str) -> None:
    """Take entries out of the library; writes down those taken, or the code of the refusal."""

    with opened(folder) as session:
        try:
            found: object = [entry.id for entry in session.workspace.library.remove(numbers)]
        except UserError as error:
            found = error.code
    (Path(folder) / said).write_text(json.dumps(found))


def promote_often(folder: str, digest: str, count: int) -> None:
    """Put ``production`` on a program, again and again."""
    from bidproof.runtime.program_choice import open_store

    store = open_store(Path(folder) / "ws")
    for number in range(count):
        store.promote(digest, author=digest, force=True, reason=str(number))
