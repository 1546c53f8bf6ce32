from itertools import pairwise

import numpy as np
import pytest

from bidproof.core.errors import InvalidSetting
from bidproof.core.records import BlockKind
from bidproof.core.settings import DocumentSettings
from bidproof.documents.passages import split_document
from bidproof.language.tokens import count_tokens

SENTENCES = [
    f"Rule {number} says that backups are kept for {number} days in two regions." for number in range(60)
]


def split(document, **changes):
    return split_document(document, settings=DocumentSettings(**changes))


def test_a_section_that_fits_is_one_passage_with_its_path(read):
    source = (
        "# Policy\n\n## Access\n\n"
        + " ".join(SENTENCES[:4])
        + "\n\n### Admins\n\n"
        + " ".join(SENTENCES[4:9])
    )
    passages = split(read("policy.md", source), max_tokens=120)

    assert [passage.heading_path for passage in passages] == [(), ("Access", "Admins")]
    assert passages[0].text.startswith("Policy\n\nAccess\n\nRule 0")
    assert passages[0].title == "Policy"


def test_tiny_sections_join_under_their_parent(read):
    source = "# Policy\n\n## One\n\nShort.\n\n## Two\n\nAlso short.\n\n## Three\n\nShort again.\n"
    passages = split(read("policy.md", source))

    assert len(passages) == 1


def test_no_passage_runs_into_a_higher_section(read):
    source = "# A\n\n" + " ".join(SENTENCES[:20]) + "\n\n## A1\n\nShort.\n\n# B\n\nShort too.\n"
    passages = split(read("policy.md", source))

    assert [passage.text for passage in passages[-2:]] == ["A1\n\nShort.", "B\n\nShort too."]
    assert [passage.heading_path for passage in passages[-2:]] == [("A", "A1"), ("B",)]


def test_an_opening_joins_no_more_than_the_first_section_below_it(read):
    document = read("a.md", "Short opening.\n\n## Minor\n\nOne word.\n\n# Major\n\nAnother word.\n")
    passages = split(document, max_tokens=60)
    assert [passage.text.split()[0] for passage in passages] == ["Short", "Major"]


def test_a_long_section_is_cut_evenly_between_blocks(read):
    source = "# Long\n\n" + "\n\n".join(SENTENCES[:14])
    passages = split(read("long.md", source), max_tokens=100)
    sizes = [count_tokens(passage.text) for passage in passages]

    assert len(passages) > 2
    assert min(sizes) > 50
    assert all(passage.text.endswith("regions.") for passage in passages)


def test_a_long_table_repeats_its_header(read):
    rows = "\n".join(f"| Control {number} | Kept for {number} days in two regions |" for number in range(40))
    passages = split(read("table.md", f"| Control | Text |\n| --- | --- |\n{rows}\n"), max_tokens=100)

    assert len(passages) > 3
    assert passages[0].table_header == ""
    assert all(passage.table_header == "Control | Text" for passage in passages[1:])
    assert all(passage.kind is BlockKind.TABLE for passage in passages)
    assert passages[1].located_text.startswith("Control | Text\nControl ")
    assert max(count_tokens(passage.located_text) for passage in passages) <= 100


def test_a_long_paragraph_is_cut_between_sentences(read):
    passages = split(read("prose.md", " ".join(SENTENCES)), max_tokens=100)

    assert all(passage.text.startswith("Rule") and passage.text.endswith(".") for passage in passages)


def test_fixed_windows_overlap_and_keep_words_whole(read):
    document = read("prose.md", " ".join(SENTENCES))
    passages = split(document, chunking="fixed", max_tokens=50, overlap_tokens=10)

    for one, other in pairwise(passages):
        assert one.start < other.start < one.end < other.end
    words = set(document.text.split())
    assert all(word in words for passage in passages for word in passage.text.split())


def test_semantic_cuts_where_the_topic_changes(read):
    def embed(texts):
        return np.array([[1.0, 0.0] if "cat" in text else [0.0, 1.0] for text in texts])

    cats = ["A cat sleeps through most of the day in the warm sun."] * 4
    keys = ["Encryption keys are rotated by the platform team each quarter."] * 4
    document = read("mixed.md", "\n\n".join(cats + keys))
    passages = split_document(document, settings=DocumentSettings(chunking="semantic"), embed=embed)

    assert [("cat" in passage.text, "keys" in passage.text) for passage in passages] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    "changes",
    [{"max_tokens": 5}, {"overlap_tokens": 200}, {"chunking": "semantic"}],
    ids=["cap", "overlap", "embed"],
)
def test_settings_that_cannot_work_are_refused(read, changes):
    with pytest.raises(InvalidSetting):
        split(read("a.md", "Text."), **changes)
