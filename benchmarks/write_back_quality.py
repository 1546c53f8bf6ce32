"""A completed questionnaire blanked, filled in again from the vendor's documents, and compared to the byte.

    python benchmarks/write_back_quality.py

Prints how many questions and answer slots are found, how many parts of the
package other than the sheets written differ after filling, how many cells other
than answer slots differ, and how many choices come from the cell's own list.
"""

import sys
import tempfile
from pathlib import Path

from measuring_sets import data_folder, documents_folder

from bidproof.core.records import SlotPurpose
from bidproof.flows.answer import answer
from bidproof.flows.requests.answering import AnswerRequest
from bidproof.questionnaires.read import read_questionnaire
from bidproof.runtime.session import SessionRequest, open_session

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from workbook_files import blank_answers, parts_of


def main() -> None:
    """Measure the one completed workbook among the sets."""
    source = data_folder() / "whitepact" / "completed.xlsx"
    documents = documents_folder("whitepact", Path.home() / ".cache/bidproof/measuring")
    if documents is None or not source.exists():
        print(f"write-back: skipped, nothing at {data_folder()}")
        return
    completed = read_questionnaire(source)
    four = {SlotPurpose.CHOICE, SlotPurpose.OWNERSHIP, SlotPurpose.COMMENT, SlotPurpose.CUSTOMER}
    whole = sum({slot.purpose for slot in question.slots} >= four for question in completed.questions)
    print(f"write-back: {len(completed.questions)} questions found, {whole} with their four answer columns")
    with tempfile.TemporaryDirectory() as name:
        blank = blank_answers(completed, Path(name) / "blank.xlsx")
        out = Path(name) / "filled.xlsx"
        with open_session(SessionRequest(workspace=Path(name) / "ws")) as session:
            request = AnswerRequest(questionnaire=blank, docs=(documents,), out=out, evidence="none")
            report = answer(request, session=session)
        before, after = parts_of(blank), parts_of(out)
        changed = sorted(part for part in before.keys() | after.keys() if before.get(part) != after.get(part))
        filled = read_questionnaire(out)
    states = ", ".join(f"{count} {state}" for state, count in sorted(report.states.items()))
    choices = [
        slot for question in filled.questions for slot in question.slots if slot.options and slot.current
    ]
    legal = sum(slot.current in slot.options for slot in choices)
    print(f"write-back: {len(before)} parts, changed: {', '.join(changed)}")
    print(f"write-back: filled again: {states}; {len(choices)} choices, {legal} from their own list")


if __name__ == "__main__":
    main()
