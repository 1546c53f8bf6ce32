"""The report of a run: complete in itself, hostile text stays text, every cell is in it."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser

from bidproof.core.ids import QuestionId
from bidproof.core.records import Citation, Claim, Draft, DraftState, ScoredPassage, Usage
from bidproof.evaluation.records import Cell, CellState, GoldCase, Outcome, Run, RunInfo
from bidproof.evaluation.running.summaries import summarise
from bidproof.reports.plots import make_plots, reliability
from bidproof.reports.runs.page import render_run_report, write_run_report
from bidproof.reports.runs.view import mark_quotes
from evaluating import PlannedMetric
from passages import make_passage

EVIL = '<script>alert(1)</script><img src=x onerror=alert(1)>" onmouseover="alert(1) $x_1$ \u202e{{ 7 * 7 }}'
QUOTE = "kept for 35 days"
TEXT = f"Backups are {QUOTE}. {EVIL}"


def make_run(cases: int = 12, *, evil: str = EVIL, confident: bool = True, state: str = "finished") -> Run:
    passage = make_passage(TEXT, path=f"policies/{evil[:20]}.md", start=100, title=evil)
    start = 100 + TEXT.index(QUOTE)
    citation = Citation(
        passage_id=passage.id,
        document_id=passage.document_id,
        path=passage.path,
        title=passage.title,
        quote=QUOTE,
        start=start,
        end=start + len(QUOTE),
    )
    gold = [
        GoldCase(id=f"case {n}", question=f"{n}: {evil}", reference=evil, group=evil) for n in range(cases)
    ]
    outcomes = [
        Outcome(
            case_id=case.id,
            repeat=0,
            draft=Draft(
                question_id=QuestionId(case.id),
                state=DraftState.DRAFTED,
                text=evil,
                claims=(Claim(text=evil, citations=(citation,)),),
                confidence=number / cases if confident else None,
                reasons=(evil,),
                usage=Usage(cost_usd=0.01 * number),
            ),
            retrieved=(ScoredPassage(passage=passage, score=1.0, rank=1),),
            used=1,
            seconds=0.1 * number,
        )
        for number, case in enumerate(gold[1:], start=1)
    ]
    name = "reference_recall"
    cells = [
        Cell(case_id=gold[0].id, metric=name, state=CellState.NOT_RUN, reason=f"not reached: {evil}"),
        Cell(case_id=gold[1].id, metric=name, state=CellState.JUDGE_ERROR, reason=f"broken: {evil}"),
        *(
            Cell(case_id=case.id, metric=name, state=CellState.SCORED, value=float(number % 3 > 0))
            for number, case in enumerate(gold[2:])
        ),
    ]
    metric = PlannedMetric(give=lambda case: 1.0, name=name)
    return Run(
        info=RunInfo(
            id="r1",
            gold=evil,
            gold_digest="d",
            split="dev",
            program_digest="p",
            answerer=evil,
            label=evil,
            state=state,  # type: ignore[arg-type]
            counts={"drafted": cases - 1},
        ),
        cases=tuple(gold),
        outcomes=tuple(outcomes),
        cells=tuple(cells),
        summaries=summarise(cells, metrics=[metric], judge_stamp=""),
    )


def page(run: Run) -> LexborHTMLParser:
    return LexborHTMLParser(render_run_report(run))


def test_hostile_text_stays_text() -> None:
    tree = page(make_run())
    assert len(tree.css("script")) == 1, "only our own"
    assert not tree.css("img, iframe, object, embed, link, base, form[action]")
    attributes = {name for node in tree.css("*") for name in node.attributes}
    assert not {name for name in attributes if name and name.startswith("on")}
    assert "<script>alert(1)</script>" in (tree.css_first("td.main summary").text() or "")
    assert "49" not in (tree.css_first("h1").text() or "")
    assert "\u202e" not in tree.html


def test_the_page_loads_nothing_and_allows_only_its_own_script() -> None:
    tree = page(make_run())
    policy = tree.css_first("meta[http-equiv]").attributes["content"] or ""
    script = tree.css_first("script").text()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy
    without_text = re.sub(r">[^<]*<", "><", tree.html)
    assert not re.findall(r'(?:src|href)="(?!#)[^"]*"', without_text)
    assert "url(http" not in tree.html
    assert "@import" not in tree.html


def test_every_case_and_cell_is_in_it_with_state_and_reason() -> None:
    run = make_run()
    tree = page(run)
    rows = tree.css("#table > tbody > tr")
    assert len(rows) == len(run.cases)
    assert [row.attributes["data-state"] for row in rows][:2] == ["not reached", "drafted"]
    states = [cell.text() for row in rows for cell in row.css(".scores tbody tr td:nth-of-type(1)")]
    assert states.count("judge error") == 1
    assert states.count("not run") == 1
    assert states.count("scored") == 10
    assert "broken: " in rows[1].text()


def test_quotes_are_marked_in_their_passage() -> None:
    tree = page(make_run())
    assert {node.text() for node in tree.css("mark")} == {QUOTE}


def test_a_stopped_run_says_so_at_the_top() -> None:
    text = render_run_report(make_run(state="stopped"), reason="the error budget is spent")
    assert "This run is stopped" in text
    assert "the error budget is spent" in text


def test_plots_are_drawn_with_words_for_those_who_do_not_see_them() -> None:
    plots = make_plots(make_run())
    assert [plot.title for plot in plots] == [
        "Metrics with 95% intervals",
        "Risk and coverage",
        "Calibration",
        "Latency",
        "Cost",
    ]
    for plot in plots:
        assert plot.svg, plot.title
        assert len(plot.words) > 20
        ElementTree.fromstring(plot.svg)
        assert "var(--accent)" in plot.svg
        assert not re.findall(r"#0[1-5]0[1-5]0[1-5]\b", plot.svg), "a colour without its theme"
        assert "<metadata" not in plot.svg
    tree = page(make_run())
    assert len(tree.css("[role=img][aria-label]")) == 5


def test_without_confidences_curves_are_not_drawn_and_the_page_says_why() -> None:
    plots = {plot.title: plot for plot in make_plots(make_run(confident=False))}
    assert plots["Risk and coverage"].svg == plots["Calibration"].svg == ""
    assert "uncalibrated" in plots["Calibration"].words
    assert reliability(make_run(confident=False).outcomes, ()) == ()


def test_marks_join_to_the_text_again() -> None:
    passage = make_passage("abc def ghi", start=5)
    citation = make_run().outcomes[0].draft.claims[0].citations[0]
    parts = mark_quotes(
        passage,
        [
            replace(citation, quote="def", start=9, end=12),
            replace(citation, quote="ghi", start=0, end=3),
            replace(citation, quote="not there", start=0, end=9),
        ],
    )
    assert "".join(part.text for part in parts) == "abc def ghi"
    assert [part.text for part in parts if part.is_marked] == ["def", "ghi"]
    assert mark_quotes(make_passage(""), []) == ()


def test_the_file_is_written_whole_and_says_when(tmp_path: Path) -> None:
    out = write_run_report(make_run(), tmp_path / "r.html", now=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    assert "2 January 2026, 03:04 UTC" in out.read_text("utf-8")


@pytest.mark.parametrize("cases", [2, 3])
def test_small_runs_have_a_report(cases: int) -> None:
    assert "</html>" in render_run_report(make_run(cases, evil="plain"))
