"""``bidproof feedback train-reranker``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="train-reranker")
@click.option("--gold", required=True, metavar="SET", help="Fitted on its train split, proven on its test.")
@workspace_option
@json_option
def command(gold: str, workspace: Path | None, settings: tuple[str, ...], as_json: bool) -> None:
    """Fit a re-ranker on feedback and on SET's train split, and try it on the sealed test split.

    It is offered only where it is proven better; nothing is switched on. --set retrieval.rerank_depth=N
    says how many passages it puts in order.
    """
    from bidproof.cli.printing.basics import print_json, progress_bars
    from bidproof.cli.printing.feedback import print_reranker
    from bidproof.flows.reranker import train_reranker
    from bidproof.runtime.session import SessionRequest, open_session

    with (
        open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session,
        progress_bars(is_quiet=as_json) as progress,
    ):
        report = train_reranker(gold, session=session, progress=progress)
    if as_json:
        print_json(report)
    else:
        print_reranker(report)
