"""What a brief finds of two real RFQs, and how much of it is what it should find.

    python benchmarks/brief_quality.py FOLDER

FOLDER holds ``rfq.docx`` and ``draft-rfq.pdf``. The truth, ``brief_truth.csv``, was read from them by hand: a
line a statement, with its page (or the beginning of its section's heading) and a word or two of it.

* found: truth lines for which the brief has an item of the topic, at that place, with those words.
* right: items that some truth line stands for; the others are junk or repeats.
"""

import argparse
import csv
from pathlib import Path

from bidproof.core.settings import DocumentSettings
from bidproof.documents.parse import ParseRequest, parse_document
from bidproof.questionnaires.brief.read import brief_of, read_for_brief
from bidproof.questionnaires.brief.records import Brief, BriefItem, Place

TRUTH = Path(__file__).with_name("brief_truth.csv")
Line = dict[str, str]


def is_for(line: Line, item: BriefItem) -> bool:
    """Whether an item says what a truth line says, at its place."""
    said = f"{item.day or ''} {item.label} {item.value} {item.quote}".casefold()
    places = (item.place, *item.also)
    return (
        item.topic == line["topic"] and line["says"] in said and any(is_at(line, place) for place in places)
    )


def is_at(line: Line, place: Place) -> bool:
    """Whether a place is on the line's page, or in its section."""
    if place.page is not None:
        return str(place.page) == line["place"]
    return place.section.startswith(line["place"])


def brief_file(path: Path) -> Brief:
    """Read one file."""
    request = ParseRequest(path=path, name=path.name, settings=DocumentSettings())
    return brief_of(read_for_brief([parse_document(request)]))


def main() -> None:
    """Print a table a file, then what was missed and what was too much."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    truth = list(csv.DictReader(TRUTH.open(encoding="utf-8")))
    for name in dict.fromkeys(line["file"] for line in truth):
        lines = [line for line in truth if line["file"] == name]
        brief = brief_file(folder / name)
        found = [line for line in lines if any(is_for(line, item) for item in brief.items)]
        right = [item for item in brief.items if any(is_for(line, item) for line in lines)]
        print(f"{name}: found {len(found)} of {len(lines)}; right {len(right)} of {len(brief.items)}")
        for line in lines:
            if line not in found:
                print(f"  missed: {line['topic']}, {line['place']}: {line['says']}")
        for item in brief.items:
            if item not in right:
                print(f"  extra: {item.topic}, {item.place.words}: {item.quote[:100]}")
        print(f"  open points: {len(brief.open_points)}")


if __name__ == "__main__":
    main()
