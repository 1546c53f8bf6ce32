"""``bidproof answer FILE``."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from bidproof.cli.options import gather_flags, json_option, model_options, workspace_option

if TYPE_CHECKING:
    from bidproof.flows.answer import AnswerRequest
    from bidproof.runtime.progress import Progress
    from bidproof.runtime.session import Session


@click.command(name="answer")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--docs", multiple=True, type=click.Path(path_type=Path), help="Bring these in and use only them."
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Where the filled file goes.")
@click.option("--mapping", type=click.Path(path_type=Path), help="A corrected mapping; see bidproof inspect.")
@click.option(
    "--evidence",
    type=click.Choice(["auto", "none", "sheet", "column"]),
    default="auto",
    help="Where citations go: the file's own comment column, an added sheet, or nowhere.",
)
@click.option("--overwrite", is_flag=True, help="Answer questions again that already hold an answer.")
@click.option("--fresh", is_flag=True, help="Draft anew instead of going on with an earlier run.")
@click.option("--estimate", is_flag=True, help="Only say what a model would be sent, and what it could cost.")
@model_options
@workspace_option
@json_option
def command(
    file: Path,
    docs: tuple[Path, ...],
    out: Path | None,
    mapping: Path | None,
    evidence: str,
    overwrite: bool,
    fresh: bool,
    estimate: bool,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
    **model: object,
) -> int:
    """Fill in a questionnaire from your documents, every answer proven by verbatim citations.

    Writes a copy of FILE with its answer cells filled, the evidence as JSON, and an HTML report with
    the cited pages. FILE itself is never changed. Run the same command again after an interruption:
    it goes on where it stopped.
    """
    from bidproof.cli.printing.basics import print_answers, print_json, progress_bars
    from bidproof.flows.answer import AnswerRequest, answer
    from bidproof.questionnaires.protocol import EvidenceMode
    from bidproof.runtime.session import SessionRequest, open_session

    request = AnswerRequest(
        questionnaire=file,
        docs=docs,
        out=out,
        mapping=mapping,
        evidence=cast("EvidenceMode", evidence),
        overwrite=overwrite,
        fresh=fresh,
    )
    flags = gather_flags(settings, **model)
    with (
        open_session(SessionRequest(workspace=workspace, flags=flags)) as session,
        progress_bars(is_quiet=as_json) as progress,
    ):
        if estimate:
            return _estimate(request, session, progress, as_json=as_json)
        report = answer(request, session=session, progress=progress)
    if as_json:
        print_json(report)
    else:
        print_answers(report)
    return 1 if report.failed else 0


def _estimate(request: "AnswerRequest", session: "Session", progress: "Progress", *, as_json: bool) -> int:
    from bidproof.cli.printing.basics import print_estimate, print_json
    from bidproof.flows.estimate import estimate

    expected = estimate(request, session=session, progress=progress)
    if as_json:
        print_json(expected)
    else:
        print_estimate(expected)
    return 0
