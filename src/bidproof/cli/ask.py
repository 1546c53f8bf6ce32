"""``bidproof ask "…"``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, model_options, workspace_option


@click.command(name="ask")
@click.argument("question")
@click.option(
    "--docs", multiple=True, type=click.Path(path_type=Path), help="Bring these in and use only them."
)
@click.option("--option", "options", multiple=True, help="An allowed choice; repeat for each.")
@click.option("--section", default="", help="The section the question stands in.")
@model_options
@workspace_option
@json_option
def command(
    question: str,
    docs: tuple[Path, ...],
    options: tuple[str, ...],
    section: str,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
    **model: object,
) -> int:
    """Answer one question from your documents, with verbatim citations.

    Says "not found" when the documents do not hold the answer, and lists the closest passages.
    """
    from bidproof.cli.printing.basics import print_draft, print_json, progress_bars
    from bidproof.flows.ask import AskRequest, ask
    from bidproof.runtime.session import SessionRequest, open_session

    request = AskRequest(text=question, docs=docs, options=options, section=section)
    flags = gather_flags(settings, **model)
    with (
        open_session(SessionRequest(workspace=workspace, flags=flags)) as session,
        progress_bars(is_quiet=as_json) as progress,
    ):
        draft = ask(request, session=session, progress=progress)
    if as_json:
        print_json(draft)
    else:
        print_draft(draft)
    return 1 if draft.error else 0
