"""Which answers of one questionnaire are said to contradict each other: on people's answers, and on pairs.

    BIDPROOF_DATA=… python benchmarks/contradictions.py

People's answers hardly contradict each other, so what is named there is mostly wrong. The pairs are by
one author: twelve that contradict each other in other words, twelve of two things that look alike.
"""

import csv
import json
import os
from collections.abc import Iterable
from pathlib import Path

from python_calamine import CalamineWorkbook

from bidproof.answering.consistency import contradictions
from bidproof.core.ids import QuestionId
from bidproof.core.records import Claim, Draft, DraftState
from bidproof.language.sentences import split_sentences

CONTRADICTING = (
    ("Backups are kept for 35 days in a second region.", "We keep encrypted backups for 30 days."),
    (
        "Customer data is deleted within 30 days after the contract ends.",
        "After termination, all customer data is deleted within 90 days.",
    ),
    (
        "Audit logs are retained for 12 months.",
        "Logs are stored for at least 6 months in a separate account, and audit logs are read daily.",
    ),
    (
        "The recovery time objective is 4 hours.",
        "Our RTO is 8 hours and our recovery point objective is 1 hour.",
    ),
    (
        "Penetration tests are carried out every year by an independent firm.",
        "An independent company performs penetration tests every quarter.",
    ),
    ("Passwords must have at least 12 characters.", "The minimum password length is 14 characters."),
    (
        "Security incidents are reported to customers within 24 hours.",
        "We notify customers of a security incident within 72 hours.",
    ),
    ("Service availability was 99.9% last year.", "The service is available 99.5% of the time."),
    (
        "Access rights are reviewed quarterly.",
        "User access rights are reviewed once a year by their managers.",
    ),
    ("Sessions end after 15 minutes without activity.", "Inactive sessions are closed after 30 minutes."),
    (
        "Encryption keys are rotated every 90 days.",
        "Keys are rotated every 12 months by the platform team.",
    ),
    (
        "Critical vulnerabilities are patched within 7 days.",
        "Patches for critical vulnerabilities are applied within 14 days.",
    ),
)
ALIKE = (
    ("Backups are kept for 35 days.", "Backups are tested every 90 days."),
    (
        "Critical vulnerabilities are patched within 7 days.",
        "Low vulnerabilities are patched within 90 days.",
    ),
    ("Audit logs are retained for 12 months.", "Application logs are retained for 30 days."),
    ("The recovery time objective is 4 hours.", "The recovery point objective is 6 hours."),
    (
        "Access rights of administrators are reviewed every month.",
        "Access rights of employees are reviewed every year.",
    ),
    (
        "Customers are informed of incidents within 24 hours.",
        "Authorities are informed of incidents within 72 hours.",
    ),
    ("Sessions end after 15 minutes without activity.", "Sessions end after 12 hours in any case."),
    ("Passwords are changed every 90 days.", "Passwords have at least 12 characters."),
    ("Backups are kept for 35 days.", "Databases are backed up every 6 hours and kept for 35 days."),
    ("Daily backups are kept for 35 days.", "Monthly backups are kept for 12 months."),
    ("Employees are trained every year.", "Developers are trained in secure coding every 6 months."),
    (
        "Customer data is deleted within 30 days after the contract ends.",
        "Deleted data leaves the backups within 35 days.",
    ),
)


def named(answers: Iterable[str]) -> int:
    """How many pairs of answers are named."""
    drafts = [
        Draft(
            question_id=QuestionId(f"q{number}"),
            state=DraftState.DRAFTED,
            text=answer,
            claims=tuple(Claim(text=sentence.text) for sentence in split_sentences(answer)),
        )
        for number, answer in enumerate(answers)
    ]
    return len(contradictions({draft.question_id: draft for draft in drafts}))


def answers_of(data: Path) -> dict[str, list[str]]:
    """The answers of people, by set."""
    found: dict[str, list[str]] = {}
    for name, column in (("aws", "Answer_True"), ("sec10q", "Answer")):
        with (data / name / "questions.csv").open(encoding="utf-8-sig", newline="") as lines:
            found[name] = [row[column] for row in csv.DictReader(lines)]
    lines = (data / "k8gb" / "gold.jsonl").read_text("utf-8").splitlines()
    found["k8gb"] = [json.loads(line)["answer"] for line in lines]
    workbook = CalamineWorkbook.from_path(data / "whitepact" / "completed.xlsx")
    rows = max((workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names), key=len)
    found["whitepact"] = [max((str(cell) for cell in row[3:]), key=len, default="") for row in rows]
    return found


def main() -> None:
    """Print pairs named of each set, and of the pairs."""
    for name, answers in answers_of(Path(os.environ["BIDPROOF_DATA"])).items():
        print(f"{name}: {named(answers)} pairs named among {len(answers)} answers")
    print(f"contradicting: {sum(map(named, CONTRADICTING))} of {len(CONTRADICTING)} named")
    print(f"alike: {sum(map(named, ALIKE))} of {len(ALIKE)} named")


if __name__ == "__main__":
    main()
