"""Stored sets: sealed tests are counted, splits keep relatives together, exports come back the same."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidproof.core.errors import InvalidSetting, UnreadableFile, UserError
from bidproof.core.ids import DocumentId
from bidproof.core.records import QuestionKind, Trust
from bidproof.evaluation.gold.check import check_gold
from bidproof.evaluation.gold.duplicates import find_duplicates
from bidproof.evaluation.gold.exporting import export_gold
from bidproof.evaluation.gold.files import read_gold, write_gold
from bidproof.evaluation.gold.importing import import_gold
from bidproof.evaluation.gold.questions import case_question
from bidproof.evaluation.gold.relevance import path_matches
from bidproof.evaluation.gold.split import split_gold
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldCase, GoldSet, Relevant
from bidproof.workspace.rows import DocumentRow


def word_list(text: str) -> list[str]:
    return text.split()


SUBJECTS = word_list(
    "encryption keys backups restores firewalls tickets vendors visitors laptops passwords audits incidents"
    " interns cameras printers networks certificates contracts invoices meetings shelves releases"
    " branches reviews"
)


def many(count: int = 60, group_size: int = 3) -> tuple[GoldCase, ...]:
    return tuple(
        GoldCase(
            id=f"c{number}",
            question=f"How do {SUBJECTS[number % 24]} of team {number} use {SUBJECTS[(number * 7) % 24]}?",
            reference="By the owner.",
            group=f"g{number // group_size}",
        )
        for number in range(count)
    )


def test_every_opening_of_the_test_split_is_counted_and_others_are_not(tmp_path: Path) -> None:
    store = GoldStore(tmp_path)
    gold = split_gold(GoldSet(name="s", cases=many())).gold
    store.save(gold)
    assert store.names() == ("s",)
    assert store.load("s") == gold
    assert all(case.split == "dev" for case in store.open_split("s", "dev", purpose="look"))
    assert store.openings("s") == 0
    opened = store.open_split("s", "test", purpose="eval run", program_digest="abc")
    assert len(store.open_split("s", "", purpose="all of it")) == 60
    assert store.openings("s") == 2
    first, second = store.opening_log("s")
    assert (first.purpose, first.program, first.cases) == ("eval run", "abc", len(opened))
    assert (second.purpose, second.gold) == ("all of it", gold.digest())
    store.save(gold)
    assert store.openings("s") == 2


def test_nothing_is_measured_on_cases_that_nobody_has_accepted(tmp_path: Path) -> None:
    store = GoldStore(tmp_path)
    waiting, accepted = (
        GoldCase(id="w", question="Is it?", is_verified=False),
        GoldCase(id="a", question="Was it?"),
    )
    store.save(GoldSet(name="s", cases=(waiting, accepted)))
    assert store.open_split("s", "", purpose="eval run") == (accepted,)
    assert len(store.open_split("s", "", purpose="export", has_unverified=True)) == 2
    store.save(GoldSet(name="s", cases=(waiting,)))
    with pytest.raises(UserError) as caught:
        store.open_split("s", "", purpose="eval run")
    assert caught.value.code == "gold-unverified"


def test_a_damaged_log_line_still_counts(tmp_path: Path) -> None:
    store = GoldStore(tmp_path)
    store.save(split_gold(GoldSet(name="s", cases=many())).gold)
    store.open_split("s", "test", purpose="one")
    with (tmp_path / "gold" / "s" / "sealed.jsonl").open("a") as file:
        file.write("{cut off")
    assert store.openings("s") == 2


def test_unknown_sets_names_and_splits_are_refused(tmp_path: Path) -> None:
    store = GoldStore(tmp_path)
    store.save(GoldSet(name="s", cases=many(3)))
    with pytest.raises(UserError) as unknown:
        store.load("t")
    assert unknown.value.code == "gold-unknown"
    with pytest.raises(UserError) as split:
        store.open_split("s", "test", purpose="x")
    assert split.value.code == "gold-split"
    for name in ("../x", "", "a/b", ".hidden"):
        with pytest.raises(InvalidSetting):
            store.save(GoldSet(name=name, cases=()))


def test_a_broken_file_names_its_line(tmp_path: Path) -> None:
    write_gold(GoldSet(name="s", cases=many(2)), tmp_path / "s.jsonl")
    assert read_gold(tmp_path / "s.jsonl") == GoldSet(name="s", cases=many(2))
    for bad in (
        "{",
        '{"id": "x"}',
        '{"id": "c0", "question": "again?"}',
        '{"id": "y", "question": "Q", "split": "z"}',
    ):
        path = tmp_path / "bad.jsonl"
        path.write_text((tmp_path / "s.jsonl").read_text() + bad + "\n")
        with pytest.raises(UnreadableFile, match="line 3"):
            read_gold(path)


def test_groups_and_near_duplicates_never_straddle_a_split() -> None:
    twins = (
        GoldCase(id="t1", question="Do you encrypt customer backups at rest?", group="x"),
        GoldCase(id="t2", question="Do you encrypt customer backups at rest ?", group="y"),
        GoldCase(id="t3", question="Please confirm: do you encrypt customer backups at rest?", group="z"),
    )
    for seed in range(5):
        found = split_gold(GoldSet(name="s", cases=(*many(), *twins)), seed=seed)
        by_group: dict[str, set[str]] = {}
        for case in found.gold.cases:
            by_group.setdefault(case.group, set()).add(case.split)
        assert all(len(splits) == 1 for splits in by_group.values())
        assert len({case.split for case in found.gold.cases if case.id.startswith("t")}) == 1
        assert abs(found.cases["test"] - 0.4 * 63) <= 3


def test_the_same_seed_deals_the_same_and_a_sealed_split_is_not_dealt_again() -> None:
    gold = GoldSet(name="s", cases=many())
    one = split_gold(gold, seed=4).gold
    assert one == split_gold(gold, seed=4).gold
    assert one != split_gold(gold, seed=5).gold
    with pytest.raises(UserError) as caught:
        split_gold(one, seed=5)
    assert caught.value.code == "gold-sealed"
    assert split_gold(one, seed=5, is_forced=True).gold == split_gold(gold, seed=5).gold
    with pytest.raises(InvalidSetting):
        split_gold(gold, shares={"train": 0.5, "test": 0.2})
    with pytest.raises(UserError, match="found 1 families"):
        split_gold(GoldSet(name="s", cases=many(3)))


def test_duplicates_are_told_from_questions_that_differ_in_a_figure_or_a_not() -> None:
    texts = [
        "Is data at rest encrypted with AES-256?",
        "1. is data at rest encrypted with AES-256",
        "Is data at rest encrypted with AES-128?",
        "Is data at rest not encrypted with AES-256?",
        "Please state whether data at rest is encrypted with AES-256.",
        "Who approves the budget?",
    ]
    cases = [GoldCase(id=str(number), question=text) for number, text in enumerate(texts)]
    pairs = {(pair.first, pair.second): pair.is_exact for pair in find_duplicates(cases)}
    assert pairs[("0", "1")] is True
    assert all("2" not in pair and "3" not in pair and "5" not in pair for pair in pairs)


def row(path: str, pages: int = 0) -> DocumentRow:
    return DocumentRow(
        id=DocumentId(path),
        path=path,
        source=path,
        content_hash="h",
        title=path,
        media_type="text/plain",
        page_count=pages,
        passage_count=1,
        is_indexed=True,
        size_bytes=1,
        modified_ns=1,
        trust=Trust.OWN,
    )


def test_check_names_what_is_wrong() -> None:
    cases = (
        GoldCase(id="a", question="How long are backups kept?", reference="x", split="train", group="g"),
        GoldCase(id="b", question="How long are backups kept?", reference="x", split="test", group="h"),
        GoldCase(id="c", question="Who is on call at night?", reference="x", split="dev", group="g"),
        GoldCase(id="d", question="Is it blue?", choice="Green", options=("Yes", "No")),
        GoldCase(id="e", question="Nothing known here?"),
        GoldCase(id="f", question="Where is page nine?", relevant=(Relevant(path="p.pdf", page=9),)),
        GoldCase(
            id="g", question="Which quote is it?", relevant=(Relevant(path="p.pdf", quote="not  there"),)
        ),
        GoldCase(
            id="h",
            question="Which one holds?",
            relevant=(Relevant(path="*.pdf", page=2, quote="is\n there"),),
        ),
        GoldCase(id="i", question="Where did it go?", relevant=(Relevant(path="gone.md"),)),
        GoldCase(id="j", question="Never said?", is_answerable=False, is_verified=False),
    )
    found = check_gold(
        GoldSet(name="s", cases=cases),
        documents={"x/p.pdf": row("x/p.pdf", 3)},
        text_of=lambda _: "It is there, verbatim.",
    )
    assert [(pair.first, pair.second) for pair in found.leaks] == [("a", "b")]
    assert found.straddling_groups == ("g",)
    assert found.bad_choices == ("d",)
    assert found.without_answer == ("e",)
    assert [item.case_id for item in found.unheld] == ["f", "g", "i"]
    assert found.unverified == 1
    assert not found.is_clean
    whole = found.resolution[-1]
    assert (whole.split, whole.cases) == ("all", 9)


def test_a_set_says_what_it_can_resolve() -> None:
    found = check_gold(GoldSet(name="s", cases=many(100, 1)), documents={}, text_of=lambda _: "")
    (whole,) = found.resolution
    assert whole.minimum_difference is not None
    assert 0.10 < whole.minimum_difference < 0.15
    assert whole.certifiable_error_rate == pytest.approx(0.0295, abs=0.001)
    grouped = check_gold(GoldSet(name="s", cases=many(100, 4)), documents={}, text_of=lambda _: "")
    cautious = grouped.resolution[0].cautious_difference
    assert cautious is not None
    assert cautious > whole.minimum_difference


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("a.md", "a.md", True),
        ("a.md", "docs/a.md", True),
        ("a.md", "docs/ba.md", False),
        ("docs/a.md", "x/docs/a.md", True),
        ("*ACME*.pdf", "2023 Q1 ACME.pdf", True),
        ("*ACME*", "filings/2023 Q1 ACME.pdf", True),
        ("*", "any/thing.md", True),
        ("report [final].pdf", "report [final].pdf", True),
        ("", "a.md", False),
    ],
)
def test_gold_paths_match_whole_paths_endings_and_globs(pattern: str, path: str, fits: bool) -> None:
    assert path_matches(pattern, path) is fits


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
tricky = st.sampled_from(
    ["=1+1", "'=x", "-5 items", "@me", "a; b", '["x"]', "a, b.md", "plain", "+49", "''=y"]
)
words = st.one_of(text, tricky).map(str.strip).filter(bool)
cases = st.builds(
    GoldCase,
    id=words,
    question=words,
    reference=st.one_of(st.just(""), words).filter(lambda value: value.casefold() not in ("nan", "null")),
    choice=st.sampled_from(["", "Yes", "No"]),
    options=st.just(("Yes", "No")),
    relevant=st.lists(
        st.builds(
            Relevant,
            path=words.filter(
                lambda value: value.casefold() not in ("none", "null", "nan", "-", "–", "tbd", "unknown")
            ),
            page=st.one_of(st.none(), st.integers(1, 99)),
            quote=st.one_of(st.just(""), words),
        ),
        max_size=3,
        unique=True,
    ).map(tuple),
    is_answerable=st.sampled_from([True, False, None]),
    group=st.just("g"),
    tags=st.lists(words, max_size=3, unique=True).map(tuple),
    split=st.sampled_from(["", "train", "dev", "test"]),
    is_verified=st.booleans(),
    section_path=st.lists(words, max_size=2).map(tuple),
    origin=words,
)


@settings(max_examples=30)
@given(st.lists(cases, min_size=1, max_size=4, unique_by=lambda case: case.id))
def test_a_csv_export_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, found: list[GoldCase]
) -> None:
    path = tmp_path_factory.mktemp("out") / "gold.csv"
    export_gold(found, path)
    assert import_gold(path, name="s").gold.cases == tuple(found)


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet", ".jsonl"])
def test_every_format_comes_back_the_same(tmp_path: Path, ending: str) -> None:
    found = (
        GoldCase(
            id="007",
            question="=HYPERLINK(1)?",
            reference="- first\n- second",
            choice="No",
            options=("Yes", "No"),
            relevant=(Relevant(path="a;b.pdf", page=3, quote="x; y"), Relevant(path="*", quote="z")),
            is_answerable=None,
            group="g; h",
            tags=("kind: one", "a; b"),
            split="dev",
            is_verified=False,
            section_path=("1", "Access; control"),
            origin="x.csv, row 2",
        ),
        GoldCase(
            id="2",
            question="Plain?",
            relevant=(Relevant(path="a.md"), Relevant(path="b.md")),
            origin="o",
            group="k",
        ),
    )
    expected = tuple(found) if ending != ".csv" else found
    export_gold(found, tmp_path / f"gold{ending}")
    back = import_gold(tmp_path / f"gold{ending}", name="s").gold.cases
    assert [case.question for case in back] == ["=HYPERLINK(1)?", "Plain?"]
    assert back[0].relevant == expected[0].relevant
    assert (back[0].tags, back[0].section_path, back[0].split) == (
        expected[0].tags,
        expected[0].section_path,
        "dev",
    )
    assert back[0].is_verified is False
    assert back[0].is_answerable is None
    assert back[1].relevant == expected[1].relevant


def test_no_exported_cell_starts_a_formula(tmp_path: Path) -> None:
    export_gold([GoldCase(id="1", question="=cmd|' /C calc'!A0", reference="+1")], tmp_path / "g.csv")
    line = (tmp_path / "g.csv").read_text("utf-8-sig").splitlines()[1]
    assert "'=cmd" in line
    assert ",'+1," in line
    export_gold([GoldCase(id="1", question="=1+1?")], tmp_path / "g.xlsx")
    import openpyxl

    sheet = openpyxl.load_workbook(tmp_path / "g.xlsx").active
    assert sheet is not None
    assert sheet["B2"].data_type == "s"


def test_a_case_is_asked_as_a_question_of_its_kind() -> None:
    yes_no = case_question(GoldCase(id="a", question="Is it?", choice="yes"))
    assert (yes_no.id, yes_no.kind, yes_no.options) == ("a", QuestionKind.YES_NO, ("yes", "No"))
    assert case_question(GoldCase(id="a", question="Is it?")).kind is QuestionKind.FREE
    assert case_question(GoldCase(id="a", question="How many?")).kind is QuestionKind.NUMBER
    choice = case_question(GoldCase(id="a", question="Which?", options=("red", "blue")))
    assert choice.kind is QuestionKind.CHOICE


def test_a_split_warns_where_its_groups_can_prove_nothing() -> None:
    cases = tuple(replace(case, group=f"g{place % 8}") for place, case in enumerate(many()))
    found = split_gold(GoldSet(name="s", cases=cases))
    assert found.unprovable == {"dev": 2, "test": 3}
    assert (
        split_gold(GoldSet(name="s", cases=tuple(replace(case, group="") for case in many()))).unprovable
        == {}
    )
